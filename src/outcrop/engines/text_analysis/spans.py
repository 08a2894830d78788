"""Places in a text that meet: which of them count, and which become one."""

from collections.abc import Iterable
from typing import TypeAlias

Place: TypeAlias = tuple[int, int]
"""Begin and end."""
Span: TypeAlias = tuple[int, int, float]
"""Begin, end and score."""
Found: TypeAlias = tuple[int, int, str, float]
"""Begin, end, kind and score."""


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
