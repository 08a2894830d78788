"""Finds where text is: PP-OCR's detector, by differentiable binarisation.

Source: https://arxiv.org/abs/1911.08947
Source: https://github.com/PaddlePaddle/PaddleOCR/blob/main/ppocr/postprocess/db_postprocess.py
"""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from outcrop.engines.ocr.quads import Pixels, Quad, clockwise, from_contour, grown, size
from outcrop.engines.workers.onnx_sessions import OnnxModel

LONGEST_SIDE = 2016
SHORTEST_SIDE = 736
"""In pixels: pictures are made smaller or larger to lie between."""
STEP = 32
"""Sides are multiples of it, as the network halves them five times."""
INK_SCORE = 0.2
BOX_SCORE = 0.35
"""Lower than PP-OCR's own 0.3 and 0.5, with which parts of long lines of small print were lost
(measured with `benchmarks.accuracy.ocr`); what is no text after all, the recogniser tells."""
GROWTH = 1.6
"""The network finds the cores of lines; whole lines reach area x this / perimeter further."""
SMALLEST_SIDE = 3
"""In pixels of the network's picture."""
MOST_BOXES = 1000


class TextDetector:
    """A loaded detector."""

    def __init__(self, model: Path) -> None:
        """Load it.

        Raises:
            RefusedError: It cannot be loaded.
        """
        self._model = OnnxModel(model)

    def find(self, image: Pixels) -> list[Quad]:
        """Return the places of lines in an RGB picture, in its pixels and in no order."""
        height, width = image.shape[:2]
        shape = _network_shape(height, width)
        probabilities = self._probabilities(image, shape)
        scale = np.array([width / shape[1], height / shape[0]], np.float32)
        limit = np.array([width, height], np.float32)
        quads = [np.clip(quad * scale, 0, limit) for quad in _boxes(probabilities)]
        return [clockwise(quad) for quad in quads if min(size(quad)) > SMALLEST_SIDE]

    def _probabilities(self, image: Pixels, shape: tuple[int, int]) -> npt.NDArray[np.float32]:
        """Return how likely each pixel belongs to the core of a line."""
        resized = cv2.resize(image, (shape[1], shape[0]))
        # The network was trained on BGR.
        given = np.asarray(resized, np.float32)[..., ::-1] / 127.5 - 1
        return next(iter(self._model.run(given.transpose(2, 0, 1)[None]).values()))[0, 0]


def _network_shape(height: int, width: int) -> tuple[int, int]:
    ratio = max(1.0, SHORTEST_SIDE / min(height, width))
    ratio = min(ratio, LONGEST_SIDE / max(height, width))
    return (
        max(STEP, round(height * ratio / STEP) * STEP),
        max(STEP, round(width * ratio / STEP) * STEP),
    )


def _boxes(probabilities: npt.NDArray[np.float32]) -> list[Quad]:
    mask = (probabilities > INK_SCORE).astype(np.uint8)
    mask = np.asarray(cv2.dilate(mask, np.ones((2, 2), np.uint8)), np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes: list[Quad] = []
    for contour in contours[:MOST_BOXES]:
        core, side = from_contour(np.asarray(contour, np.int32))
        if side < SMALLEST_SIDE or _score(probabilities, core) < BOX_SCORE:
            continue
        width, height = size(core)
        box = grown(core, width * height * GROWTH / (2 * (width + height)))
        if min(size(box)) >= SMALLEST_SIDE + 2:
            boxes.append(box)
    return boxes


def _score(probabilities: npt.NDArray[np.float32], quad: Quad) -> float:
    """Return the mean probability inside a quadrilateral."""
    height, width = probabilities.shape
    left, top = np.clip(np.floor(quad.min(axis=0)).astype(int), 0, [width - 1, height - 1])
    right, bottom = np.clip(np.ceil(quad.max(axis=0)).astype(int), 0, [width - 1, height - 1])
    mask = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(mask, [(quad - [left, top]).astype(np.int32)], (1,))
    return float(cv2.mean(probabilities[top : bottom + 1, left : right + 1], mask)[0])
