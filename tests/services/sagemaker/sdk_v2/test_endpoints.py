"""Endpoints of the SageMaker SDK v2, unmodified, under `outcrop run`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

PROGRAMS = Path(__file__).parent / "programs"


def test_a_scikit_learn_estimator_is_deployed_asked_and_deleted(
    program: Callable[..., Any], account: str
) -> None:
    _, told = program(
        "sklearn_deploy.py", f"data-{account}", str(PROGRAMS / "scripts"), str(PROGRAMS / "serving")
    )

    assert told == {"arrays": [0, 1], "texts": [1, 0], "left": 0}


def test_models_are_added_to_an_endpoint_of_many(
    program: Callable[..., Any], account: str, tmp_path: Path
) -> None:
    _, told = program("multi_model.py", f"data-{account}", str(tmp_path))

    assert told == {
        "told": [{"red": 1}, {"blue": 2}, {"red": 3}],
        "listed": ["blue.tar.gz", "red.tar.gz"],
    }
