"""The ink of a page, and the straight lines in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Mask: TypeAlias = npt.NDArray[np.uint8]
"""uint8, (height, width): 255 where there is ink, else 0."""
PixelBox: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; the last two are just outside."""

WINDOW = 51
"""In pixels: ink is darker than what surrounds it."""
DARKER = 25
"""Of 255."""
TEXT_HEIGHT_SHARE = 1 / 70
"""Of a page's height, that its text has where none was read."""


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word that somebody read, in the pixels of its page."""

    text: str
    box: PixelBox
    score: float = 1.0
    """How sure the reader was, 0.0 to 1.0."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Ink that hangs together."""

    box: PixelBox

    @property
    def width(self) -> int:
        """In pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """In pixels."""
        return self.box[3] - self.box[1]


def ink_of(page: npt.NDArray[np.uint8]) -> Mask:
    """Return where a page has ink.

    Args:
        page: uint8, (height, width, 3), RGB.
    """
    gray = cv2.GaussianBlur(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), (3, 3), 0)
    mask = cv2.adaptiveThreshold(
        gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, WINDOW, DARKER
    )
    return np.asarray(mask, np.uint8)


def straight(ink: Mask, length: int) -> tuple[Mask, Mask]:
    """Return the ink that lies in horizontal and in vertical lines of at least a length."""
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    return np.asarray(across, np.uint8), np.asarray(down, np.uint8)


def patches(ink: Mask) -> Iterator[Patch]:
    """Give what hangs together."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    for left, top, width, height, _ in np.asarray(stats, np.int64)[1:].tolist():  # After the paper.
        yield Patch((left, top, left + width, top + height))


def text_height(words: Sequence[ReadWord], page_height: int) -> float:
    """Return how high a page's words are, in pixels: the middle one, or a guess."""
    heights = [word.box[3] - word.box[1] for word in words]
    return float(np.median(heights)) if heights else page_height * TEXT_HEIGHT_SHARE
