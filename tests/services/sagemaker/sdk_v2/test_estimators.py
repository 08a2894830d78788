"""Programs of the SageMaker SDK v2, unmodified, under `outcrop run`."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def test_a_scikit_learn_estimator_fits_and_shows_its_log(
    program: Callable[..., Any], account: str
) -> None:
    printed, told = program("sklearn_fit.py", f"data-{account}", str(HERE / "programs" / "scripts"))

    assert "accuracy=1.0" in printed
    assert "Reporting training SUCCESS" in printed
    assert "Billable seconds: " in printed
    assert told == {
        "names": ["model.joblib"],
        "metrics": [{"timestamp": 0.0, "metric_name": "accuracy", "value": 1.0}],
    }


def test_a_pytorch_estimator_fits_on_two_instances_by_torchrun(
    program: Callable[..., Any], account: str
) -> None:
    printed, told = program("pytorch_fit.py", f"data-{account}", str(HERE / "programs" / "scripts"))

    ranks = re.findall(r"rank (\d) of (\d) on (algo-\d): (\d+) rows", printed)
    count = len(ranks)  # torchrun starts one process for each processor of an instance.
    assert sorted(ranks) == [
        (str(rank), str(count), "algo-1" if rank < count // 2 else "algo-2", str(64 // count))
        for rank in range(count)
    ]
    assert told["names"] == ["model.pt"]
    assert told["metrics"]["loss"] < 0.01
