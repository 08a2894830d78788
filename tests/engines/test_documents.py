"""The promises of `engines.documents.interface`, by every reader."""

import io
import zipfile
from collections.abc import AsyncIterator

import pytest

from outcrop.engines.documents.interface import (
    DocumentError,
    DocumentKind,
    DocumentReader,
    DocumentTooLargeError,
    UnreadableDocumentError,
)
from outcrop.engines.documents.sandboxed import SandboxedDocumentReader
from outcrop.engines.documents.settings import DocumentsSettings
from tests.documents import docx_of, pdf_of, xlsx_of

pytestmark = pytest.mark.anyio

PAGE = """<html><head><title>Opening hours</title><style>p { color: red }</style></head>
<body><h1>Library</h1><p>Open   from <b>nine</b> to five.</p><script>alert(1)</script>
<table><tr><th>Day</th><th>Closes</th></tr><tr><td>Monday</td><td>17:00</td></tr></table>
<ul><li>Free entry</li><li>No dogs</li></ul></body></html>"""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for all tests, as one reader serves them."""
    return "asyncio"


@pytest.fixture(scope="module")
async def reader() -> AsyncIterator[DocumentReader]:
    made = SandboxedDocumentReader()
    yield made
    await made.close()


async def test_a_pdf_is_read_page_by_page(reader: DocumentReader) -> None:
    text = await reader.read(pdf_of("The code word is heron.", "", "Page three."), "pdf")

    assert text == "The code word is heron.\n\nPage three."


async def test_a_word_document_is_read_in_its_order(reader: DocumentReader) -> None:
    content = docx_of(["Prices", "in euros", "End"], [["Tea", "2"], ["Coffee", "3"]])

    text = await reader.read(content, "docx")

    assert text == "Prices\nin euros\nTea | 2\nCoffee | 3\nEnd"


async def test_a_workbook_is_read_sheet_by_sheet(reader: DocumentReader) -> None:
    sheets: dict[str, list[list[object]]] = {
        "Staff": [["name", "age"], ["Ada", 36], [None, None], ["Doe, Jane", 41]],
        "Empty": [],
        "Sums": [[1.5, True, None]],
    }

    text = await reader.read(xlsx_of(sheets), "xlsx")

    assert text == '# Staff\nname,age\nAda,36\n"Doe, Jane",41\n\n# Sums\n1.5,True\n'


async def test_a_web_page_is_read_as_it_is_seen(reader: DocumentReader) -> None:
    text = await reader.read(PAGE.encode(), "html")

    assert text.split("\n") == [
        "Opening hours",
        "Library",
        "Open from nine to five.",
        "Day | Closes",
        "Monday | 17:00",
        "Free entry",
        "No dogs",
    ]


@pytest.mark.parametrize("kind", ["txt", "md", "csv"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param("café, crème\n".encode(), id="utf-8"),
        pytest.param("café, crème\r\n".encode("utf-8-sig"), id="utf-8 with a mark"),
        pytest.param("café, crème\n".encode("utf-16"), id="utf-16"),
        pytest.param("café, crème\n".encode("cp1252"), id="windows"),
    ],
)
async def test_plain_text_is_read_in_any_usual_encoding(
    reader: DocumentReader, content: bytes, kind: DocumentKind
) -> None:
    assert await reader.read(content, kind) == "café, crème\n"


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("pdf", b"hello", "The PDF is damaged"),
        ("pdf", pdf_of("cut off")[:-200], "The PDF is damaged"),
        ("pdf", pdf_of(""), "The PDF has no text layer: its pages are pictures."),
        ("docx", b"hello", "The file is no Office file, or is locked by a password."),
        ("docx", xlsx_of({"S": [[1]]}), "The Word document is damaged"),
        ("xlsx", docx_of(["a"], [["b"]]), "The workbook is damaged"),
        ("html", b"<html><script>1</script></html>", "The page holds no text."),
        ("txt", b" \n", "The file holds no text."),
        ("txt", b"PK\x03\x04\x00\x00", "The file is not text."),
    ],
)
async def test_what_cannot_be_read_is_said(
    reader: DocumentReader, kind: DocumentKind, content: bytes, reason: str
) -> None:
    with pytest.raises(UnreadableDocumentError) as caught:
        await reader.read(content, kind)

    assert str(caught.value).startswith(reason)


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """Return an Office file with one part replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for info in before.infolist():
            after.writestr(info.filename, part if info.filename == name else before.read(info))
    return out.getvalue()


LAUGHS = (
    b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha ha ha ha ha ha ha ha ha ha">%s]>"""
    % (
        b"".join(
            b'<!ENTITY %s "%s">' % (name, b"&%s;" % before * 100)
            for name, before in zip((b"b", b"c", b"d", b"e"), (b"a", b"b", b"c", b"d"), strict=True)
        )
    )
)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (
            "docx",
            with_part(
                docx_of(["a"], [["b"]]),
                "word/document.xml",
                LAUGHS
                + b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/'
                b'main"><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>',
            ),
        ),
        (
            "xlsx",
            with_part(
                xlsx_of({"S": [["x"]]}),
                "xl/sharedStrings.xml",
                LAUGHS + b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                b"<si><t>&e;</t></si></sst>",
            ),
        ),
    ],
)
async def test_entities_are_never_expanded(
    reader: DocumentReader, kind: DocumentKind, content: bytes
) -> None:
    try:
        text = await reader.read(content, kind)
    except DocumentError:
        text = ""

    assert "ha ha" not in text


async def test_an_archive_that_unfolds_to_too_much_is_refused_unread() -> None:
    reader = SandboxedDocumentReader(DocumentsSettings(unpacked_limit_mib=1))
    bomb = with_part(docx_of(["a"], [["b"]]), "word/document.xml", b" " * (4 << 20))

    with pytest.raises(DocumentTooLargeError, match="unfolds to"):
        await reader.read(bomb, "docx")

    await reader.close()


async def test_a_file_that_is_too_long_is_refused_unsent() -> None:
    reader = SandboxedDocumentReader(DocumentsSettings(file_limit_mib=1))

    with pytest.raises(DocumentTooLargeError, match="1 MiB may be read"):
        await reader.read(b"x" * (1 << 20) + b"x", "txt")

    assert reader.worker.process is None
    await reader.close()


async def test_a_document_that_takes_too_long_ends_its_reader_and_not_the_next() -> None:
    reader = SandboxedDocumentReader(DocumentsSettings(time_limit_seconds=0.05))
    await reader.worker.start()
    endless = b"<b>" * 20_000 + b"<p>x</p>" * 100_000

    with pytest.raises(DocumentTooLargeError, match=r"more than 0\.05 seconds"):
        await reader.read(endless, "html")

    assert reader.worker.process is None
    await reader.worker.start()
    assert await reader.read(b"next", "txt") == "next"
    await reader.close()


async def test_a_document_that_takes_too_much_memory_is_refused() -> None:
    reader = SandboxedDocumentReader(
        DocumentsSettings(memory_limit_mib=280, time_limit_seconds=600.0)
    )

    with pytest.raises(DocumentTooLargeError, match="more memory than it may"):
        await reader.read(b"<p>word</p>" * 200_000, "html")

    assert await reader.read(b"next", "txt") == "next"
    await reader.close()
