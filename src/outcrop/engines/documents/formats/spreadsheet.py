"""Excel workbooks.

Source: https://openpyxl.readthedocs.io/en/stable/optimized.html
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from outcrop.engines.documents.formats.refusals import UnreadableError, refuse_without_words


def read_spreadsheet(content: bytes) -> str:
    """Return the sheets one after the other: name, then rows as CSV; formulas as their values.

    Raises:
        UnreadableError: It is no workbook, or an empty one.
    """
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = [_told(sheet) for sheet in workbook.worksheets]
    except (
        InvalidFileException,
        DefusedXmlException,
        ParseError,
        zipfile.BadZipFile,
        KeyError,
        OSError,
        ValueError,
    ) as error:
        raise UnreadableError(f"The workbook is damaged: {error}") from error
    return refuse_without_words("\n".join(filter(None, sheets)), "workbook")


def _told(sheet: Any) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in _rows(sheet):
        writer.writerow(row)
    return f"# {sheet.title}\n{out.getvalue()}" if out.getvalue() else ""


def _rows(sheet: Any) -> Iterator[list[str]]:
    """Give the rows that hold something, without the empty cells at their ends."""
    for values in sheet.iter_rows(values_only=True):
        row = ["" if value is None else str(value) for value in values]
        while row and not row[-1]:
            row.pop()
        if row:
            yield row
