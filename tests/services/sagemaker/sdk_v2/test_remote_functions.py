"""Remote functions of the SageMaker SDK v2, unmodified, under `outcrop run`."""

from pathlib import Path

import pytest

from tests.services.sagemaker.sdk_programs import SdkPrograms


@pytest.mark.slow  # Each of its jobs installs the SDK for itself, as it does on AWS.
def test_functions_run_as_jobs_and_give_back_results_and_errors(
    program: SdkPrograms, tmp_path: Path
) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("tabulate==0.9.0\n")

    printed, told = program("remote.py", str(requirements))

    assert "the function's own log" in printed
    assert told == {
        "told": {"host": "algo-1", "team": "blue", "table": "0  3\n1  6"},
        "divided": 2.0,
        "reason": "division by zero",
    }
