"""The tuner of the SageMaker SDK v3, unmodified, under `outcrop run`."""

from tests.services.sagemaker.sdk_programs import SdkPrograms


def test_a_tuner_finds_the_best_of_its_jobs(
    program: SdkPrograms, account: str, scripts: str
) -> None:
    _, told = program("tuner.py", f"data-{account}", scripts)

    assert told == {"status": "Completed", "completed": 2, "best": 1.0, "is_told": True}
