"""Word documents.

Source: https://python-docx.readthedocs.io/en/latest/api/document.html
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from docx.table import Table

from outcrop.engines.documents.formats.refusals import UnreadableError, refuse_without_words

DAMAGES = (
    OpcError,
    SyntaxError,  # lxml's, of broken XML
    zipfile.BadZipFile,
    KeyError,
    ValueError,
)


def read_word(content: bytes) -> str:
    """Return paragraphs and tables in their order, a table's row as one line.

    Raises:
        UnreadableError: It is no Word document, or an empty one.
    """
    try:
        document = docx.Document(io.BytesIO(content))
        lines = list(_lines(document))
    except DAMAGES as error:
        raise UnreadableError(f"The Word document is damaged: {error}") from error
    return refuse_without_words("\n".join(lines), "Word document")


def _lines(owner: Any) -> Iterator[str]:
    for block in owner.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                yield " | ".join(" ".join(_lines(cell)) for cell in row.cells)
        else:
            yield block.text
