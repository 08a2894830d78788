"""NanoDet-g: where things of COCO's 80 classes are; for the worker.

Source: https://github.com/RangiLyu/nanodet, config/legacy_v0.x_configs/nanodet-g.yml
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from outcrop.engines.media.places import share_of_union
from outcrop.engines.workers.onnx_sessions import OnnxModel
from outcrop.weights.onnx_file import onnx_bytes
from outcrop.weights.tfjs_graph import graph_of

SIDE = 416
STEPS = (8, 16, 32)
"""Pixels between the cells of each of the model's three grids."""
CLASSES, BINS = 80, 11
"""A distance is told as the probabilities of 0, 1, … 10 steps."""
MEAN, SPREAD = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)
"""Blue, green and red, from 0 to 255."""
LEAST_SCORE = 0.4
MOST_OVERLAP = 0.6
"""Of two of one class that share more of their union, the likelier stays."""

Box = npt.NDArray[np.float64]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing."""

    number: int
    """Of its class, from 0 on."""
    score: float
    box: Box
    """As parts of the picture's width and height; within the picture."""


class NanoDet:
    """The loaded model."""

    def __init__(self, path: Path) -> None:
        self._model = OnnxModel(onnx_bytes(graph_of(path), {}))

    def find(self, pixels: npt.NDArray[np.uint8]) -> list[Found]:
        """Return the things in a picture: uint8, (height, width, 3); the likeliest first."""
        height, width = pixels.shape[:2]
        scale = SIDE / max(height, width)
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        shown = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))
        seen = np.zeros((SIDE, SIDE, 3), np.float32)
        seen[: size[1], : size[0]] = shown[:, :, ::-1]
        seen = (seen - np.array(MEAN, np.float32)) / np.array(SPREAD, np.float32)
        told = self._model.run(np.ascontiguousarray(seen.transpose(2, 0, 1)[None], np.float32))
        by_shape = {array.shape[1:]: array[0] for array in told.values()}
        sides = np.array((size[0], size[1], size[0], size[1]), np.float64)
        found = [each for step in STEPS for each in _in_grid(by_shape, step, sides)]
        kept: list[Found] = []
        for each in sorted(found, key=lambda each: each.score, reverse=True):
            if not any(_are_one(each, other) for other in kept):
                kept.append(each)
        return kept


def _in_grid(
    by_shape: dict[tuple[int, ...], npt.NDArray[np.float32]], step: int, sides: Box
) -> Iterator[Found]:
    """Give what one grid has found, often the same thing several times."""
    cells = SIDE // step
    scores = by_shape[(cells * cells, CLASSES)]
    bins = by_shape[(cells * cells, 4 * BINS)].reshape(-1, 4, BINS)
    for cell, number in np.argwhere(scores >= LEAST_SCORE).tolist():
        powers = np.exp(bins[cell] - bins[cell].max(axis=1, keepdims=True))
        distances = (powers / powers.sum(axis=1, keepdims=True)) @ np.arange(BINS) * step
        middle = np.tile((np.array((cell % cells, cell // cells)) + 0.5) * step, 2)
        box = np.clip((middle + distances * (-1, -1, 1, 1)) / sides, 0.0, 1.0)
        yield Found(number, float(scores[cell, number]), box)


def _are_one(one: Found, other: Found) -> bool:
    return one.number == other.number and share_of_union(one.box, other.box) > MOST_OVERLAP
