"""What pages look like, on real weights and pages that the tests draw."""

import contextlib
from collections.abc import AsyncGenerator

import numpy as np
import pytest

from outcrop.engines.document_layout.interface import Layout
from outcrop.engines.document_layout.onnx import OnnxLayoutReader
from outcrop.engines.document_layout.table_grid import Mark, grid_of
from outcrop.engines.workers.engine import RefusedInputError
from tests.pages import Page, png
from tests.services.textract import papers
from tests.small_weights import small_weights


@contextlib.asynccontextmanager
async def open_reader() -> AsyncGenerator[OnnxLayoutReader]:
    reader = OnnxLayoutReader(small_weights())
    try:
        yield reader
    finally:
        await reader.close()


async def seen(page: Page) -> Layout:
    async with open_reader() as reader:
        return await reader.see(png(page.image))


@pytest.mark.anyio
async def test_the_cells_of_a_table_lie_where_they_were_drawn():
    (table,) = (await seen(papers.invoice())).tables

    assert (table.rows, table.columns, len(table.cells)) == (4, 4, 16)
    lefts, tops = (100, 540, 720, 930), (480, 546, 612, 678)
    for cell in table.cells:
        drawn = (lefts[cell.column] / papers.WIDTH, tops[cell.row] / papers.HEIGHT)
        assert cell.box[:2] == pytest.approx(drawn, abs=0.02)


@pytest.mark.anyio
async def test_columns_of_text_are_regions_of_their_own():
    layout = await seen(papers.two_columns())

    assert sorted(region.kind for region in layout.regions) == ["text", "text", "title"]
    left, right = sorted(r.box for r in layout.regions if r.kind == "text")
    assert left[2] < right[0]


@pytest.mark.anyio
async def test_what_is_no_picture_is_refused():
    async with open_reader() as reader:
        with pytest.raises(RefusedInputError):
            await reader.see(b"no picture")


def mark(text: str, *box: float) -> Mark:
    return Mark(text, 1.0, np.array(box or (0, 0, 0, 0), np.float32))


def test_merged_cells_take_the_room_of_many():
    marks = [
        *(mark("<tr>"), mark("<td", 0, 0, 100, 10), mark(' colspan="2"'), mark(">"), mark("</td>")),
        *(mark("<td", 100, 0, 150, 20), mark(' rowspan="2"'), mark(">"), mark("</td>")),
        mark("</tr>"),
        *(mark("<tr>"), mark("<td></td>", 0, 10, 60, 20), mark("<td></td>", 60, 10, 100, 20)),
        mark("</tr>"),
    ]

    grid = grid_of(marks)

    assert grid is not None
    places = [(c.row, c.column, c.row_span, c.column_span) for c in grid.cells]
    assert places == [(0, 0, 1, 2), (0, 2, 2, 1), (1, 0, 1, 1), (1, 1, 1, 1)]
    assert (grid.rows.tolist(), grid.columns.tolist()) == ([0, 10, 20], [0, 60, 100, 150])
    assert [grid.box(cell) for cell in grid.cells[:2]] == [(0, 0, 100, 10), (100, 0, 150, 20)]


def test_marks_without_a_cell_are_no_table():
    assert grid_of([mark("<tr>"), mark("</tr>")]) is None
