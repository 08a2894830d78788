"""Inference components and `right_size` of the SageMaker SDK v2, unmodified, by `outcrop run`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.slow  # The SDK looks at each component every twenty seconds.
def test_models_share_an_endpoint_as_inference_components(
    program: Callable[..., Any], account: str, tmp_path: Path
) -> None:
    _, told = program("components.py", f"data-{account}", str(tmp_path))

    assert told == {
        "told": [{"red": 1}, {"blue": 2}, {"red": 3}],
        "listed": ["blue-component", "red-component"],
        "copies": 2,
        "needs": {"MinMemoryRequiredInMb": 2048, "NumberOfCpuCoresRequired": 1.0},
    }


@pytest.mark.slow  # The SDK looks at the job every two minutes.
def test_a_model_is_tried_and_deployed_as_recommended(
    program: Callable[..., Any], account: str, tmp_path: Path
) -> None:
    _, told = program("right_size.py", f"data-{account}", str(tmp_path))

    assert told == {
        "answer": [3],
        "type": "ml.m5.large",
        "workers": ["1", "2"],
        "measured": True,
    }
