"""SELECTION_ELEMENT: checkboxes, in forms and in the cells of tables.

Source: https://docs.aws.amazon.com/textract/latest/dg/how-it-works-selectables.html
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from outcrop.engines.document_fields.interface import CheckBox, Choice
from outcrop.engines.media.places import Box, box_of, is_middle_in
from outcrop.engines.ocr.interface import Line, Word
from outcrop.operations.backends import Engines
from outcrop.services.textract.blocks import PageBlocks
from outcrop.services.textract.forms import add_pair
from outcrop.services.textract.pages import ReadPage, without

STATUS = {True: "SELECTED", False: "NOT_SELECTED"}
WIDEST = 1.6
"""Sides of a checkbox, that what a reader takes it for is wide at most."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """What the checkboxes of a page stand for, and the lines that say something else."""

    choices: Sequence[Choice]
    lines: Sequence[Line]


async def find_ticked(page: ReadPage, engines: Engines) -> Ticked:
    """Return what the checkboxes of a page stand for.

    Raises:
        EngineError: They cannot be looked for.
    """
    checkboxes = await find_checkboxes(page, engines)
    return await ticked(without_boxes(page, checkboxes), checkboxes, engines)


async def find_checkboxes(page: ReadPage, engines: Engines) -> Sequence[CheckBox]:
    """Return the checkboxes of a page.

    Raises:
        EngineError: They cannot be looked for.
    """
    words = [word for line in page.lines for word in line.words]
    return await engines.document_marks.checkboxes(page.image, words)


async def ticked(page: ReadPage, checkboxes: Sequence[CheckBox], engines: Engines) -> Ticked:
    """Return what some checkboxes of a page stand for."""
    choices = await engines.document_fields.choices(page.lines, checkboxes)
    chosen = {id(word) for choice in choices for word in choice.key}
    return Ticked(choices, without(page.lines, lambda word: id(word) in chosen))


class Selections:
    """The blocks of a page's checkboxes: only those that something is linked to are told."""

    def __init__(self, blocks: PageBlocks, checkboxes: Sequence[CheckBox]) -> None:
        """Add nothing yet."""
        self._blocks = blocks
        self._checkboxes = checkboxes
        self._ids: dict[int, str] = {}

    def id_of(self, checkbox: CheckBox) -> str:
        """Return the id of a checkbox's block, which is added if it is not there."""
        if id(checkbox) not in self._ids:
            self._ids[id(checkbox)] = self._blocks.add(
                "SELECTION_ELEMENT",
                checkbox.box,
                checkbox.score,
                is_child=False,
                SelectionStatus=STATUS[checkbox.is_ticked],
            )
        return self._ids[id(checkbox)]

    def ids_in(self, box: Box) -> list[str]:
        """Return the ids of the blocks of the checkboxes whose middle is in a place."""
        return [self.id_of(each) for each in self._checkboxes if is_middle_in(each.box, box)]


def add_choices(blocks: PageBlocks, choices: Sequence[Choice], selections: Selections) -> None:
    """Add the labels of checkboxes, whose values they are."""
    for choice in choices:
        box = choice.checkbox
        add_pair(blocks, choice.key, (box.box, box.score), [selections.id_of(box)])


def without_boxes(page: ReadPage, checkboxes: Sequence[CheckBox]) -> ReadPage:
    """Return a page without the letters that a reader took checkboxes for."""
    boxes = [each.box for each in checkboxes]
    return replace(page, lines=without(page.lines, lambda word: _is_box(word, boxes)))


def _is_box(word: Word, boxes: Sequence[Box]) -> bool:
    place = box_of(word.polygon)
    return any(
        is_middle_in(place, box) and place[2] - place[0] < WIDEST * (box[2] - box[0])
        for box in boxes
    )
