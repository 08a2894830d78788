"""TABLES: the cells of tables, with the words in them.

Source: https://docs.aws.amazon.com/textract/latest/dg/how-it-works-tables.html
"""

from collections.abc import Sequence
from typing import Any

from outcrop.engines.document_fields.interface import FilledTable
from outcrop.engines.document_layout.interface import Layout, Table, TableCell
from outcrop.engines.media.places import Box, box_of
from outcrop.engines.ocr.interface import Word
from outcrop.services.textract.blocks import PageBlocks
from outcrop.services.textract.pages import ReadPage

STRUCTURED = "STRUCTURED_TABLE"
COLUMN_HEADER = "COLUMN_HEADER"
LEAST_STRUCTURED = 2
"""Rows, and columns, of a table that counts as structured."""
CAPTION_DISTANCE = 0.05
"""Of a table's title from it, as a share of the page's height, at most."""


def add_tables(blocks: PageBlocks, layout: Layout, filled: Sequence[FilledTable]) -> None:
    """Add the blocks of a layout's tables, which are filled, their titles and cells."""
    for table, each in zip(layout.tables, filled, strict=True):
        _add_table(blocks, table, each, layout)


def _add_table(blocks: PageBlocks, table: Table, filled: FilledTable, layout: Layout) -> None:
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
        for cell in table.cells
        if cell.row_span > 1 or cell.column_span > 1
    ]
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


def _is_in(word: Word, box: Box) -> bool:
    left, top, right, bottom = box_of(word.polygon)
    x, y = (left + right) / 2, (top + bottom) / 2
    return box[0] <= x < box[2] and box[1] <= y < box[3]
