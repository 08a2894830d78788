"""Remote functions of the SageMaker SDK v3, unmodified, under `outcrop run`."""

from tests.services.sagemaker.sdk_programs import SdkPrograms


def test_functions_run_as_jobs_and_give_back_results_and_errors(program: SdkPrograms) -> None:
    printed, told = program("remote.py")

    assert "the function's own log" in printed
    assert told == {
        "told": {"host": "algo-1", "team": "blue", "numbers": [1, 2, 1, 2, 1, 2]},
        "reason": "division by zero",
    }
