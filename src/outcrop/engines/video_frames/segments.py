"""Shots, black frames, colour bars and credits of films, by their pixels; for the worker.

A cut is where frames change much more than around it, and for longer than a flash; black frames and
colour bars are such by the share of their pixels.

Source: https://www.scenedetect.com/docs/latest/api/detectors.html (the adaptive detector)
"""

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from outcrop.engines.video_frames.credits import credits_of
from outcrop.engines.video_frames.interface import BlackLimits, Segment, SegmentKind, VideoInfo
from outcrop.engines.video_frames.measures import AT_ONCE, Cells, Numbers, measure

AROUND = 2
"""Frames before and behind a cut that it is compared with."""
STANDS_OUT = 3.0
"""How many times more a frame changes at a cut than the frames around it do."""
LEAST_CHANGE = 12.0
"""Of 255, the mean of all cells."""
LONGEST_FLASH = 4
"""In frames."""
LEAST_BARS = 0.9
"""The share of pixels that make a frame one of colour bars."""


def segments_of(
    video: Path, info: VideoInfo, limits: BlackLimits, *, find_credits: bool = True
) -> list[Segment]:
    """Return the segments of a film, by kind.

    Raises:
        RefusedError: It cannot be read.
    """
    measures = measure(video, info, limits, find_credits=find_credits)
    black = measures.black >= limits.least_share
    bars = (measures.bars >= LEAST_BARS) & ~black
    return [
        *runs(SegmentKind.BLACK, black, measures.black),
        *runs(SegmentKind.COLOR_BARS, bars, measures.bars),
        *credits_of(measures.looks, _changes(measures.cells), info.frames_per_second),
        *shots(measures.cells, black, measures.black),
    ]


def runs(kind: SegmentKind, chosen: npt.NDArray[np.bool_], scores: Numbers) -> list[Segment]:
    """Return the frames that were chosen as segments, with the means of their scores."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], chosen, [False]))))
    return [
        Segment(kind=kind, first=first, last=end - 1, score=float(scores[first:end].mean()))
        for first, end in edges.reshape(-1, 2).tolist()
    ]


def shots(cells: Cells, black: npt.NDArray[np.bool_], shares: Numbers) -> list[Segment]:
    """Return the shots of a film of at least one frame; they follow one another without a gap."""
    if not len(cells):
        return []
    scores, whole = _cut_scores(cells)
    cuts = {int(place): float(scores[place]) for place in np.flatnonzero(scores)}
    for dark in runs(SegmentKind.BLACK, black, shares):
        # What fades out and in again has no cut, but is two shots.
        near = range(dark.first - 1, dark.last + 3)
        if dark.first > 0 and dark.last + 1 < len(cells) and not cuts.keys() & set(near):
            cuts[dark.last + 1] = dark.score
    ends = [0, *sorted(cuts), len(cells)]
    return [
        Segment(
            kind=SegmentKind.SHOT,
            first=first,
            last=end - 1,
            score=_mean([cuts[each] for each in (first, end) if each in cuts], whole),
        )
        for first, end in itertools.pairwise(ends)
    ]


def _mean(scores: Sequence[float], otherwise: float) -> float:
    return sum(scores) / len(scores) if scores else otherwise


def _cut_scores(cells: Cells) -> tuple[Numbers, float]:
    """Return how much each frame stands out as a cut, 0.0 if it is none, and how sure none is.

    A cut's score is its part of its own change and the mean change around it together.
    """
    count = len(cells)
    changes = _changes(cells)
    padded = np.pad(changes, AROUND)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1)
    around = (windows.sum(axis=1) - changes) / (2 * AROUND)
    lasting = changes.copy()
    for apart in range(2, min(LONGEST_FLASH + 2, count)):
        # What was before comes back behind a flash: then neither its start nor its end is a cut.
        differ = _distances(cells[apart:], cells[:-apart])
        for places in (slice(1, count - apart + 1), slice(apart, count)):
            lasting[places] = np.minimum(lasting[places], differ)
    share = changes / np.maximum(changes + around, 1e-6)
    least = STANDS_OUT / (1 + STANDS_OUT)
    nearly = np.minimum(share / least, lasting / LEAST_CHANGE)
    scores = np.where(nearly >= 1, share, 0).astype(np.float32)
    return scores, float(1 - min(float(nearly.max()), 1.0) / 2)


def _changes(cells: Cells) -> Numbers:
    """Return how much each frame differs from the one before it."""
    changes = np.zeros(len(cells), np.float32)
    changes[1:] = _distances(cells[1:], cells[:-1])
    return changes


def _distances(some: Cells, others: Cells) -> Numbers:
    """Return the mean differences of frames, a few at a time."""
    parts = [
        np.abs(
            some[start : start + AT_ONCE].astype(np.int16)
            - others[start : start + AT_ONCE].astype(np.int16)
        ).mean(axis=1, dtype=np.float32)
        for start in range(0, len(some), AT_ONCE)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)
