"""Hugging Face through the SageMaker SDK v2, unmodified, under `outcrop run`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = Path(__file__).parent / "programs"


@pytest.mark.slow  # The runtime is 190 MB over PyTorch's, and the SDK looks twice a minute.
def test_a_tiny_model_is_trained_and_served_by_its_task_and_by_functions(
    program: Callable[..., Any], account: str
) -> None:
    shown, told = program(
        "hugging_face.py",
        f"hugging-{account}",
        str(PROGRAMS / "hugging_face"),
        str(PROGRAMS / "hugging_face_serving"),
    )

    assert "'train_loss'" in shown
    assert [found["label"] for (found,) in told["task"]] == ["gloomy", "cheerful"]
    assert all(found["score"] > 0.9 for (found,) in told["task"])
    assert told["functions"] == ["GLOOMY", "CHEERFUL"]
