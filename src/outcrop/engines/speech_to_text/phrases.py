"""Words put together into phrases, in each of which one person speaks."""

from collections.abc import Sequence

from outcrop.engines.speech_to_text.interface import Word

UNSPACED = frozenset(("zh", "yue", "ja", "th", "lo", "my"))
"""Languages that are written without spaces: each character stands as a word of its own."""
SENTENCE_ENDS = frozenset(".?!\u3002\uff1f\uff01\u0964\u061f")
PAUSE_SECONDS = 0.3
"""After which another person may speak."""


def phrases_of(words: Sequence[Word]) -> list[range]:
    """Return the places of words by phrases: up to the end of a sentence, or a pause."""
    begins = [at for at in range(len(words)) if at == 0 or _is_apart(words[at - 1], words[at])]
    return [range(begin, end) for begin, end in zip(begins, [*begins[1:], len(words)], strict=True)]


def _is_apart(before: Word, word: Word) -> bool:
    has_ended = before.mark != "" and before.mark[0] in SENTENCE_ENDS
    return has_ended or word.start_seconds - before.end_seconds > PAUSE_SECONDS
