"""Fine-tuning without a script through the SageMaker SDK v2, unmodified, under `outcrop run`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.runtimes.test_fine_tuning import NEUTRAL, WORDS, archive, as_csv, lines
from tests.tiny_transformer import tiny_transformer


@pytest.mark.slow  # The runtime is 190 MB over PyTorch's, and the SDK looks twice a minute.
def test_two_instances_fine_tune_a_transformer_on_texts(
    program: Callable[..., Any], account: str, tmp_path: Path
) -> None:
    tiny_transformer(
        tmp_path / "tiny", [word for some in (*WORDS.values(), NEUTRAL) for word in some]
    )
    (tmp_path / "model.tar.gz").write_bytes(archive(tmp_path / "tiny"))
    (tmp_path / "rows.csv").write_text(as_csv(lines(200, 0)))
    given = (str(tmp_path / "model.tar.gz"), str(tmp_path / "rows.csv"))

    shown, told = program("fine_tuning.py", f"texts-{account}", *given)

    assert "instance=algo-2 2 of 2" in shown
    assert told["labels"] == ["gloomy", "cheerful"]
    assert told["metrics"]["validation:accuracy"] >= 0.9
