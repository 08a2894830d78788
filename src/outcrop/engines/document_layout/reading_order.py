"""The order in which the parts of a page are read: cut again and again where nothing stands.

Source: https://doi.org/10.1109/ICDAR.1995.602059 (recursive X-Y cuts)
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from outcrop.engines.media.places import Box

T = TypeVar("T")


def in_reading_order(items: Sequence[T], box_of: Callable[[T], Box]) -> list[T]:
    """Return items in the order of rows and, in rows, of columns; columns are read whole.

    Args:
        items: Parts of a page.
        box_of: Where each is.
    """
    if len(items) <= 1:
        return list(items)
    rows = _parted(items, lambda item: (box_of(item)[1], box_of(item)[3]))
    if len(rows) > 1:
        return [item for row in _joined(rows, box_of) for item in _by_columns(row, box_of)]
    return _by_columns(items, box_of)


def _by_columns(items: Sequence[T], box_of: Callable[[T], Box]) -> list[T]:
    columns = _parted(items, lambda item: (box_of(item)[0], box_of(item)[2]))
    if len(columns) > 1:
        return [item for column in columns for item in in_reading_order(column, box_of)]
    rows = _parted(items, lambda item: (box_of(item)[1], box_of(item)[3]))
    if len(rows) > 1:
        return [item for row in rows for item in _by_columns(row, box_of)]
    return sorted(items, key=lambda item: (box_of(item)[1], box_of(item)[0]))


def _joined(rows: Sequence[Sequence[T]], box_of: Callable[[T], Box]) -> list[list[T]]:
    """Join rows that follow one another and have the same columns: those go on from row to row."""
    joined: list[list[T]] = []
    for row in rows:
        if joined and _have_columns([*joined[-1], *row], box_of) and _have_columns(row, box_of):
            joined[-1].extend(row)
        else:
            joined.append(list(row))
    return joined


def _have_columns(items: Sequence[T], box_of: Callable[[T], Box]) -> bool:
    return len(_parted(items, lambda item: (box_of(item)[0], box_of(item)[2]))) > 1


def _parted(items: Sequence[T], extent: Callable[[T], tuple[float, float]]) -> list[list[T]]:
    """Part items where a line between them meets none, in order."""
    parts: list[list[T]] = []
    reached = 0.0
    for item in sorted(items, key=lambda item: extent(item)[0]):
        start, end = extent(item)
        if parts and start < reached:
            parts[-1].append(item)
        else:
            parts.append([item])
        reached = max(reached, end)
    return parts
