"""Tells how much of a frame is lines of writing on a plain ground; for the worker.

Letters are what stands out from the ground around it, about as high as its neighbours in a row, and
neither full nor hollow as lamps, windows and bars are. What they say is not read.
"""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Gray: TypeAlias = npt.NDArray[np.uint8]
"""(height, width)."""
Boxes: TypeAlias = npt.NDArray[np.int32]
"""(boxes, 5): left, top, width, height, and the ink in it."""

LEAST_CONTRAST = 45
"""Between ink and the ground around it, of 255."""
AROUND = 0.12
"""How wide the surroundings are whose median is the ground, as a part of the frame's height."""
LEAST_HEIGHT, MOST_HEIGHT = 0.012, 0.14
"""Of a letter, as parts of the frame's height."""
MOST_WIDE = 8.0
"""Of what may be several letters that touch, in heights."""
MOST_LETTERS = 2000
REACH = 0.7
"""How far letters of one line lie apart, in heights."""
LEAST_LETTERS, LEAST_LINE = 3, 2.5
"""Of a line: so many, and so many heights wide."""
UNLIKE = 0.5
"""How much the heights of a line's letters vary at most: their deviation, of their mean."""
UNEVEN = 0.3
"""How far the lower ends of letters lie from their line's at most, in heights: half of them."""
LEAST_FILL, MOST_FILL = 0.15, 0.88
"""The parts of letters' boxes that are ink: of a line the median."""
LEAST_VARIETY = 0.12
"""How much the letters of a line differ in their ink at least: its deviation, of its mean."""
EDGE = 24.0
"""Of 8-bit levels: what changes more from a pixel to its neighbours is no plain ground."""
MOST_EDGES = 0.05
"""The share of such pixels beside the ink with which no ground is plain any more."""
LOWEST = 0.75
"""Where the part of the frame begins in which subtitles stand, of its height."""
INK_SIZE = (160, 90)


@dataclass(frozen=True, slots=True)
class Writing:
    """What a frame has of writing."""

    score: float
    """From 0.0 to 1.0: the part of all ink that is in lines, times how plain the ground is."""
    lines: int
    is_low: bool
    """Whether it is where subtitles stand, and nowhere else."""
    letters: int
    """In the lines."""
    ink: npt.NDArray[np.uint8]
    """(90, 160): how much of each part of the frame is ink, of 255."""


def writing_of(gray: Gray) -> Writing:
    """Return what a frame has of writing, whether it is lighter or darker than its ground."""
    ground = cv2.medianBlur(gray, max(3, int(gray.shape[0] * AROUND) | 1))
    contrast = gray.astype(np.int16) - ground
    light, dark = contrast > LEAST_CONTRAST, contrast < -LEAST_CONTRAST
    ink = light if light.sum() >= dark.sum() else dark
    boxes = _letters(ink)
    lines = _lines(boxes, gray.shape[0], gray.shape[1])
    in_lines = sum(float(line[:, 4].sum()) for line in lines)
    purity = in_lines / max(float(light.sum() + dark.sum()), 1.0)
    plain = 1 - min(1.0, _edges(gray, light | dark) / MOST_EDGES)
    lowest = gray.shape[0] * LOWEST
    return Writing(
        score=purity * plain,
        lines=len(lines),
        is_low=all(float(np.median(line[:, 1])) > lowest for line in lines),
        letters=sum(len(line) for line in lines),
        ink=np.asarray(
            cv2.resize(ink * np.uint8(255), INK_SIZE, interpolation=cv2.INTER_AREA), np.uint8
        ),
    )


def _letters(ink: npt.NDArray[np.bool_]) -> Boxes:
    """Return what may be letters, or a few that touch."""
    height = ink.shape[0]
    _, _, told, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    boxes = np.asarray(told[1:], np.int32)  # The first is what is no ink.
    wide, high = boxes[:, 2], boxes[:, 3]
    fits = (high >= LEAST_HEIGHT * height) & (high <= MOST_HEIGHT * height)
    return boxes[fits & (wide <= MOST_WIDE * high)]


def _lines(boxes: Boxes, height: int, width: int) -> list[Boxes]:
    """Return the letters that stand in rows."""
    if not LEAST_LETTERS <= len(boxes) <= MOST_LETTERS:
        return []
    bands = np.zeros((height, width), np.uint8)
    for left, top, wide, high, _ in boxes.tolist():
        reach = round(REACH * high / 2)
        corner, other = (left - reach, top + high // 4), (left + wide + reach, top + 3 * high // 4)
        cv2.rectangle(bands, corner, other, (1,), -1)
    _, numbers = cv2.connectedComponents(bands)
    middles = boxes[:, :2] + boxes[:, 2:4] // 2
    whose = numbers[middles[:, 1].clip(0, height - 1), middles[:, 0].clip(0, width - 1)]
    groups = [boxes[whose == number] for number in np.unique(whose)]
    return [group for group in groups if _is_line(group)]


def _is_line(letters: Boxes) -> bool:
    left, top, wide, high, ink = letters.T.astype(np.float64)
    usual = float(np.median(high))
    across = float((left + wide).max() - left.min())
    if len(letters) < LEAST_LETTERS or across < LEAST_LINE * usual:
        return False
    bottoms = top + high
    uneven = float(np.median(np.abs(bottoms - np.median(bottoms)))) / usual
    fill = float(np.median(ink / (wide * high)))
    return (
        float(high.std()) <= UNLIKE * float(high.mean())
        and uneven <= UNEVEN
        and LEAST_FILL <= fill <= MOST_FILL
        and float(ink.std()) >= LEAST_VARIETY * float(ink.mean())
    )


def _edges(gray: Gray, ink: npt.NDArray[np.bool_]) -> float:
    """Return the share of pixels away from ink at which the ground changes."""
    away = cv2.dilate(ink.astype(np.uint8), np.ones((7, 7), np.uint8)) == 0
    smooth = cv2.GaussianBlur(gray, (5, 5), 0)
    across = cv2.Sobel(smooth, cv2.CV_16S, 1, 0)
    down = cv2.Sobel(smooth, cv2.CV_16S, 0, 1)
    steep = (np.abs(across) + np.abs(down)) > EDGE
    count = int(away.sum())
    return float((steep & away).sum()) / count if count else 1.0
