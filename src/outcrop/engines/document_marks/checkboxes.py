"""Finds checkboxes: small squares of four straight lines, alone, and what is in them."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from outcrop.engines.document_marks.ink import (
    Mask,
    Patch,
    PixelBox,
    ReadWord,
    patches,
    straight,
    text_height,
)
from outcrop.engines.media.places import area, share_of_smaller

SIDES = (0.6, 0.85, 1.2, 1.7)
"""In heights of the page's text: the smallest of each size of box that is looked for."""
GROWTH = 1.5
"""From the smallest box of a size to the largest."""
LEAST_SIDE = 9
"""In pixels: smaller ones are letters."""
SQUARENESS = 1.3
"""Of the longer side to the shorter one, at most."""
LINE_SHARE = 0.8
"""Of the smallest side: shorter straight lines are those of letters and ticks."""
OUTLINE = 0.88
"""Of each side that is ink, at least."""
BAND = 0.16
"""Of the side, at each edge: where the outline is looked for, and not what is inside."""
TICKED = 0.055
"""Of the inside that is ink, in ticked boxes, at least."""
SOLID = 0.93
"""Of it all: more is no box, but a bullet."""
SAME = 0.5
"""Of two boxes that share more of the smaller one than this, the larger stays."""


MOST = 2000
"""Squares of one size on a page, that are looked at: more are a pattern."""
SQUARE_LETTERS = "B8"
"""That look like ticked boxes."""
TICK_WIDTH = 0.35
"""Of the side, at most: what is beyond the outline."""
ROOM = 0.2
"""Of the side, beside a box, that is empty; letters stand closer together."""
CROWDED = 0.5
"""Of the rows beside a box, that have ink where it stands in a word."""

Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FoundBox:
    """A checkbox in the pixels of its page."""

    box: PixelBox
    is_ticked: bool
    score: float


def find_checkboxes(ink: Mask, words: Sequence[ReadWord]) -> list[FoundBox]:
    """Return the checkboxes of a page, from top to bottom.

    Args:
        ink: Of the page.
        words: What is written there.
    """
    high = text_height(words, len(ink))
    found: list[FoundBox] = []
    for side in SIDES:
        for box in _of_size(ink, max(LEAST_SIDE, round(side * high))):
            if not any(_is_letter(box.box, word) for word in words):
                _keep(found, box)
    return sorted(found, key=lambda box: (box.box[1], box.box[0]))


def _is_letter(place: PixelBox, word: ReadWord) -> bool:
    """Tell whether a square is a letter of a word; a reader takes boxes for other signs."""
    x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
    left, top, right, bottom = word.box
    if not (left <= x < right and top <= y < bottom):
        return False
    if len(word.text) == 1:
        return word.text in SQUARE_LETTERS
    side = place[2] - place[0]
    if left + side < x < right - side:
        return True
    end = word.text[0] if x <= left + side else word.text[-1]
    return end.isascii() and end.isalnum()


def _of_size(ink: Mask, least: int) -> Iterator[FoundBox]:
    across, down = straight(ink, max(5, round(least * LINE_SHARE)))
    squares = (patch for patch in patches(across | down) if _is_square(patch, least))
    for patch in itertools.islice(squares, MOST):
        place = _trimmed(ink, patch.box)
        if _is_outlined(across, down, place):
            yield from _read(ink, place)


def _keep(found: list[FoundBox], box: FoundBox) -> None:
    same = [other for other in found if share_of_smaller(box.box, other.box) > SAME]
    if all(area(other.box) < area(box.box) for other in same):
        found[:] = [other for other in found if other not in same]
        found.append(box)


def _is_square(patch: Patch, least: int) -> bool:
    short, long = sorted((patch.width, patch.height))
    return least <= short and long <= GROWTH * least + 1 and long <= SQUARENESS * short


def _read(ink: Mask, place: PixelBox) -> Iterator[FoundBox]:
    """Give the checkbox at a place, if it is one."""
    square = _cut(ink, place)
    band = _band(square)
    if float(square.mean()) > SOLID or _stands_in_text(ink, place):
        return
    sides = [float(np.mean(each.any(axis=0))) for each in _edges(square, band)]
    above, below, before, behind = (
        max(band + 1, _thickness(each)) for each in _edges(square, None)
    )
    inside = square[above:-below, before:-behind]
    if not inside.size:
        return
    share = float(inside.mean())
    sureness = min(1.0, abs(share - TICKED) / TICKED)
    yield FoundBox(place, share >= TICKED, float(np.mean(sides)) * (1 + sureness) / 2)


def _trimmed(ink: Mask, place: PixelBox) -> PixelBox:
    """Return a place without what a tick adds to it that goes beyond the outline."""
    left, top, right, bottom = place
    edges = _edges(_cut(ink, place), None)
    above, below, before, behind = (_first_line(each) for each in edges)
    return (left + before, top + above, right - behind, bottom - below)


def _first_line(edge: Flags) -> int:
    """Return how many rows come before the first that is a line; 0 where none is near."""
    rows = edge[: len(edge) // 3].mean(axis=1) > LINE_SHARE
    before = max(0, int(np.argmax(rows)) - 1) if rows.any() else 0
    # The curve of a letter is wider than the end of a tick.
    return before if float(np.mean(edge[:before].any(axis=0))) < TICK_WIDTH else 0


def _edges(square: Flags, depth: int | None) -> list[Flags]:
    """Return the square as it is seen from above, below, left and right, so many rows of it."""
    return [each[:depth] for each in (square, square[::-1], square.T, square.T[::-1])]


def _is_outlined(across: Mask, down: Mask, place: PixelBox) -> bool:
    """Tell whether four straight lines run from corner to corner."""
    level, upright = _cut(across, place), _cut(down, place)
    band = _band(level)
    sides = [*_edges(level, band)[:2], *_edges(upright, band)[2:]]
    return all(float(np.mean(side.any(axis=0))) >= OUTLINE for side in sides)


def _cut(mask: Mask, place: PixelBox) -> Flags:
    left, top, right, bottom = place
    return mask[top:bottom, left:right] > 0


def _band(square: Flags) -> int:
    return max(2, round(BAND * min(square.shape)))


def _thickness(edge: Flags) -> int:
    """Return how many rows belong to the outline, and one more for its blurred rim."""
    rows = edge[: len(edge) // 3].mean(axis=1) > LINE_SHARE
    return int(np.flatnonzero(rows)[-1]) + 2 if rows.any() else 0


def _stands_in_text(ink: Mask, place: PixelBox) -> bool:
    """Tell whether there is much ink close beside a square, as there is beside letters."""
    left, top, right, bottom = place
    room = max(3, round(ROOM * (right - left)))
    strips = (
        ink[top:bottom, max(0, left - room) : left - 1],
        ink[top:bottom, right + 1 :][:, :room],
    )
    shares = [float(np.mean(each.any(axis=1))) for each in strips if each.size]
    return max(shares, default=0.0) > CROWDED
