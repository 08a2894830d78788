"""The order in which lines are told: row after row, as the text of the picture is turned."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from outcrop.engines.ocr.quads import Quad, size

SAME_ROW = 0.4
"""Lines whose middles are nearer than this share of the lower one's height are in one row."""


def in_rows(quads: Sequence[Quad]) -> list[int]:
    """Return the places of quadrilaterals in the order of rows, from left to right in each.

    Rows run as most of the text does: a picture that was scanned askew or upside down has its own.
    """
    if not quads:
        return []
    along = _direction(quads)
    down = np.array([-along[1], along[0]], np.float32)
    middles = [quad.mean(axis=0) for quad in quads]
    heights = [min(size(quad)) for quad in quads]
    rows: list[list[int]] = []
    for place in sorted(range(len(quads)), key=lambda place: float(middles[place] @ down)):
        first = rows[-1][0] if rows else place
        distance = float((middles[place] - middles[first]) @ down)
        if rows and distance < SAME_ROW * min(heights[first], heights[place]):
            rows[-1].append(place)
        else:
            rows.append([place])
    return [
        place
        for row in rows
        for place in sorted(row, key=lambda place: _start(quads[place], along))
    ]


def _direction(quads: Sequence[Quad]) -> npt.NDArray[np.float32]:
    """Return the direction in which most text runs, of length 1: that of the median line."""
    across = np.stack([quad[1] - quad[0] for quad in quads])
    total = across.sum(axis=0)
    if not np.linalg.norm(total):
        return np.array([1, 0], np.float32)
    # Words of one letter are no measure of a page's tilt.
    longest = across[np.linalg.norm(across, axis=1) >= np.median(np.linalg.norm(across, axis=1))]
    reference = np.arctan2(total[1], total[0])
    angles = np.arctan2(longest[:, 1], longest[:, 0]) - reference
    angle = reference + np.median((angles + np.pi) % (2 * np.pi) - np.pi)
    return np.array([np.cos(angle), np.sin(angle)], np.float32)


def _start(quad: Quad, along: npt.NDArray[np.float32]) -> float:
    return float((quad @ along).min())
