"""What the finder of signatures sees of a page: its ink, and what a reader made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from outcrop.engines.document_marks.ink import ReadWord
from outcrop.engines.document_marks.interface import asks_to_sign

View: TypeAlias = npt.NDArray[np.uint8]
"""uint8, (3, height, width): ink, how sure the reader was, words that ask for a signature."""

LONGEST_SIDE = 880
"""In pixels: an A4 page at 75 dots an inch."""
STEP = 16
"""Pixels: the sides of a view are multiples of it."""
PAPER = 15
"""In pixels: strokes are thinner, so that the lightest pixel so near is paper."""
LEAST_CONTRAST = 0.25
"""Of the paper's light: pages with less ink than this are empty."""
LEAST_SCORE = 0.5
"""Of a word: readers tell nothing below."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it is shown to the finder."""

    view: View
    scales: tuple[float, float]
    """Pixels of the view to one of the page, across and down: sides are rounded to `STEP`."""


def view_of(page: npt.NDArray[np.uint8], words: Sequence[ReadWord]) -> Seen:
    """Return what is seen of a page.

    Args:
        page: uint8, (height, width): its light.
        words: What was read there.
    """
    scale = LONGEST_SIDE / max(page.shape)
    height, width = (max(STEP, round(side * scale / STEP) * STEP) for side in page.shape)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scales = (width / page.shape[1], height / page.shape[0])
    view = np.zeros((3, height, width), np.uint8)
    view[0] = _ink(np.asarray(cv2.resize(page, (width, height), interpolation=way), np.uint8))
    for word in words:
        left, top, right, bottom = (
            round(side * one) for side, one in zip(word.box, scales * 2, strict=True)
        )
        place = np.s_[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
        view[1][place] = round(255 * max(0.0, word.score - LEAST_SCORE) / (1 - LEAST_SCORE))
        if asks_to_sign(word.text):
            view[2][place] = 255
    return Seen(view, scales)


def _ink(light: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return how much darker than the paper around it each pixel is; the darkest are 255."""
    lightest = cv2.dilate(cv2.medianBlur(light, 3), np.ones((PAPER, PAPER), np.uint8))
    paper = np.maximum(cv2.blur(lightest, (2 * PAPER, 2 * PAPER)), 16).astype(np.float32)
    dark = np.clip(1 - light.astype(np.float32) / paper, 0, 1)
    most = max(LEAST_CONTRAST, float(np.quantile(dark, 0.995)))
    return (np.clip(dark / most, 0, 1) * 255).astype(np.uint8)
