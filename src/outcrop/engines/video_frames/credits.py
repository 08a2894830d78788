"""Finds the credits of a film: lines of writing on a plain ground, near its beginning or its end.

What is written is not read. Credits are told from title cards by how much there is of them: several
cards, or lines that rise; from slides and screens by what the rest of the film shows.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outcrop.engines.video_frames.interface import Segment, SegmentKind
from outcrop.engines.video_frames.writing import Writing

EVERY_SECONDS = 0.5
"""From one frame whose writing is looked at to the next."""
LEAST_SCORE = 0.5
"""Of the writing of a frame."""
LONGEST_GAP_SECONDS = 3.0
"""Without writing, between two cards."""
LEAST_SECONDS = 2.0
OPENING_STARTS, OPENING_ENDS = 0.2, 0.5
"""The parts of a film until which its opening credits start and end."""
END_STARTS, END_ENDS = 0.5, 0.8
"""The parts of a film from which on its end credits start and end."""
MOST_ELSEWHERE = 0.2
"""The share of the rest of the film that shows writing at most: otherwise it is all slides."""
MANY_LINES = 5
"""Of a card, from which on it counts as two at the end of a film."""
DOUBT = 0.6
"""What is left of it with each card."""
SAME_INK = 0.85
"""How much of the ink of the one of two frames that has less is in the other, too, if they show
the same card, perhaps fading."""
SAME_LETTERS = 0.1
"""How much the numbers of letters differ at most if they show the same card, perhaps growing."""


@dataclass(frozen=True, slots=True)
class Looks:
    """The frames of a film whose writing was looked at."""

    step: int
    """From one to the next, in frames of the film."""
    writing: Sequence[Writing]


def credits_of(looks: Looks, changes: npt.NDArray[np.float32], rate: float) -> list[Segment]:
    """Return the opening and end credits, by time.

    Args:
        looks: See there.
        changes: How much each frame of the film differs from the one before it, (frames,).
        rate: Frames a second.
    """
    if not looks.writing:
        return []
    shown = np.array([_is_written(each) for each in looks.writing], np.bool_)
    per_second = rate / looks.step
    runs = _runs(shown, round(LONGEST_GAP_SECONDS * per_second))
    found: list[tuple[SegmentKind, range, float]] = []
    for run in runs:
        kind = _kind(run, len(shown))
        if kind is not None and len(run) >= LEAST_SECONDS * per_second:
            found.append((kind, run, _score(looks.writing[run.start : run.stop], kind)))
    rest = shown.copy()
    rest[[place for _, run, _ in found for place in run]] = False
    outside = len(shown) - sum(len(run) for _, run, _ in found)
    if rest.sum() > MOST_ELSEWHERE * outside:
        return []
    return [
        Segment(
            kind=kind,
            first=_edge(changes, run.start - 1, looks.step),
            last=_edge(changes, run.stop - 1, looks.step) - 1,
            score=score,
        )
        for kind, run, score in found
    ]


def _is_written(writing: Writing) -> bool:
    return writing.lines > 0 and not writing.is_low and writing.score >= LEAST_SCORE


def _runs(shown: npt.NDArray[np.bool_], longest_gap: int) -> list[range]:
    """Return the places in a row that are shown, over gaps that are not too long."""
    runs: list[range] = []
    for place in np.flatnonzero(shown).tolist():
        if runs and place - runs[-1].stop <= longest_gap:
            runs[-1] = range(runs[-1].start, place + 1)
        else:
            runs.append(range(place, place + 1))
    return runs


def _kind(run: range, count: int) -> SegmentKind | None:
    if run.start >= END_STARTS * count and run.stop >= END_ENDS * count:
        return SegmentKind.END_CREDITS
    if run.start <= OPENING_STARTS * count and run.stop <= OPENING_ENDS * count:
        return SegmentKind.OPENING_CREDITS
    return None


def _score(writing: Sequence[Writing], kind: SegmentKind) -> float:
    """Return how surely these are credits: by how well the writing is told, and how much it is."""
    shown = [each for each in writing if _is_written(each)]
    cards = 1 + sum(itertools.starmap(_is_new, itertools.pairwise(shown)))
    if kind is SegmentKind.END_CREDITS:
        cards += max(each.lines for each in shown) >= MANY_LINES
    return float(np.mean([each.score for each in shown])) * (1 - DOUBT**cards)


def _is_new(before: Writing, after: Writing) -> bool:
    """Tell whether a frame shows another card than the one before it, or lines that have risen."""
    least = min(int(before.ink.sum(dtype=np.int64)), int(after.ink.sum(dtype=np.int64)))
    shared = int(np.minimum(before.ink, after.ink).sum(dtype=np.int64))
    if shared >= SAME_INK * least:
        return False
    most = max(before.letters, after.letters)
    is_like = before.lines == after.lines and (
        abs(before.letters - after.letters) <= SAME_LETTERS * most
    )
    return not (is_like and abs(_middle(before) - _middle(after)) <= 1)


def _middle(writing: Writing) -> float:
    """Return the row of the ink's middle."""
    rows = writing.ink.sum(axis=1, dtype=np.float64)
    return float((rows * np.arange(len(rows))).sum() / max(float(rows.sum()), 1.0))


def _edge(changes: npt.NDArray[np.float32], look: int, step: int) -> int:
    """Return the frame between two looks that differs most from the one before it."""
    if look < 0:
        return 0
    first, end = look * step + 1, (look + 1) * step + 1
    if first >= len(changes):
        return len(changes)
    return first + int(changes[first:end].argmax())
