"""Blocks of a table whose headings span columns."""

from typing import Any

from outcrop.engines.document_fields.tables import fill
from outcrop.engines.document_layout.interface import Layout, Region, Table, TableCell
from outcrop.engines.media.places import Box, rectangle
from outcrop.engines.ocr.interface import Line, Word
from outcrop.services.textract.blocks import PageBlocks
from outcrop.services.textract.pages import ReadPage
from outcrop.services.textract.selections import Selections
from outcrop.services.textract.tables import add_tables


def line(text: str, box: Box) -> Line:
    word = Word(text=text, score=0.9, polygon=rectangle(box))
    return Line(text=text, score=0.9, polygon=rectangle(box), words=(word,), rotation_degrees=0.0)


def cell(row: int, column: int, box: Box, column_span: int = 1) -> TableCell:
    return TableCell(
        row=row, column=column, row_span=1, column_span=column_span, score=0.8, box=box
    )


PAGE = ReadPage(
    1,
    b"",
    (
        line("Prices", (0.3, 0.05, 0.4, 0.08)),
        line("Euros", (0.15, 0.12, 0.25, 0.18)),
        line("12", (0.15, 0.22, 0.2, 0.28)),
        line("34", (0.65, 0.22, 0.7, 0.28)),
    ),
)
LAYOUT = Layout(
    regions=(Region(kind="table_caption", score=0.7, box=(0.25, 0.04, 0.45, 0.09)),),
    tables=(
        Table(
            score=0.95,
            box=(0.1, 0.1, 0.9, 0.3),
            rows=2,
            columns=2,
            cells=(
                cell(0, 0, (0.1, 0.1, 0.9, 0.2), column_span=2),
                cell(1, 0, (0.1, 0.2, 0.5, 0.3)),
                cell(1, 1, (0.5, 0.2, 0.9, 0.3)),
            ),
        ),
    ),
)


def test_a_merged_cell_holds_the_fields_that_it_spans():
    page = PageBlocks(PAGE)
    add_tables(page, LAYOUT, fill(PAGE.lines, LAYOUT.tables), [Selections(page, ())])
    by_id: dict[str, Any] = {block["Id"]: block for block in page.all()}

    def related(block: Any, kind: str) -> list[Any]:
        found = [each for each in block.get("Relationships", []) if each["Type"] == kind]
        return [by_id[one] for each in found for one in each["Ids"]]

    (table,) = (block for block in by_id.values() if block["BlockType"] == "TABLE")
    fields = related(table, "CHILD")
    (merged,) = related(table, "MERGED_CELL")
    (title,) = related(table, "TABLE_TITLE")
    assert [(f["RowIndex"], f["ColumnIndex"], f["ColumnSpan"]) for f in fields] == [
        *((1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1))
    ]
    assert [[w["Text"] for w in related(f, "CHILD")] for f in fields] == [
        *(["Euros"], [], ["12"], ["34"])
    ]
    assert related(merged, "CHILD") == fields[:2]
    assert (merged["RowIndex"], merged["ColumnIndex"], merged["ColumnSpan"]) == (1, 1, 2)
    assert [w["Text"] for w in related(title, "CHILD")] == ["Prices"]
    assert [f.get("EntityTypes") for f in fields] == [["COLUMN_HEADER"]] * 2 + [None] * 2
    assert table["EntityTypes"] == ["STRUCTURED_TABLE"]
