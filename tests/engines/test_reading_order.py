"""The order in which the parts of a page are read."""

from outcrop.engines.document_layout.reading_order import in_reading_order
from outcrop.engines.media.places import Box

TITLE: Box = (0.1, 0.05, 0.9, 0.1)
LEFT: Box = (0.1, 0.15, 0.45, 0.5)
LEFT_BELOW: Box = (0.1, 0.55, 0.45, 0.8)
RIGHT: Box = (0.55, 0.15, 0.9, 0.52)
RIGHT_BELOW: Box = (0.55, 0.6, 0.9, 0.8)
FOOT: Box = (0.1, 0.9, 0.9, 0.95)


def order(*boxes: Box) -> list[Box]:
    return in_reading_order(boxes, lambda box: box)


def test_a_column_is_read_to_its_end():
    parts = (FOOT, RIGHT_BELOW, RIGHT, LEFT_BELOW, LEFT, TITLE)

    assert order(*parts) == [TITLE, LEFT, LEFT_BELOW, RIGHT, RIGHT_BELOW, FOOT]


def test_no_parts_and_one():
    assert (order(), order(TITLE)) == ([], [TITLE])
