"""Tells frames that show colour bars, as cameras and studios record them; for the worker.

Source: https://www.itu.int/rec/R-REC-BT.471, https://www.itu.int/rec/R-REC-BT.1729
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

COLORS = (
    (1, 1, 1),  # white
    (1, 1, 0),  # yellow
    (0, 1, 1),  # cyan
    (0, 1, 0),  # green
    (1, 0, 1),  # magenta
    (1, 0, 0),  # red
    (0, 0, 1),  # blue
)
BLACK = (0, 0, 0)
HALF = 96
"""Of 255: between black and the 75 % of most bars."""
TOP, BOTTOM = 0.1, 0.5
"""The part of a frame's height where all kinds of bars have their large ones."""
EDGE = 0.12
"""The part of a bar on each side of it that is left out: codecs blur colours."""
LAYOUTS: Sequence[tuple[float, Sequence[tuple[int, int, int]]]] = (
    (0.0, COLORS),
    (0.0, (*COLORS, BLACK)),
    (1 / 8, COLORS),
)
"""The margin on both sides, and the bars between; the last ones are those of high definition."""


def bar_share(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return which part of frames is as in colour bars: (frames,) of (frames, height, width, 3)."""
    _, height, width, _ = pixels.shape
    lit = pixels[:, int(height * TOP) : int(height * BOTTOM)] >= HALF
    shares = [_share(lit, width, margin, bars) for margin, bars in LAYOUTS]
    return np.stack(shares).max(axis=0)


def _share(
    lit: npt.NDArray[np.bool_],
    width: int,
    margin: float,
    bars: Sequence[tuple[int, int, int]],
) -> npt.NDArray[np.float32]:
    across = width * (1 - 2 * margin) / len(bars)
    fits = [
        (lit[:, :, _inner(width * margin + across * number, across)] == np.array(bar, np.bool_))
        .all(axis=3)
        .mean(axis=(1, 2), dtype=np.float32)
        for number, bar in enumerate(bars)
    ]
    return np.stack(fits).mean(axis=0, dtype=np.float32)


def _inner(left: float, across: float) -> slice:
    return slice(round(left + across * EDGE) + 1, round(left + across * (1 - EDGE)))
