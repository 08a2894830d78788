"""TensorFlow through the SageMaker SDK v2, unmodified, under `outcrop run`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = Path(__file__).parent / "programs"


@pytest.mark.slow  # The runtime is 1.9 GB.
def test_a_model_is_fitted_and_asked_as_tensorflow_serving_is(
    program: Callable[..., Any], account: str
) -> None:
    source = str(PROGRAMS / "tensorflow_scripts")

    shown, told = program("tensorflow_fit.py", f"tensors-{account}", source)

    assert "Epoch 60/60" in shown
    (zero,), (two,) = told["rows"]["predictions"]
    assert (zero, two) == (pytest.approx(1, abs=0.2), pytest.approx(7, abs=0.2))
    assert told["columns"] == {"outputs": [[pytest.approx(two)]]}
