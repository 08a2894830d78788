"""Places in a text that meet: which of them count, and which become one."""

import unicodedata
from collections.abc import Iterable
from typing import TypeAlias

Place: TypeAlias = tuple[int, int]
"""Begin and end."""
Span: TypeAlias = tuple[int, int, float]
"""Begin, end and score."""
Found: TypeAlias = tuple[int, int, str, float]
"""Begin, end, kind and score."""

_PARTS_OF_SYMBOLS = frozenset(
    "\u200d\ufe0e\ufe0f\u20e3\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
)
"""Joiners, variation selectors, key caps and tones of skin."""
_BULLETS_AND_ARROWS = frozenset("•‣▪→←↑↓↔⇒⇐")
"""Which Unicode counts as punctuation or mathematics."""
_UNITS = frozenset("°№℃℉")
"""Symbols that belong to the figures beside them."""


def _is_symbol(character: str) -> bool:
    return (
        character in _PARTS_OF_SYMBOLS
        or character in _BULLETS_AND_ARROWS
        or (unicodedata.category(character) == "So" and character not in _UNITS)
    )


def _is_word(character: str) -> bool:
    return character.isalnum() or character in _UNITS


def without_symbols(text: str, begin: int, end: int) -> Place:
    """Return a place that no emoji or other symbol begins or ends; empty if it has no word.

    What stands between a word and a symbol stays, as in "Yahoo! 🎉".
    """
    words = [at for at in range(begin, end) if _is_word(text[at])]
    if not words:
        return begin, begin
    first, last = words[0], words[-1] + 1
    for at in range(begin, first):
        if _is_symbol(text[at]):
            begin = at + 1
    end = next((at for at in range(last, end) if _is_symbol(text[at])), end)
    while text[begin].isspace():
        begin += 1
    while text[end - 1].isspace():
        end -= 1
    return begin, end


def without_overlaps(first: Iterable[Found], then: Iterable[Found]) -> list[Found]:
    """Return all of the first, and of the others those that meet none before them."""
    kept = list(first)
    taken = {at for begin, end, _, _ in kept for at in range(begin, end)}
    for found in then:
        place = range(found[0], found[1])
        if taken.isdisjoint(place):
            kept.append(found)
            taken.update(place)
    return kept


def joined(places: Iterable[Place], wholes: Iterable[Place]) -> list[Place]:
    """Return places in the order of the text, grown by the wholes that they meet.

    Those that meet then become one.
    """
    grown: list[tuple[int, int, bool]] = []
    each = sorted([*((*place, True) for place in places), *((*whole, False) for whole in wholes)])
    for begin, end, is_place in each:
        if grown and begin < grown[-1][1]:
            before = grown.pop()
            grown.append((before[0], max(before[1], end), before[2] or is_place))
        else:
            grown.append((begin, end, is_place))
    return [(begin, end) for begin, end, is_place in grown if is_place]
