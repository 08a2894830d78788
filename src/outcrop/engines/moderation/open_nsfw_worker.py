"""The process that holds open_nsfw. Run by `OpenNsfwModerator`."""

import io
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from outcrop.engines.media.images import read_image
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame
from outcrop.engines.workers.onnx_sessions import OnnxModel

SHRUNK, SIDE = 256, 224
"""Of the whole picture, and of its middle that the model sees, in pixels."""
MEAN = (104.0, 117.0, 123.0)
"""Blue, green and red.

Source: https://github.com/yahoo/open_nsfw/blob/master/classify_nsfw.py
"""
EXPLICIT = 1
"""The place of the second of the model's two classes."""


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Load the model."""
    report({"loading": config["model"]})
    model = OnnxModel(Path(config["model"]))
    turn = threading.Lock()

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer an image with the probability that it is explicit."""
        seen = _seen(read_image(request.blob))
        with turn:
            (scores,) = model.run(seen).values()
        yield Frame(float(scores.reshape(-1)[EXPLICIT]))

    return child.Ready(handle=handle)


def _seen(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return what the model sees of a picture: float32, (1, 224, 224, 3), blue first."""
    shrunk = Image.fromarray(pixels).resize((SHRUNK, SHRUNK), Image.Resampling.BILINEAR)
    # It was trained on pictures that had been through JPEG, and tells others apart less well.
    file = io.BytesIO()
    shrunk.save(file, "JPEG")
    values = np.asarray(Image.open(file).convert("RGB"), np.float32)
    edge = (SHRUNK - SIDE) // 2
    middle = values[edge : edge + SIDE, edge : edge + SIDE, ::-1]
    return np.ascontiguousarray(middle - np.array(MEAN, np.float32))[None]


if __name__ == "__main__":
    child.serve(start)
