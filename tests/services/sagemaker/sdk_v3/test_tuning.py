"""The tuner of the SageMaker SDK v3, unmodified, under `outcrop run`."""

from pathlib import Path

from tests.services.sagemaker.sdk_programs import SdkPrograms

HERE = Path(__file__).parent


def test_a_tuner_finds_the_best_of_its_jobs(program: SdkPrograms, account: str) -> None:
    _, told = program("tuner.py", f"data-{account}", str(HERE / "programs" / "scripts"))

    assert told == {"status": "Completed", "completed": 2, "best": 1.0, "is_told": True}
