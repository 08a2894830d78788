"""Words that keep to the times at which somebody speaks.

A model that aligns words to sound lets each last until the next begins, over any pause between.
"""

from collections.abc import Sequence
from dataclasses import replace

from outcrop.engines.speech_to_text.interface import Word

SHORTEST_SECONDS = 0.02
"""No word takes less."""


def keeping_to_speech(words: Sequence[Word], times: Sequence[tuple[float, float]]) -> list[Word]:
    """Return words that neither begin nor end in a pause.

    Args:
        words: In order.
        times: When somebody speaks, start and end in seconds, in order.
    """
    return [_fitted(word, times) for word in words]


def _fitted(word: Word, times: Sequence[tuple[float, float]]) -> Word:
    shared = [
        (min(word.end_seconds, end) - max(word.start_seconds, start), start, end)
        for start, end in times
        if start < word.end_seconds and end > word.start_seconds
    ]
    if not shared:
        return word
    _, start, end = max(shared)
    begin = max(word.start_seconds, start)
    return replace(
        word,
        start_seconds=begin,
        end_seconds=max(min(word.end_seconds, end), begin + SHORTEST_SECONDS),
    )
