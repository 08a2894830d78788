"""The process that holds the models of layouts and tables. Run by `OnnxLayoutReader`."""

from collections.abc import Callable, Generator
from pathlib import Path
from threading import Lock
from typing import Any

from outcrop.engines.document_layout.regions import FoundRegion, Pixels, RegionFinder
from outcrop.engines.document_layout.table_grid import Grid
from outcrop.engines.document_layout.tables import TableReader
from outcrop.engines.media.images import read_image
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame

MARGIN = 8
"""In pixels, around a table that is cut out: its outer rules help."""


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Load the models."""
    report({"loading": config["regions"]})
    finder = RegionFinder(Path(config["regions"]))
    reader = TableReader(Path(config["tables"]))
    turn = Lock()

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer with the regions and tables of a page."""
        page = read_image(request.blob)
        with turn:
            regions = finder.find(page)
            tables = [_table(page, each, reader) for each in regions if each.kind == "table"]
        height, width = page.shape[:2]
        yield Frame(
            {
                "regions": [
                    [each.kind, each.score, _relative(each.box.tolist(), width, height)]
                    for each in regions
                ],
                "tables": [each for each in tables if each is not None],
            }
        )

    return child.Ready(handle=handle)


def _table(page: Pixels, region: FoundRegion, reader: TableReader) -> Any:
    height, width = page.shape[:2]
    left, top = (max(0, int(side) - MARGIN) for side in region.box[:2])
    right, bottom = (int(side) + MARGIN for side in region.box[2:])
    grid = reader.read(page[top:bottom, left:right])
    if grid is None:
        return None

    def relative(box: tuple[float, float, float, float]) -> list[float]:
        moved = [box[0] + left, box[1] + top, box[2] + left, box[3] + top]
        return _relative(moved, width, height)

    return {
        "score": region.score,
        "box": relative(_outline(grid)),
        "rows": len(grid.rows) - 1,
        "columns": len(grid.columns) - 1,
        "cells": [
            [
                *(cell.row, cell.column, cell.row_span, cell.column_span),
                cell.score,
                relative(grid.box(cell)),
            ]
            for cell in grid.cells
        ],
    }


def _outline(grid: Grid) -> tuple[float, float, float, float]:
    return (
        float(grid.columns[0]),
        float(grid.rows[0]),
        float(grid.columns[-1]),
        float(grid.rows[-1]),
    )


def _relative(box: list[float], width: int, height: int) -> list[float]:
    return [
        min(1.0, max(0.0, side / whole))
        for side, whole in zip(box, (width, height, width, height), strict=True)
    ]


if __name__ == "__main__":
    child.serve(start)
