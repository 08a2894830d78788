"""DeepAR through the SageMaker SDK v2, unmodified, under `outcrop run`."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.slow  # The runtime is 147 MB over PyTorch's, and the SDK looks twice a minute.
def test_the_next_week_is_forecast(program: Callable[..., Any], account: str) -> None:
    told = program("forecasting.py", f"forecasts-{account}")[1]

    off = [abs(one - true) for one, true in zip(told["median"], told["true"], strict=True)]
    assert sum(off) / 7 < 3  # The week's waves are 15 high.
    assert sorted(told["metrics"]) == [
        "test:RMSE",
        "test:mean_wQuantileLoss",
        "train:final_loss",
        "train:loss",
    ]
