"""TABLES: the cells of tables, with the words in them.

Source: https://docs.aws.amazon.com/textract/latest/dg/how-it-works-tables.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.engines.document_layout.interface import Box, Layout, Table, TableCell
from outcrop.engines.ocr.interface import Word
from outcrop.services.textract.blocks import PageBlocks
from outcrop.services.textract.pages import ReadPage, around, box_of

STRUCTURED = "STRUCTURED_TABLE"
COLUMN_HEADER = "COLUMN_HEADER"
LEAST_STRUCTURED = 2
"""Rows, and columns, of a table that counts as structured."""
NUMBER = re.compile(r"[\d\s.,:/%€$£+-]*\d[\d\s.,:/%€$£+-]*([A-Za-z]{1,3})?")
CAPTION_DISTANCE = 0.05
"""Of a table's title from it, as a share of the page's height, at most."""


@dataclass(frozen=True, slots=True)
class FilledCell:
    """One field of a table's grid."""

    row: int
    """From 0, as is `column`."""
    column: int
    cell: TableCell
    """The cell that it belongs to, alone or with others."""
    box: Box
    words: Sequence[Word]

    @property
    def text(self) -> str:
        """What is written there."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class FilledTable:
    """A table and what is written in it."""

    table: Table
    fields: Sequence[FilledCell]
    """Row by row, each in order."""
    header_rows: int
    """How many of the first rows are headings: 0 or 1."""

    def row(self, number: int) -> list[FilledCell]:
        """Return the fields of a row, counted from 0."""
        return [each for each in self.fields if each.row == number]


def fill_tables(page: ReadPage, layout: Layout) -> list[FilledTable]:
    """Return the tables of a page with their words."""
    words = [word for line in page.lines for word in line.words]
    return [_filled(table, words) for table in layout.tables]


def add_tables(blocks: PageBlocks, layout: Layout) -> None:
    """Add the blocks of tables, their titles, cells and merged cells."""
    for filled in fill_tables(blocks.page, layout):
        _add_table(blocks, filled, layout)


def _add_table(blocks: PageBlocks, filled: FilledTable, layout: Layout) -> None:
    ids: dict[tuple[int, int], str] = {}
    for each in filled.fields:
        is_header = each.row < filled.header_rows
        ids[each.row, each.column] = blocks.add(
            "CELL",
            each.box,
            each.cell.score,
            {"CHILD": blocks.ids_of(each.words)},
            is_child=False,
            RowIndex=each.row + 1,
            ColumnIndex=each.column + 1,
            RowSpan=1,
            ColumnSpan=1,
            **_entity_types(COLUMN_HEADER if is_header else ""),
        )
    merged = [
        _add_merged_cell(blocks, cell, filled, ids)
        for cell in filled.table.cells
        if cell.row_span > 1 or cell.column_span > 1
    ]
    table = filled.table
    is_structured = min(table.rows, table.columns) >= LEAST_STRUCTURED
    blocks.add(
        "TABLE",
        table.box,
        table.score,
        {
            "CHILD": list(ids.values()),
            "MERGED_CELL": merged,
            "TABLE_TITLE": _add_title(blocks, table, layout),
        },
        **_entity_types(STRUCTURED if is_structured else ""),
    )


def _entity_types(kind: str) -> dict[str, Any]:
    return {"EntityTypes": [kind]} if kind else {}


def _add_merged_cell(
    blocks: PageBlocks, cell: TableCell, filled: FilledTable, ids: dict[tuple[int, int], str]
) -> str:
    is_header = cell.row < filled.header_rows
    return blocks.add(
        "MERGED_CELL",
        cell.box,
        cell.score,
        {
            "CHILD": [
                ids[row, column]
                for row in range(cell.row, cell.row + cell.row_span)
                for column in range(cell.column, cell.column + cell.column_span)
                if (row, column) in ids
            ]
        },
        is_child=False,
        RowIndex=cell.row + 1,
        ColumnIndex=cell.column + 1,
        RowSpan=cell.row_span,
        ColumnSpan=cell.column_span,
        **_entity_types(COLUMN_HEADER if is_header else ""),
    )


def _add_title(blocks: PageBlocks, table: Table, layout: Layout) -> list[str]:
    """Add the caption nearest to a table, if there is one near it, and return its id."""
    captions = [region for region in layout.regions if region.kind == "table_caption"]
    near = [(_distance(table.box, region.box), region) for region in captions]
    for distance, region in sorted(near, key=lambda each: each[0]):
        words = [word for word in _words(blocks.page) if _is_in(word, region.box)]
        if distance > CAPTION_DISTANCE or not words:
            return []
        child = {"CHILD": blocks.ids_of(words)}
        return [blocks.add("TABLE_TITLE", region.box, region.score, child)]
    return []


def _distance(one: Box, other: Box) -> float:
    return max(other[1] - one[3], one[1] - other[3], 0.0)


def _words(page: ReadPage) -> list[Word]:
    return [word for line in page.lines for word in line.words]


def _filled(table: Table, words: Sequence[Word]) -> FilledTable:
    boxes = {
        (row, column): (cell, _field_box(cell, row, column))
        for cell in table.cells
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    }
    fields = [
        FilledCell(row, column, cell, box, [word for word in words if _is_in(word, box)])
        for (row, column), (cell, box) in sorted(boxes.items(), key=lambda each: each[0])
    ]
    return FilledTable(table, fields, header_rows=int(_has_header(fields, table.rows)))


def _field_box(cell: TableCell, row: int, column: int) -> Box:
    """Return the place of one field of a cell, which may have many."""
    left, top, right, bottom = cell.box
    width, height = (right - left) / cell.column_span, (bottom - top) / cell.row_span
    x, y = left + width * (column - cell.column), top + height * (row - cell.row)
    return (x, y, x + width, y + height)


def _has_header(fields: Sequence[FilledCell], rows: int) -> bool:
    """Tell whether the first row names the columns: words, and a number below one of them."""
    first = [each for each in fields if each.row == 0]
    if rows < LEAST_STRUCTURED or any(is_number(each.text) for each in first):
        return False
    if sum(bool(each.words) for each in first) < len(first) / 2:
        return False
    below = [each for each in fields if each.row > 0 and each.words]
    return any(is_number(each.text) for each in below)


def is_number(text: str) -> bool:
    """Tell whether a text is a number, an amount, a date or a share."""
    return NUMBER.fullmatch(text.strip()) is not None


def _is_in(word: Word, box: Box) -> bool:
    left, top, right, bottom = box_of(word.polygon)
    x, y = (left + right) / 2, (top + bottom) / 2
    return box[0] <= x < box[2] and box[1] <= y < box[3]


def words_box(words: Sequence[Word]) -> Box:
    """Return the box around words, of which there is at least one."""
    return around([box_of(word.polygon) for word in words])
