"""Endpoints of the SageMaker SDK v2, unmodified, under `outcrop run`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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


@pytest.mark.slow
def test_endpoints_of_all_kinds_are_deployed_updated_and_deleted(
    program: Callable[..., Any], account: str
) -> None:
    _, told = program("endpoint_kinds.py", f"data-{account}")

    assert told == {
        "serverless": [2.0, 3.0],
        "waited for": [11.0, 12.0],
        "fetched": [13.0],
        "is below": True,
        "pipeline": [1101.0],
        "variants": [[1.0], [2.0]],
        "updated": [[2.0]] * 4,
        "left": [],
    }
