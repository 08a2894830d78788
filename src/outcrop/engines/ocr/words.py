"""Parts a line into words, and finds how far each reaches.

The recogniser tells near which column it saw a character; the ink around it tells where it ends.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from outcrop.engines.ocr.quads import Pixels, Span
from outcrop.engines.ocr.recognition import Character

RULE_SHARE = 0.8
"""A row with more ink than this is no text but a line that was drawn."""
LIKELY_SPACE = 0.03
"""How likely a space is that was not read, but counts if there is a gap."""
LEAST_GAP = 0.25
"""Between words, in heights of the ink: the recogniser misses spaces in blurred pictures."""
REACH = 1.5
"""How far a word may reach beyond its first and last characters, in mean distances of them."""


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word inside a crop."""

    text: str
    score: float
    span: Span


def place_words(characters: Sequence[Character], crop: Pixels) -> list[PlacedWord]:
    """Return the words of a line.

    Args:
        characters: As they were read in the crop.
        crop: RGB.
    """
    ink = _ink(crop)
    columns = ink.sum(axis=0) > 0
    height, width = ink.shape
    groups = _parted(characters, columns, least_gap=LEAST_GAP * _height(ink))
    if not groups:
        return []
    edges = _edges(groups, columns)
    words: list[PlacedWord] = []
    for group, start, end in zip(groups, edges, edges[1:], strict=False):
        left, right = _extent(columns, start, end)
        top, bottom = _extent(ink[:, left:right].sum(axis=1) > 0, 0, height)
        words.append(
            PlacedWord(
                "".join(each.text for each in group),
                sum(each.score for each in group) / len(group),
                (left / width, top / height, right / width, bottom / height),
            )
        )
    return words


def _parted(
    characters: Sequence[Character], columns: npt.NDArray[np.bool_], *, least_gap: float
) -> list[list[Character]]:
    """Return the characters of each word: between them, a space was read, or is likely and seen."""
    groups: list[list[Character]] = [[]]
    for each in characters:
        if each.text.isspace():
            groups.append([])
        elif each.space < LIKELY_SPACE or not groups[-1]:
            groups[-1].append(each)
        else:
            places = (int(end.place * len(columns)) for end in (groups[-1][-1], each))
            _, gap = _longest_gap(columns, *places)
            if gap >= least_gap:
                groups.append([])
            groups[-1].append(each)
    return [group for group in groups if group]


def _height(ink: npt.NDArray[np.bool_]) -> int:
    top, bottom = _extent(ink.sum(axis=1) > 0, 0, len(ink))
    return bottom - top


def _ink(crop: Pixels) -> npt.NDArray[np.bool_]:
    """Return which pixels differ from the ground; lines that were drawn do not count."""
    grey = cv2.GaussianBlur(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), (3, 3), 0)
    _, mask = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    ink = np.asarray(mask, np.uint8) > 0
    if ink.mean() > 0.5:
        ink = ~ink
    ink[ink.mean(axis=1) > RULE_SHARE] = False
    return ink


def _edges(groups: Sequence[Sequence[Character]], columns: npt.NDArray[np.bool_]) -> list[int]:
    """Return the columns between which words lie: in the widest gap between two neighbours."""
    width = len(columns)
    reach = REACH * _mean_distance(groups)
    edges = [max(0, int((groups[0][0].place - reach) * width))]
    for one, other in itertools.pairwise(groups):
        start, end = int(one[-1].place * width), int(other[0].place * width)
        middle, _ = _longest_gap(columns, max(start, edges[-1]), min(end + 1, width))
        edges.append(middle)
    edges.append(min(width, int((groups[-1][-1].place + reach) * width) + 1))
    return edges


def _mean_distance(groups: Sequence[Sequence[Character]]) -> float:
    """Return the mean distance between characters of a word; of none, as if all were as wide."""
    distances = [
        other.place - one.place for group in groups for one, other in itertools.pairwise(group)
    ]
    return sum(distances) / len(distances) if distances else 1 / (sum(map(len, groups)) + 1)


def _longest_gap(columns: npt.NDArray[np.bool_], start: int, end: int) -> tuple[int, int]:
    """Return the middle and the length of the longest run without ink.

    Where there is none, it is the middle of the whole.
    """
    best, best_length, run = (start + end) // 2, 0, 0
    for column in range(start, end):
        run = 0 if columns[column] else run + 1
        if run > best_length:
            best, best_length = column - run // 2, run
    return best, best_length


def _extent(marks: npt.NDArray[np.bool_], start: int, end: int) -> tuple[int, int]:
    """Return where the first mark begins and the last one ends; the whole where there is none."""
    places = np.flatnonzero(marks[start:end])
    if not len(places):
        return start, max(end, start + 1)
    return start + int(places[0]), start + int(places[-1]) + 1
