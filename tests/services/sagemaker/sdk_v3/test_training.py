"""Trainers and builders of the SageMaker SDK v3, unmodified, under `outcrop run`."""

from pathlib import Path

import pytest

from tests.services.sagemaker.sdk_programs import SdkPrograms


def test_a_trainer_trains_and_a_builder_serves_its_model(
    program: SdkPrograms, account: str, scripts: str
) -> None:
    printed, told = program("trainer.py", f"data-{account}", scripts)

    assert "accuracy=1.0" in printed  # The job's own log.
    assert told == {
        "jobs": 1,
        "status": "Completed",
        "metrics": {"accuracy": 1.0},
        "predicted": [1, 0],
        "left": [],
    }


@pytest.mark.slow  # Two instances share two processors with all that the SDK imports.
def test_a_trainer_trains_on_two_instances_by_torchrun(
    program: SdkPrograms, account: str, scripts: str
) -> None:
    printed, told = program("torchrun.py", f"data-{account}", scripts)

    assert "rank 0 of 2 on algo-1: 32 rows" in printed
    assert "rank 1 of 2 on algo-2: 32 rows" in printed
    assert told["status"] == "Completed"
    assert told["metrics"]["loss"] < 0.01


@pytest.mark.slow  # The endpoint installs the SDK, whose handlers serve the model.
def test_a_builder_serves_a_model_of_the_programs_own(program: SdkPrograms, tmp_path: Path) -> None:
    _, told = program("model_object.py", str(tmp_path))

    assert told == [1, 0]
