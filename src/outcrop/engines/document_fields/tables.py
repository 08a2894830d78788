"""What is written in the fields of tables."""

import re
from collections.abc import Sequence

from outcrop.engines.document_fields.interface import (
    FilledCell,
    FilledTable,
    Line,
    Table,
    TableCell,
    Word,
)
from outcrop.engines.media.places import Box, box_of, is_middle_in

LEAST_ROWS = 2
"""Of a table that has headings."""
NUMBER = re.compile(r"[\d\s.,:/%€$£+-]*\d[\d\s.,:/%€$£+-]*([A-Za-z]{1,3})?")


def fill(lines: Sequence[Line], tables: Sequence[Table]) -> list[FilledTable]:
    """Return what is written in each table: a word belongs to the field that its middle is in."""
    words = [word for line in lines for word in line.words]
    return [_filled(table, words) for table in tables]


def _filled(table: Table, words: Sequence[Word]) -> FilledTable:
    boxes = {
        (row, column): (cell, _field_box(cell, row, column))
        for cell in table.cells
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    }
    fields = [
        FilledCell(
            row,
            column,
            cell,
            box,
            [word for word in words if is_middle_in(box_of(word.polygon), box)],
        )
        for (row, column), (cell, box) in sorted(boxes.items(), key=lambda each: each[0])
    ]
    return FilledTable(fields, header_rows=int(_has_header(fields, table.rows)))


def _field_box(cell: TableCell, row: int, column: int) -> Box:
    """Return the place of one field of a cell, which may have many."""
    left, top, right, bottom = cell.box
    width, height = (right - left) / cell.column_span, (bottom - top) / cell.row_span
    x, y = left + width * (column - cell.column), top + height * (row - cell.row)
    return (x, y, x + width, y + height)


def _has_header(fields: Sequence[FilledCell], rows: int) -> bool:
    """Tell whether the first row names the columns: words, and a number below one of them."""
    first = [each for each in fields if each.row == 0]
    if rows < LEAST_ROWS or any(is_number(each.text) for each in first):
        return False
    if sum(bool(each.words) for each in first) < len(first) / 2:
        return False
    below = [each for each in fields if each.row > 0 and each.words]
    return any(is_number(each.text) for each in below)


def is_number(text: str) -> bool:
    """Tell whether a text is a number, an amount, a date or a share."""
    return NUMBER.fullmatch(text.strip()) is not None
