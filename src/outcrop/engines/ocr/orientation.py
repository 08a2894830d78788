"""Tells which lines stand on their heads: PP-OCR's classifier."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from outcrop.engines.ocr.quads import Pixels
from outcrop.engines.workers.onnx_sessions import OnnxModel

HEIGHT, WIDTH = 48, 192
BATCH = 16


class OrientationClassifier:
    """A loaded classifier."""

    def __init__(self, model: Path) -> None:
        """Load it.

        Raises:
            RefusedError: It cannot be loaded.
        """
        self._model = OnnxModel(model)

    def scores(self, crops: Sequence[Pixels]) -> list[float]:
        """Return the probability of each RGB crop to be upside down."""
        scores: list[float] = []
        for start in range(0, len(crops), BATCH):
            chunk = crops[start : start + BATCH]
            batch = np.zeros((len(chunk), 3, HEIGHT, WIDTH), np.float32)
            for row, crop in enumerate(chunk):
                width = min(WIDTH, max(1, round(crop.shape[1] * HEIGHT / crop.shape[0])))
                resized = np.asarray(cv2.resize(crop, (width, HEIGHT)), np.float32)
                batch[row, :, :, :width] = (resized[..., ::-1] / 127.5 - 1).transpose(2, 0, 1)
            (probabilities,) = self._model.run(batch).values()
            scores += [float(upside_down) for upside_down in probabilities[:, 1]]
        return scores
