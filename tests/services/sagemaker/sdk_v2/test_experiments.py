"""Experiments tracked by programs of the SageMaker SDK v2, unmodified."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def test_runs_are_tracked_found_and_deleted(program: Callable[..., Any], account: str) -> None:
    _, told = program("experiments.py", f"data-{account}", str(HERE / "programs" / "scripts"))

    third = 1 / 3
    assert told == {
        "runs": ["r1", "r2"],
        "parameters": {"lr": {"NumberValue": 0.1}, "optimizer": {"StringValue": "adam"}},
        "metrics": {"accuracy": [1, 0.9], "loss": [3, third]},
        "inputs": ["source"],
        "outputs": ["weights"],
        # The first row is the training job's own, as on AWS.
        "table": [[0, 0], [0.1, third], [0.5, 0]],
        "jobs": [[1.0, 1, 1.0]],
        "lineage": ["DataSet", "Image", "Model", "SageMakerTrainingJob"],
        "left": [],
    }
