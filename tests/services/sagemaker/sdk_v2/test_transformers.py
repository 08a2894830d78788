"""Transformers of the SageMaker SDK v2, unmodified, under `outcrop run`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def test_a_transformer_joins_rows_with_their_predictions(
    program: Callable[..., Any], account: str
) -> None:
    script = HERE / "programs" / "models" / "sum.py"
    _, told = program("transform.py", f"data-{account}", str(script))

    assert told == ["first,3.0", "second,7.0"]
