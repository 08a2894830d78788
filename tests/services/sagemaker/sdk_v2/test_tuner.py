"""The tuner of the SageMaker SDK v2, unmodified, under `outcrop run`."""

from pathlib import Path

from tests.services.sagemaker.sdk_programs import SdkPrograms

SCRIPTS = Path(__file__).parent / "programs" / "scripts"


def test_a_script_is_tuned_and_its_best_model_asked(program: SdkPrograms, account: str) -> None:
    _, told = program("tuner.py", f"tuner-{account}", str(SCRIPTS))

    assert len(told["jobs"]) == 4
    assert told["best"] in told["jobs"]
    assert told["attached"] == told["best"]
    assert max(told["values"]) >= 0.9
    assert 0.0001 <= told["strength"] <= 10
    assert told["labels"] == [0, 1]
