"""How speech is cut into the pieces that the model hears at once."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from outcrop.engines.speech_to_text.voice_activity import WINDOW_SECONDS

LONGEST_SECONDS = 28.0
"""The model hears thirty at once."""
SHORTEST_CUT_SECONDS = 15.0
"""Longer speech without a pause is cut after this, where it is most like silence."""
LONGEST_GAP_SECONDS = 2.0
"""Pieces that lie nearer together are heard together: sentences tell words apart."""

Times = Sequence[tuple[float, float]]


def windows(
    times: Times,
    probabilities: npt.NDArray[np.float32],
    *,
    joins: bool = True,
) -> list[tuple[float, float]]:
    """Return pieces of at most `LONGEST_SECONDS`, cut in pauses, in order.

    Args:
        times: When somebody speaks.
        probabilities: How likely somebody speaks, for every `WINDOW_SECONDS`.
        joins: Whether a piece may hold pauses.
    """
    joined: list[tuple[float, float]] = []
    for start, end in times:
        for piece in _cut(start, end, probabilities):
            if joins and joined and _fits(joined[-1], piece):
                joined[-1] = (joined[-1][0], piece[1])
            else:
                joined.append(piece)
    return joined


def _fits(before: tuple[float, float], piece: tuple[float, float]) -> bool:
    is_near = piece[0] - before[1] <= LONGEST_GAP_SECONDS
    return is_near and piece[1] - before[0] <= LONGEST_SECONDS


def _cut(
    start: float, end: float, probabilities: npt.NDArray[np.float32]
) -> list[tuple[float, float]]:
    pieces: list[tuple[float, float]] = []
    while end - start > LONGEST_SECONDS:
        first = int((start + SHORTEST_CUT_SECONDS) / WINDOW_SECONDS)
        last = int((start + LONGEST_SECONDS) / WINDOW_SECONDS)
        at = (first + int(np.argmin(probabilities[first:last])) + 0.5) * WINDOW_SECONDS
        pieces.append((start, at))
        start = at
    return [*pieces, (start, end)]
