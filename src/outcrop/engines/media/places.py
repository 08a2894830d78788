"""Places on pages and in pictures: boxes and polygons, relative to width and height."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

Point: TypeAlias = tuple[float, float]
"""x and y: (0, 0) is the top left corner."""
Polygon: TypeAlias = tuple[Point, ...]
Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Sides(Protocol):
    """Left, top, right, bottom in any unit: a `Box`, or an array of four."""

    def __getitem__(self, side: int, /) -> float:
        """Return one."""
        ...


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


def area(box: Sides) -> float:
    """Return the area of a box."""
    return float((box[2] - box[0]) * (box[3] - box[1]))


def share_of_smaller(one: Sides, other: Sides) -> float:
    """Return what two boxes share, as a part of the smaller one, 0.0 to 1.0."""
    shared = _shared_area(one, other)
    return shared / min(area(one), area(other)) if shared else 0.0


def share_of_union(one: Sides, other: Sides) -> float:
    """Return what two boxes share, as a part of their union, 0.0 to 1.0."""
    shared = _shared_area(one, other)
    return shared / (area(one) + area(other) - shared) if shared else 0.0


def _shared_area(one: Sides, other: Sides) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return float(width * height) if width > 0 and height > 0 else 0.0
