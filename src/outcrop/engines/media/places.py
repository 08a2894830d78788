"""Places on pages and in pictures: boxes and polygons, relative to width and height."""

from collections.abc import Sequence
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
"""x and y: (0, 0) is the top left corner."""
Polygon: TypeAlias = tuple[Point, ...]
Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""

SAME_ROW = 0.5
"""Boxes that share at least this part of the lower one's height stand in one row."""


def rectangle(box: Box) -> Polygon:
    """Return the corners of a box."""
    left, top, right, bottom = box
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def box_of(polygon: Polygon) -> Box:
    """Return the box around a polygon."""
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    return min(xs), min(ys), max(xs), max(ys)


def around(boxes: Sequence[Box]) -> Box:
    """Return the box around boxes, of which there is at least one."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def is_middle_in(one: Box, other: Box) -> bool:
    """Tell whether the middle of a box is in another."""
    x, y = (one[0] + one[2]) / 2, (one[1] + one[3]) / 2
    return other[0] <= x < other[2] and other[1] <= y < other[3]


def are_in_row(one: Box, other: Box) -> bool:
    """Tell whether two boxes stand at one height."""
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return shared > SAME_ROW * min(one[3] - one[1], other[3] - other[1])
