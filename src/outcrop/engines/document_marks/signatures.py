"""Finds signatures: a small net tells where a page is signed, and how likely each place is.

Its numbers, `signatures.npz`, are made by `tools/train_signatures.py` from pages that
`tools/draw_signature_crops.py` draws.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from outcrop.engines.document_marks.ink import PixelBox, ReadWord
from outcrop.engines.document_marks.signature_net import CELL, graph_of, read_weights
from outcrop.engines.document_marks.signature_views import Seen, view_of
from outcrop.engines.workers.onnx_sessions import OnnxModel
from outcrop.weights.onnx_file import onnx_bytes

LIKELY = 0.05
"""Of a cell, that may belong to a signature whose other cells are likelier."""
GAP = (3, 7)
"""Cells, down and across: parts of one signature are no further from one another."""
LEAST_CELLS = 12
"""Of a signature: less is a dot, or the end of a line."""
LEAST_SCORE = 0.5
"""Of a signature that is told."""

Likelihoods: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FoundSignature:
    """A signature in the pixels of its page."""

    box: PixelBox
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be a signature."""

    box: PixelBox
    traits: tuple[float, float, float]
    """The log odds of its likeliest cells and of its middle one, and the logarithm of its size."""


WEIGHTS = (0.802, -0.178, -0.048)
BIAS = -2.575
"""Of a logistic regression over the traits of what was found on pages like those that are learnt
from, in other fonts, with what a reader might have read: `tools/calibrate_signatures.py` fits
them."""


class SignatureFinder:
    """The loaded net."""

    def __init__(self) -> None:
        content = files("outcrop.engines.document_marks").joinpath("signatures.npz").read_bytes()
        self._model = OnnxModel(onnx_bytes(graph_of(read_weights(content)), {}))

    def find(self, page: npt.NDArray[np.uint8], words: Sequence[ReadWord]) -> list[FoundSignature]:
        """Return the signatures of a page, from top to bottom.

        Args:
            page: uint8, (height, width, 3), RGB.
            words: What was read there.
        """
        found = [
            FoundSignature(each.box, score_of(each.traits)) for each in self.candidates(page, words)
        ]
        told = [each for each in found if each.score >= LEAST_SCORE]
        return sorted(told, key=lambda each: (each.box[1], each.box[0]))

    def candidates(self, page: npt.NDArray[np.uint8], words: Sequence[ReadWord]) -> list[Candidate]:
        """Return what may be signatures."""
        seen = view_of(np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), np.uint8), words)
        shown = seen.view[None].astype(np.float32) / np.float32(255)
        return _candidates(self._model.run(shown)["likely"][0, 0], seen)


def score_of(traits: Sequence[float]) -> float:
    """Return how likely something is a signature, by its traits: 0.0 to 1.0."""
    logit = BIAS + sum(map(float.__mul__, WEIGHTS, traits))
    return 1 / (1 + math.exp(-logit))


def _candidates(likely: Likelihoods, seen: Seen) -> list[Candidate]:
    near = cv2.morphologyEx(
        (likely > LIKELY).astype(np.uint8), cv2.MORPH_CLOSE, np.ones(GAP, np.uint8)
    )
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    sides: list[list[int]] = np.asarray(stats, np.int64).tolist()
    return [
        Candidate(
            _in_page((left, top, left + width, top + height), seen.scales),
            _traits(likely[numbers == number]),
        )
        for number, (left, top, width, height, size) in enumerate(sides)
        if number and size >= LEAST_CELLS
    ]


def _in_page(cells: PixelBox, scales: tuple[float, float]) -> PixelBox:
    left, top, right, bottom = (
        round(side * CELL / scale) for side, scale in zip(cells, scales * 2, strict=True)
    )
    return left, top, right, bottom


def _traits(likely: Likelihoods) -> tuple[float, float, float]:
    odds = np.sort(np.log(np.clip(likely, 1e-4, 1 - 1e-4) / (1 - np.clip(likely, 1e-4, 1 - 1e-4))))
    best = odds[-LEAST_CELLS:]
    return float(best.mean()), float(np.median(odds)), math.log(len(odds))
