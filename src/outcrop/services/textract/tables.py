"""TABLES: the cells of tables, with the words in them.

Source: https://docs.aws.amazon.com/textract/latest/dg/how-it-works-tables.html
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from outcrop.engines.document_fields.interface import FilledTable
from outcrop.engines.document_layout.interface import Layout, Table, TableCell
from outcrop.engines.media.places import Box, box_of, is_middle_in
from outcrop.engines.ocr.interface import Word
from outcrop.services.textract.blocks import PageBlocks
from outcrop.services.textract.pages import ReadPage
from outcrop.services.textract.selections import Selections
from outcrop.services.textract.signatures import Signatures

STRUCTURED = "STRUCTURED_TABLE"
COLUMN_HEADER = "COLUMN_HEADER"
LEAST_STRUCTURED = 2
"""Rows, and columns, of a table that counts as structured."""
CAPTION_DISTANCE = 0.05
"""Of a table's title from it, as a share of the page's height, at most."""


Marks: TypeAlias = Sequence[Selections | Signatures]


def add_tables(
    blocks: PageBlocks, layout: Layout, filled: Sequence[FilledTable], marks: Marks
) -> None:
    """Add the blocks of a layout's tables, which are filled, their titles and cells."""
    for table, each in zip(layout.tables, filled, strict=True):
        ids = _add_fields(blocks, each, marks)
        merged = _add_merged_cells(blocks, table, each, ids)
        _add_table(blocks, table, layout, fields=list(ids.values()), merged=merged)


def _add_fields(
    blocks: PageBlocks, filled: FilledTable, marks: Marks
) -> dict[tuple[int, int], str]:
    """Add the fields of a table and return their ids by row and column."""
    return {
        (each.row, each.column): blocks.add(
            "CELL",
            each.box,
            each.cell.score,
            {"CHILD": [*blocks.ids_of(each.words), *_ids_in(marks, each.box)]},
            is_child=False,
            RowIndex=each.row + 1,
            ColumnIndex=each.column + 1,
            RowSpan=1,
            ColumnSpan=1,
            **_entity_types(COLUMN_HEADER if each.row < filled.header_rows else ""),
        )
        for each in filled.fields
    }


def _ids_in(marks: Marks, box: Box) -> Iterator[str]:
    for each in marks:
        yield from each.ids_in(box)


def _add_merged_cells(
    blocks: PageBlocks, table: Table, filled: FilledTable, ids: dict[tuple[int, int], str]
) -> list[str]:
    return [
        _add_merged_cell(blocks, cell, filled, ids)
        for cell in table.cells
        if cell.row_span > 1 or cell.column_span > 1
    ]


def _add_table(
    blocks: PageBlocks,
    table: Table,
    layout: Layout,
    *,
    fields: Sequence[str],
    merged: Sequence[str],
) -> None:
    is_structured = min(table.rows, table.columns) >= LEAST_STRUCTURED
    blocks.add(
        "TABLE",
        table.box,
        table.score,
        {
            "CHILD": fields,
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
        words = [
            word for word in _words(blocks.page) if is_middle_in(box_of(word.polygon), region.box)
        ]
        if distance > CAPTION_DISTANCE or not words:
            return []
        child = {"CHILD": blocks.ids_of(words)}
        return [blocks.add("TABLE_TITLE", region.box, region.score, child)]
    return []


def _distance(one: Box, other: Box) -> float:
    return max(other[1] - one[3], one[1] - other[3], 0.0)


def _words(page: ReadPage) -> list[Word]:
    return [word for line in page.lines for word in line.words]
