"""Programs of the SageMaker SDK v2, unmodified, under `outcrop run`."""

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
