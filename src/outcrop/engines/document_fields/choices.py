"""What checkboxes stand for: the words beside them.

Where words follow the last checkbox of a row, labels stand behind their boxes; otherwise before.
A label that ends with a colon asks the question, and is no answer to it.
"""

from collections.abc import Iterator, Sequence

from outcrop.engines.document_fields.interface import CheckBox, Choice, Line, Word
from outcrop.engines.media.places import Box, are_in_row, box_of

FIRST_WITHIN = 2.5
"""Sides of the box, between it and its label."""
NEXT_WITHIN = 1.5
"""Heights of a word, between it and the next one of a label."""


def find_choices(lines: Sequence[Line], checkboxes: Sequence[CheckBox]) -> list[Choice]:
    """Return the checkboxes of a page that have a label, from top to bottom."""
    words = [(box_of(word.polygon), word) for line in lines for word in line.words]
    choices: list[Choice] = []
    for row in _rows(checkboxes):
        beside = [
            (box, word) for box, word in words if any(are_in_row(box, one.box) for one in row)
        ]
        last = row[-1]
        is_before = not _label(last, row, beside, is_before=False)
        keys = [_label(checkbox, row, beside, is_before=is_before) for checkbox in row]
        if is_before and not all(keys):
            continue  # One label before many boxes is the heading of a table's row.
        choices += [Choice(key, each) for key, each in zip(keys, row, strict=True) if key]
    return choices


def _rows(checkboxes: Sequence[CheckBox]) -> Iterator[list[CheckBox]]:
    """Give the checkboxes that stand at one height, from left to right."""
    row: list[CheckBox] = []
    for checkbox in sorted(checkboxes, key=lambda each: each.box[1] + each.box[3]):
        if row and not are_in_row(row[0].box, checkbox.box):
            yield sorted(row, key=lambda each: each.box[0])
            row = []
        row.append(checkbox)
    if row:
        yield sorted(row, key=lambda each: each.box[0])


def _label(
    checkbox: CheckBox,
    row: Sequence[CheckBox],
    beside: Sequence[tuple[Box, Word]],
    *,
    is_before: bool,
) -> list[Word]:
    """Return the words of a checkbox's label, in the order in which they are read."""
    side = checkbox.box[2] - checkbox.box[0]
    others = [other.box for other in row if other is not checkbox]
    label: list[Word] = []
    edge, room = (checkbox.box[0] if is_before else checkbox.box[2]), FIRST_WITHIN * side
    for box, word in sorted(beside, key=lambda each: each[0][0], reverse=is_before):
        near, far = (box[2], box[0]) if is_before else (box[0], box[2])
        gap = edge - near if is_before else near - edge
        if gap < -side / 2 or _is_between(others, checkbox.box, box):
            continue
        if gap > room or (label and is_before and word.text.endswith(":")):
            break
        if word.text.endswith(":") and not label:
            break
        label.append(word)
        edge, room = far, NEXT_WITHIN * (box[3] - box[1])
    return label[::-1] if is_before else label


def _is_between(others: Sequence[Box], one: Box, word: Box) -> bool:
    """Tell whether another checkbox stands between one and a word, or around it."""
    low, high = sorted(((one[0] + one[2]) / 2, (word[0] + word[2]) / 2))
    return any(low < (other[0] + other[2]) / 2 <= high for other in others)
