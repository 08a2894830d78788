"""Image classification through the SageMaker SDK v2, unmodified, under `outcrop run`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.pictures import digits


@pytest.mark.slow  # The SDK looks twice a minute.
def test_two_instances_learn_digits(
    program: Callable[..., Any], account: str, tmp_path: Path
) -> None:
    samples = digits()
    for channel, some in (("train", samples[:600]), ("validation", samples[600:700])):
        (tmp_path / channel).mkdir()
        (tmp_path / f"{channel}_lst").mkdir()
        for number, (_, image) in enumerate(some):
            (tmp_path / channel / f"{number}.png").write_bytes(image)
        lines = [f"{number}\t{label}\t{number}.png" for number, (label, _) in enumerate(some)]
        (tmp_path / f"{channel}_lst/images.lst").write_text("\n".join(lines))
    (tmp_path / "asked").mkdir()
    for number, (label, image) in enumerate(samples[700:730]):
        (tmp_path / f"asked/{number:02}-{label}.png").write_bytes(image)

    told = program("image_classification.py", f"images-{account}", str(tmp_path))[1]

    assert sum(told["right"]) >= 25
    assert sorted(told["metrics"]) == ["train:accuracy", "validation:accuracy"]
    assert told["metrics"]["validation:accuracy"] >= 0.85
