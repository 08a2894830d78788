"""Checkboxes on pages that the tests draw, and what they stand for."""

import contextlib
from collections.abc import AsyncGenerator

import pytest

from outcrop.engines.document_fields.by_rules import RuleFieldReader
from outcrop.engines.document_fields.interface import text_of
from outcrop.engines.document_marks.interface import CheckBox
from outcrop.engines.document_marks.opencv import OpenCvMarkFinder
from outcrop.engines.media.places import Box, rectangle
from outcrop.engines.ocr.interface import Line, Word
from outcrop.engines.workers.engine import RefusedInputError
from tests.pages import Page, png
from tests.services.textract.papers import draw_checkbox
from tests.small_weights import small_weights


@contextlib.asynccontextmanager
async def open_finder() -> AsyncGenerator[OpenCvMarkFinder]:
    finder = OpenCvMarkFinder(small_weights())
    try:
        yield finder
    finally:
        await finder.close()


def word(text: str, box: Box) -> Word:
    return Word(text=text, score=1.0, polygon=rectangle(box))


def lines(page: Page) -> list[Line]:
    """Return what was written on a page, a line each time."""
    written: list[Line] = []
    for text, places in page.places.items():
        words = tuple(map(word, text.split(), places))
        polygon = words[0].polygon
        written.append(
            Line(text=text, score=1.0, polygon=polygon, words=words, rotation_degrees=0.0)
        )
    return written


async def seen(page: Page) -> list[CheckBox]:
    words = [word for line in lines(page) for word in line.words]
    async with open_finder() as finder:
        return await finder.checkboxes(png(page.image), words)


@pytest.mark.anyio
async def test_ticked_and_empty_boxes_are_told_apart():
    page = Page(800, 500)
    for row, side in enumerate((18, 26, 34, 42)):
        draw_checkbox(page, 60, 60 + 90 * row, is_ticked=True, side=side)
        draw_checkbox(page, 200, 60 + 90 * row, is_ticked=False, side=side)
        page.write(f"text {row} as high as any", 300, 60 + 90 * row, size=26)

    found = await seen(page)

    assert [each.is_ticked for each in found] == [True, False] * 4
    (left, top, right, bottom) = found[2].box
    assert [left * 800, right * 800] == pytest.approx([60, 87], abs=3)
    assert [top * 500, bottom * 500] == pytest.approx([150, 177], abs=3)
    assert all(0.5 < each.score <= 1 for each in found)


@pytest.mark.anyio
async def test_a_tick_may_go_beyond_its_box():
    page = Page(600, 200)
    page.write("A box with a tick", 150, 80, size=28)
    page.box(60, 80, 90, 110)
    page.draw.line((64, 95, 72, 104, 92, 76), fill="black", width=4)

    assert [each.is_ticked for each in await seen(page)] == [True]


@pytest.mark.anyio
async def test_letters_tables_and_frames_are_no_checkboxes():
    page = Page(900, 500)
    page.write("BOB DEBBIE 80 OBOE HELD", 60, 60, size=30, is_bold=True)
    page.box(60, 140, 840, 460)
    for x in range(100, 400, 40):
        for y in range(200, 320, 40):
            page.box(x, y, x + 40, y + 40)
    page.draw.rectangle((500, 200, 526, 226), fill="black")

    assert await seen(page) == []


@pytest.mark.anyio
async def test_what_is_no_picture_is_refused():
    async with open_finder() as finder:
        with pytest.raises(RefusedInputError):
            await finder.checkboxes(b"no picture", [])


def box(x: float, y: float) -> CheckBox:
    return CheckBox(box=(x, y, x + 0.02, y + 0.02), is_ticked=False, score=1.0)


def line(text: str, x: float, y: float) -> Line:
    words: list[Word] = []
    for each in text.split():
        words.append(word(each, (x, y, x + 0.01 * len(each), y + 0.02)))
        x += 0.01 * len(each) + 0.01
    return Line(
        text=text, score=1.0, polygon=words[0].polygon, words=tuple(words), rotation_degrees=0.0
    )


async def labels(written: list[Line], *boxes: CheckBox) -> list[tuple[str, float]]:
    choices = await RuleFieldReader().choices(written, boxes)
    return [(text_of(choice.key), choice.checkbox.box[0]) for choice in choices]


@pytest.mark.anyio
async def test_labels_stand_behind_their_boxes_or_before():
    behind = [line("Title:", 0.1, 0.1), line("Prefer not to say", 0.33, 0.1)]
    before = [line("Oui", 0.1, 0.3), line("Non", 0.3, 0.3)]

    found = await labels(behind + before, box(0.3, 0.1), box(0.15, 0.3), box(0.35, 0.3))

    assert found == [("Prefer not to say", 0.3), ("Oui", 0.15), ("Non", 0.35)]


@pytest.mark.anyio
async def test_a_label_ends_at_the_next_box_and_where_there_is_much_room():
    written = [line("Yes", 0.13, 0.1), line("No", 0.23, 0.1), line("aside", 0.5, 0.1)]

    assert await labels(written, box(0.1, 0.1), box(0.2, 0.1)) == [("Yes", 0.1), ("No", 0.2)]


@pytest.mark.anyio
async def test_one_label_before_many_boxes_is_none_of_theirs():
    assert await labels([line("Price", 0.1, 0.1)], box(0.2, 0.1), box(0.4, 0.1)) == []
