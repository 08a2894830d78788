"""Voices that are alike, put together: the nearest first, as long as they are near.

Agglomerative clustering with average linkage, which needs no number of clusters beforehand.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from outcrop.engines.speech_to_text.speaker_memory import LIKE, SURE_SECONDS


def who_speaks(
    prints: npt.NDArray[np.float32], seconds: Sequence[float], *, most: int
) -> list[int]:
    """Return a number for each voice print: the same for the same voice, in order of appearance.

    Args:
        prints: float32, (spans, dimensions), each row of length 1.
        seconds: How long each span is.
        most: How many voices there are at most.
    """
    sure = [at for at, length in enumerate(seconds) if length >= SURE_SECONDS]
    groups = _groups(prints, sure or list(range(len(seconds))), most)
    centres = np.stack([prints[group].mean(axis=0) for group in groups])
    members = {at: number for number, group in enumerate(groups) for at in group}
    found = [members.get(at, int(np.argmax(centres @ prints[at]))) for at in range(len(seconds))]
    order = {number: place for place, number in enumerate(dict.fromkeys(found))}
    return [order[number] for number in found]


def _groups(prints: npt.NDArray[np.float32], spans: list[int], most: int) -> list[list[int]]:
    alike = prints @ prints.T
    groups = [[span] for span in spans]
    while len(groups) > 1:
        likeness, one, other = max(
            (float(alike[np.ix_(groups[one], groups[other])].mean()), one, other)
            for one in range(len(groups))
            for other in range(one + 1, len(groups))
        )
        if likeness < LIKE and len(groups) <= most:
            break
        groups[one] += groups.pop(other)
    return groups
