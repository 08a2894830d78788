"""Processors, transformers and runs of the SageMaker SDK v3, unmodified, under `outcrop run`."""

import pytest

from tests.services.sagemaker.sdk_programs import SdkPrograms


@pytest.mark.slow  # The SDK looks at each job every ten seconds.
def test_jobs_process_and_transform_and_runs_are_tracked(
    program: SdkPrograms, account: str, scripts: str
) -> None:
    printed, told = program("jobs.py", f"data-{account}", scripts)

    assert "2 rows for folder" in printed
    assert told == {
        "processed": ["script\n2\n4", "folder\n2\n4"],
        "processing": ["Completed", "Completed"],
        "transform": ["Completed"],
        "transformed": "2\n4\n",
        "parameters": {"by": 2.0},
    }
