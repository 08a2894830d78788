"""BlazeFace: where faces may be; for the worker.

Source: https://github.com/google-ai-edge/mediapipe/blob/master/mediapipe/modules/face_detection/
face_detection.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from outcrop.engines.faces.crops import Pixels, Points
from outcrop.engines.media.places import share_of_smaller, share_of_union
from outcrop.engines.workers.onnx_sessions import OnnxModel
from outcrop.weights.onnx_file import onnx_bytes
from outcrop.weights.tfjs_graph import graph_of

SIDE = 256
GRIDS = ((16, 2), (8, 6))
"""Cells a side, and faces that each cell may have."""
LEAST_SCORE = 0.4
"""What is less likely is no candidate; the mesh decides of the others."""
MOST_OVERLAP = 0.3
"""Of two candidates that share more of their union, or half of the smaller, the likelier stays."""
MOST_COVERED = 0.5
TILED_FROM = ((800, 2), (1600, 3))
"""From which longer side on, in pixels, a picture is also looked at in so many tiles a side: the
model sees no face smaller than a tenth of what it is shown."""
TILE_OVERLAP = 0.25


Box: TypeAlias = npt.NDArray[np.float64]
"""Left, top, right and bottom, in pixels."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be a face, in pixels of the picture."""

    score: float
    box: Box
    eyes: Points
    """The one on the picture's left first, unless the head stands on its head."""


def overlap(one: Box, other: Box) -> bool:
    """Tell whether two boxes are most likely of the same face."""
    return share_of_union(one, other) > MOST_OVERLAP or share_of_smaller(one, other) > MOST_COVERED


class Detector:
    """The loaded model."""

    def __init__(self, path: Path) -> None:
        self._model = OnnxModel(onnx_bytes(graph_of(path), {}))
        self._anchors = np.concatenate([_anchors(*grid) for grid in GRIDS])

    def find(self, pixels: Pixels) -> list[Candidate]:
        """Return what may be faces, the likeliest first; no two are the same."""
        found = [each for tile in _tiles(pixels) for each in self._in_tile(pixels, tile)]
        kept: list[Candidate] = []
        for each in sorted(found, key=lambda each: each.score, reverse=True):
            if not any(overlap(each.box, other.box) for other in kept):
                kept.append(each)
        return kept

    def _in_tile(self, pixels: Pixels, tile: tuple[int, int, int, int]) -> Iterator[Candidate]:
        left, top, right, bottom = tile
        part = pixels[top:bottom, left:right]
        scale = SIDE / max(part.shape[:2])
        size = (max(round(part.shape[1] * scale), 1), max(round(part.shape[0] * scale), 1))
        shown = np.asarray(Image.fromarray(part).resize(size, Image.Resampling.BILINEAR))
        seen = np.full((1, SIDE, SIDE, 3), -1.0, np.float32)
        seen[0, : size[1], : size[0]] = shown / 127.5 - 1
        told = self._model.run(seen)
        logits = np.concatenate((told["Identity"][0], told["Identity_1"][0]))[:, 0]
        numbers = np.concatenate((told["Identity_2"][0], told["Identity_3"][0])) / SIDE
        scores = 1 / (1 + np.exp(-np.clip(logits, -50, 50)))
        corner = np.array((left, top), np.float64)
        for place in np.flatnonzero(scores >= LEAST_SCORE):
            centre = (numbers[place, :2] + self._anchors[place]).astype(np.float64)
            half = numbers[place, 2:4].astype(np.float64) / 2
            eyes = (numbers[place, 4:8].reshape(2, 2) + self._anchors[place]).astype(np.float64)
            box = np.concatenate((centre - half, centre + half)) * (SIDE / scale)
            yield Candidate(
                float(scores[place]), box + np.tile(corner, 2), eyes * (SIDE / scale) + corner
            )


def _anchors(cells: int, each: int) -> npt.NDArray[np.float32]:
    """Return the middles of the cells of a grid, row by row: (cells² · each, 2)."""
    middles = (np.arange(cells, dtype=np.float32) + 0.5) / cells
    rows, columns = np.meshgrid(middles, middles, indexing="ij")
    both = np.stack((columns, rows), axis=-1).astype(np.float32).reshape(-1, 2)
    return np.repeat(both, each, axis=0)


def _tiles(pixels: Pixels) -> Iterator[tuple[int, int, int, int]]:
    """Give the whole picture, and parts of it that overlap: left, top, right, bottom."""
    height, width = pixels.shape[:2]
    yield 0, 0, width, height
    for least, count in TILED_FROM:
        if max(width, height) < least:
            continue
        step = 1 / (count - (count - 1) * TILE_OVERLAP)
        for row in range(count):
            for column in range(count):
                left = round(column * step * (1 - TILE_OVERLAP) * width)
                top = round(row * step * (1 - TILE_OVERLAP) * height)
                yield left, top, left + round(step * width), top + round(step * height)
