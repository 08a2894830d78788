"""From the marks of a table's structure to a grid without gaps."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SPAN = re.compile(r'\s*(colspan|rowspan)="(\d+)"')
MOST_SPAN = 100


@dataclass(slots=True)
class MarkedCell:
    """A cell as the marks tell it, from 0, with what the network saw of its place."""

    row: int
    column: int
    box: npt.NDArray[np.float32]
    """float32, (4,): left, top, right, bottom."""
    score: float
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells, and the lines between them."""

    cells: list[MarkedCell]
    rows: npt.NDArray[np.float32]
    """float32, (rows + 1,): where rows begin, and the last one ends."""
    columns: npt.NDArray[np.float32]

    def box(self, cell: MarkedCell) -> tuple[float, float, float, float]:
        """Return the place of a cell between the lines."""
        return (
            float(self.columns[cell.column]),
            float(self.rows[cell.row]),
            float(self.columns[cell.column + cell.column_span]),
            float(self.rows[cell.row + cell.row_span]),
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of HTML that the network wrote."""

    text: str
    score: float
    box: npt.NDArray[np.float32]


def grid_of(marks: Sequence[Mark]) -> Grid | None:
    """Return the grid that marks tell; `None` where they tell no cell."""
    cells = _placed(_rows(marks))
    if not cells:
        return None
    boxes = np.stack([cell.box for cell in cells])
    return Grid(
        cells,
        rows=_lines(
            [(cell.row, cell.row + cell.row_span) for cell in cells], boxes[:, 1], boxes[:, 3]
        ),
        columns=_lines(
            [(cell.column, cell.column + cell.column_span) for cell in cells],
            boxes[:, 0],
            boxes[:, 2],
        ),
    )


def _rows(marks: Sequence[Mark]) -> list[list[MarkedCell]]:
    """Return the cells of each row, in order, with their spans."""
    rows: list[list[MarkedCell]] = []
    for mark in marks:
        if mark.text == "<tr>":
            rows.append([])
        elif mark.text.startswith("<td") and rows:
            rows[-1].append(MarkedCell(len(rows) - 1, 0, mark.box, mark.score))
        elif (span := SPAN.match(mark.text)) and rows and rows[-1]:
            count = min(max(1, int(span[2])), MOST_SPAN)
            if span[1] == "colspan":
                rows[-1][-1].column_span = count
            else:
                rows[-1][-1].row_span = count
    return rows


def _placed(rows: Sequence[Sequence[MarkedCell]]) -> list[MarkedCell]:
    """Give every cell its column, passing over what the rows above reach down into."""
    taken: set[tuple[int, int]] = set()
    cells: list[MarkedCell] = []
    for row in rows:
        column = 0
        for cell in row:
            while (cell.row, column) in taken:
                column += 1
            cell.column = column
            cell.row_span = min(cell.row_span, len(rows) - cell.row)
            taken |= {
                (cell.row + down, column + across)
                for down in range(cell.row_span)
                for across in range(cell.column_span)
            }
            column += cell.column_span
            cells.append(cell)
    return cells


def _lines(
    spans: Sequence[tuple[int, int]],
    starts: npt.NDArray[np.float32],
    ends: npt.NDArray[np.float32],
) -> npt.NDArray[np.float32]:
    """Return the lines of a grid: each is the mean of the sides that meet there."""
    count = max(end for _, end in spans)
    lines = np.full(count + 1, np.nan, np.float32)
    for line in range(count + 1):
        sides = [starts[at] for at, (start, _) in enumerate(spans) if start == line]
        sides += [ends[at] for at, (_, end) in enumerate(spans) if end == line]
        if sides:
            lines[line] = np.mean(sides)
    known = np.flatnonzero(~np.isnan(lines))
    lines = np.interp(np.arange(count + 1), known, lines[known])
    return np.maximum.accumulate(lines).astype(np.float32)
