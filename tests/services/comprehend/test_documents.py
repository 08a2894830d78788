"""Documents as bytes are read by the engines, and answers tell what they are."""

import contextlib
import io
import json
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from reportlab.pdfgen.canvas import Canvas

from outcrop.aws.errors import ServiceError
from outcrop.engines.document_pages.pdfium import PdfiumPages
from outcrop.engines.documents.sandboxed import SandboxedDocumentReader
from outcrop.engines.ocr.paddle import PaddleReader
from outcrop.operations import Call, Principal
from outcrop.services.comprehend.documents.page import InputDocument
from outcrop.services.comprehend.documents.reading import read_document, read_input
from tests.documents import docx_of, pdf_of
from tests.pages import Page, png
from tests.services.direct import ACCOUNT, Direct
from tests.small_weights import small_weights

pytestmark = pytest.mark.anyio
ENGLISH = "Total due on Monday: 42 dollars"
FRENCH = "Où étiez-vous hier, à Besançon ?"


@contextlib.asynccontextmanager
async def opened() -> AsyncGenerator[Call]:
    """Give a call whose engines of documents are real."""
    weights = small_weights()
    async with contextlib.AsyncExitStack() as closing:
        pages, ocr = PdfiumPages(weights), PaddleReader(weights)
        documents = SandboxedDocumentReader()
        for engine in (pages, ocr, documents):
            closing.push_async_callback(engine.close)
        folder = closing.enter_context(tempfile.TemporaryDirectory())
        direct = await closing.enter_async_context(Direct.on(Path(folder)))
        engines = SimpleNamespace(document_pages=pages, ocr=ocr, documents=documents)
        yield Call(
            service="comprehend",
            operation="DetectEntities",
            region="us-east-1",
            principal=Principal(account=ACCOUNT, arn="", user_id=ACCOUNT),
            request_id="request",
            backends=replace(direct.backends, engines=cast("Any", engines)),
        )


async def read(content: bytes, **config: Any) -> InputDocument:
    async with opened() as call:
        return await read_document(call, content, config)


async def refusal(call: Call, content: bytes, **config: Any) -> tuple[str, Any]:
    """Return the code of the error, and the reason in its detail."""
    with pytest.raises(ServiceError) as caught:
        await read_document(call, content, config)
    members = caught.value.members
    return caught.value.code, members.get("Detail", {"Reason": members.get("Reason")})["Reason"]


def printed(*lines: str) -> bytes:
    """Return a PDF of one page with a text layer."""
    file = io.BytesIO()
    canvas = Canvas(file, pageCompression=0)
    for row, line in enumerate(lines):
        canvas.drawString(72, 720 - 20 * row, line)
    canvas.save()
    return file.getvalue()


def drawn() -> bytes:
    """Return a picture with two lines."""
    page = Page(900, 300)
    page.write(ENGLISH, 60, 40)
    page.write(FRENCH, 60, 140)
    return png(page.image)


async def test_a_pdf_with_a_text_layer_is_native():
    document = await read(printed(ENGLISH, "Paid on Tuesday"))

    assert document.text == f"{ENGLISH}\nPaid on Tuesday"
    assert document.members() == {
        "DocumentMetadata": {
            "Pages": 1,
            "ExtractedCharacters": [{"Page": 1, "Count": len(document.text)}],
        },
        "DocumentType": [{"Page": 1, "Type": "NATIVE_PDF"}],
        "Errors": [],
    }
    line, word = document.blocks()[:2]
    assert (line["BlockType"], line["Text"], line["Page"]) == ("LINE", ENGLISH, 1)
    assert (word["BlockType"], word["Text"]) == ("WORD", "Total")
    assert line["Relationships"][0]["Ids"][0] == word["Id"]
    box = word["Geometry"]["BoundingBox"]
    assert box["Left"] == pytest.approx(72 / 595, abs=0.01)
    assert 0 < box["Width"] < line["Geometry"]["BoundingBox"]["Width"] < 1


async def test_places_in_the_text_are_told_by_blocks():
    document = await read(printed(ENGLISH, "Paid on Tuesday"))
    begin = document.text.index("dollars")

    references = document.references(begin, document.text.index("Paid") + len("Paid"))

    words = {block["Id"]: block["Text"] for block in document.blocks()}
    assert [
        (words[one["BlockId"]][one["BeginOffset"] : one["EndOffset"]], one["BeginOffset"])
        for one in references
    ] == [("dollars", begin), ("Paid", 0)]
    assert [
        [(words[child["ChildBlockId"]], child["BeginOffset"], child["EndOffset"])]
        for one in references
        for child in one["ChildBlocks"]
    ] == [[("dollars", 0, 7)], [("Paid", 0, 4)]]


async def test_a_picture_is_read_by_textract():
    document = await read(drawn())

    first, second = document.text.split("\n")
    assert (first, second.replace(" ?", "?")) == (ENGLISH, FRENCH.replace(" ?", "?"))
    assert document.members()["DocumentType"] == [{"Page": 1, "Type": "IMAGE"}]
    assert [block["Text"] for block in document.blocks()[1:7]] == ENGLISH.split()


async def test_a_pdf_is_read_by_textract_where_that_is_asked_for():
    content = printed(ENGLISH)

    forced = await read(
        content,
        DocumentReadAction="TEXTRACT_DETECT_DOCUMENT_TEXT",
        DocumentReadMode="FORCE_DOCUMENT_READ_ACTION",
    )

    assert (forced.text, forced.kind) == (ENGLISH, "NATIVE_PDF")


async def test_word_documents_have_blocks_without_places():
    document = await read(docx_of(["Prices  in euros", "End"], [["Tea", "2"]]))

    assert document.text == "Prices in euros\nTea | 2\nEnd"
    assert document.members()["DocumentType"] == [{"Page": 1, "Type": "MS_WORD"}]
    assert not any("Geometry" in block for block in document.blocks())


async def test_a_plain_text_has_no_blocks():
    document = await read("Été à Paris 🎉".encode())

    assert (document.text, document.kind) == ("Été à Paris 🎉", "PLAIN_TEXT")
    assert (document.blocks(), document.has_blocks) == ([], False)
    assert document.members()["DocumentMetadata"]["ExtractedCharacters"] == [
        {"Page": 1, "Count": 13}
    ]


async def test_what_textract_answered_is_read():
    async with opened() as call:
        answer = await call.ask("textract", "DetectDocumentText", Document={"Bytes": drawn()})
        document = await read_document(call, json.dumps(answer).encode())

    assert document.text.startswith(ENGLISH)
    assert document.kind == "TEXTRACT_DETECT_DOCUMENT_TEXT_JSON"
    assert document.blocks()[0]["Geometry"]["BoundingBox"]["Left"] == pytest.approx(0.07, abs=0.01)


REFUSED = [
    (pdf_of("one", "two"), "PAGE_LIMIT_EXCEEDED"),
    (b"x" * (10 * 1024 + 1), "DOCUMENT_SIZE_EXCEEDED"),
    (b"%PDF-1.4 " + b"x" * (10 << 20), "DOCUMENT_SIZE_EXCEEDED"),
    (b"PK\x03\x04 an archive of something else", "UNSUPPORTED_DOC_TYPE"),
    (b"RIFF\x00\x00\x00\x00WEBP", "UNSUPPORTED_DOC_TYPE"),
    (b"\xe9t\xe9", "UNSUPPORTED_DOC_TYPE"),
    (b"%PDF-1.4 and nothing more", "INVALID_DOCUMENT"),
    (docx_of(["a"], [["b"]])[:-100], "INVALID_DOCUMENT"),
    (b'{"Blocks": 1, "DocumentMetadata": 2}', "INVALID_DOCUMENT"),
    (
        b'{"DocumentMetadata": 1, "Blocks": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        "INVALID_DOCUMENT",
    ),
    *(
        (
            json.dumps({"Blocks": [block], "DocumentMetadata": {"Pages": 1}}).encode(),
            "INVALID_DOCUMENT",
        )
        for block in (
            {"BlockType": "LINE", "Id": 1, "Text": "a"},
            {"BlockType": "LINE", "Id": "a", "Text": 1},
            {"BlockType": "LINE", "Id": "a", "Text": "a", "Geometry": {"BoundingBox": "large"}},
            {"BlockType": "LINE", "Id": "a"},
        )
    ),
    (b'{"Blocks": [], "DocumentMetadata": {"Pages": 2}}', "PAGE_LIMIT_EXCEEDED"),
    (b"  ", "INVALID_DOCUMENT"),
]


async def test_documents_that_cannot_be_read_are_refused():
    async with opened() as call:
        told = [await refusal(call, content) for content, _ in REFUSED]

    assert told == [("InvalidRequestException", reason) for _, reason in REFUSED]


async def test_a_damaged_picture_is_an_error_of_its_page():
    document = await read(drawn()[:200])

    assert document.text == ""
    assert [(one["Page"], one["ErrorCode"]) for one in document.errors] == [
        (1, "TEXTRACT_BAD_PAGE")
    ]


async def test_a_page_with_too_many_characters_is_an_error_of_its_page():
    document = await read(b"a " * 5001)

    assert document.members() == {
        "DocumentMetadata": {"Pages": 1, "ExtractedCharacters": [{"Page": 1, "Count": 0}]},
        "DocumentType": [{"Page": 1, "Type": "PLAIN_TEXT"}],
        "Errors": [
            {
                "Page": 1,
                "ErrorCode": "PAGE_CHARACTERS_EXCEEDED",
                "ErrorMessage": "Page character count exceeds maximum limit 10000.",
            }
        ],
    }


async def test_an_analysis_needs_to_know_of_what():
    async with opened() as call:
        told = await refusal(call, b"text", DocumentReadAction="TEXTRACT_ANALYZE_DOCUMENT")

    assert told == ("InvalidRequestException", None)


async def test_a_request_gives_a_text_or_a_document():
    async with opened() as call:
        document = await read_input(call, {"Text": "Hello"}, limit=100)
        with pytest.raises(ServiceError, match="Exactly one of Text and Bytes"):
            await read_input(call, {"Text": "Hello", "Bytes": b"Hello"}, limit=100)

    assert (document.text, document.members()) == ("Hello", {})
