"""Reads what a request gives as text or as bytes.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/idp-set-textract-options.html
"""

import asyncio
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from outcrop.aws.errors import ServiceError
from outcrop.aws.user_json import read_json
from outcrop.engines.document_pages.interface import Box, PrintedLine
from outcrop.engines.documents.interface import (
    DocumentError,
    DocumentReaderUnavailableError,
    DocumentTooLargeError,
)
from outcrop.engines.workers.engine import EngineError, RefusedInputError
from outcrop.operations import Call
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.documents.kinds import checked_kind
from outcrop.services.comprehend.documents.page import PAGE, InputDocument, ReadLine, ReadWord
from outcrop.services.comprehend.documents.refusals import refused
from outcrop.services.comprehend.documents.textract_output import lines_of
from outcrop.services.comprehend.texts import checked

MOST_CHARACTERS = 10_000
"""On a page.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/idp-inputs-sync-err.html
"""
ANALYZE = "TEXTRACT_ANALYZE_DOCUMENT"
FORCE = "FORCE_DOCUMENT_READ_ACTION"
ACCESS_ERRORS = frozenset(("AccessDeniedException", "AccessDenied"))
TEXTRACT_FAULTS = frozenset(("InternalServerError", "ThrottlingException", "InternalFailure"))


async def read_input(call: Call, request: Mapping[str, Any], *, limit: int) -> InputDocument:
    """Return what a request of an endpoint of a custom model gives in `Text` or in `Bytes`.

    Of a page that cannot be read, the document has no text and tells why in `errors`.

    Raises:
        InvalidRequestException: It gives neither, both, or a document that is refused.
        TextSizeLimitExceededException: The text has more than `limit` bytes.
        InternalServerException: What reads is not there.
    """
    if ("Text" in request) == ("Bytes" in request):
        raise shapes.InvalidRequestException("Exactly one of Text and Bytes is required.")
    if "Text" in request:
        return InputDocument(text=checked(request["Text"], limit=limit))
    return await read_document(call, request["Bytes"], request.get("DocumentReaderConfig", {}))


async def read_document(
    call: Call, content: bytes, config: Mapping[str, Any] | None = None
) -> InputDocument:
    """Return the one page of a file.

    Raises:
        InvalidRequestException: The document is refused.
        InternalServerException: What reads is not there.
    """
    config = config or {}
    _check(config)
    match checked_kind(content):
        case "text":
            return _bounded(_plain(content))
        case "textract":
            return _bounded(_answered(content))
        case "word":
            return _bounded(await _word_file(call, content))
        case "pdf" | "image" as kind:
            return _bounded(await _pages(call, content, kind, config))


def _check(config: Mapping[str, Any]) -> None:
    if config.get("DocumentReadAction") == ANALYZE and not config.get("FeatureTypes"):
        raise shapes.InvalidRequestException(
            f"FeatureTypes is required if DocumentReadAction is {ANALYZE}."
        )


def _bounded(document: InputDocument) -> InputDocument:
    if len(document.text) <= MOST_CHARACTERS:
        return document
    return _unread(
        document.kind,
        "PAGE_CHARACTERS_EXCEEDED",
        f"Page character count exceeds maximum limit {MOST_CHARACTERS}.",
    )


def _unread(kind: str | None, code: str, message: str) -> InputDocument:
    error = {"Page": PAGE, "ErrorCode": code, "ErrorMessage": message}
    return InputDocument(text="", kind=kind, errors=[error])


def _plain(content: bytes) -> InputDocument:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(f"The document is no UTF-8: {error}.", "UNSUPPORTED_DOC_TYPE") from error
    if not text.strip():
        raise refused("The document has no text.")
    return InputDocument(text=text, kind="PLAIN_TEXT")


def _answered(content: bytes) -> InputDocument:
    """Return what an answer of Textract tells."""
    try:
        answer = read_json(content, parse_constant=_refuse_constant)
        lines = lines_of(answer["Blocks"])
        pages = int(answer["DocumentMetadata"]["Pages"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise refused("The document is no output of Textract.") from error
    if pages != PAGE:
        raise refused(f"The document has {pages} pages; one is read.", "PAGE_LIMIT_EXCEEDED")
    action = (
        "ANALYZE_DOCUMENT" if "AnalyzeDocumentModelVersion" in answer else "DETECT_DOCUMENT_TEXT"
    )
    return _of_lines(f"TEXTRACT_{action}_JSON", lines)


def _refuse_constant(constant: str) -> float:
    raise ValueError(constant)


async def _word_file(call: Call, content: bytes) -> InputDocument:
    try:
        text = await call.backends.engines.documents.read(content, "docx")
    except DocumentReaderUnavailableError as error:
        raise shapes.InternalServerException(str(error)) from error
    except DocumentTooLargeError as error:
        raise refused(str(error), "DOCUMENT_SIZE_EXCEEDED") from error
    except DocumentError as error:
        raise refused(str(error)) from error
    return _of_lines("MS_WORD", [_laid(line.split()) for line in text.splitlines() if line.strip()])


async def _pages(call: Call, content: bytes, kind: str, config: Mapping[str, Any]) -> InputDocument:
    path = await asyncio.to_thread(_written, content)
    try:
        pages = call.backends.engines.document_pages
        count = await pages.count(path)
        if count != PAGE:
            raise refused(f"The document has {count} pages; one is read.", "PAGE_LIMIT_EXCEEDED")
        printed = None
        if kind == "pdf":
            printed = (await pages.page(path, PAGE, needs_image=False)).lines
    except RefusedInputError as error:
        raise refused(str(error)) from error
    except EngineError as error:
        raise shapes.InternalServerException(str(error)) from error
    finally:
        path.unlink(missing_ok=True)
    if printed is not None and config.get("DocumentReadMode") != FORCE:
        return _of_lines("NATIVE_PDF", map(_printed, printed))
    told = "IMAGE" if kind == "image" else "SCANNED_PDF" if printed is None else "NATIVE_PDF"
    return await _by_textract(call, content, told, config)


async def _by_textract(
    call: Call, content: bytes, kind: str, config: Mapping[str, Any]
) -> InputDocument:
    try:
        if config.get("DocumentReadAction") == ANALYZE:
            answer = await call.ask(
                "textract",
                "AnalyzeDocument",
                Document={"Bytes": content},
                FeatureTypes=config["FeatureTypes"],
            )
        else:
            answer = await call.ask("textract", "DetectDocumentText", Document={"Bytes": content})
    except ServiceError as error:
        if error.code in ACCESS_ERRORS:
            raise refused(error.message, "TEXTRACT_ACCESS_DENIED") from error
        if error.code in TEXTRACT_FAULTS:
            raise shapes.InternalServerException(error.message) from error
        return _unread(kind, "TEXTRACT_BAD_PAGE", error.message)
    return _of_lines(kind, lines_of(answer["Blocks"]))


def _of_lines(kind: str, lines: Iterable[ReadLine]) -> InputDocument:
    read = list(lines)
    return InputDocument(text="\n".join(line.text for line in read), kind=kind, lines=read)


def _printed(line: PrintedLine) -> ReadLine:
    return _laid([word.text for word in line.words], [word.box for word in line.words])


def _laid(words: list[str], boxes: list[Box] | None = None) -> ReadLine:
    """Return words as a line with a space between them."""
    read: list[ReadWord] = []
    at = 0
    for number, word in enumerate(words):
        geometry = _geometry(boxes[number]) if boxes else None
        read.append(ReadWord(word, at, str(uuid4()), geometry))
        at += len(word) + 1
    return ReadLine(" ".join(words), str(uuid4()), read, _geometry(*boxes) if boxes else None)


def _geometry(*boxes: Box) -> dict[str, Any]:
    """Return the place of all boxes together."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    left, top, right, bottom = min(lefts), min(tops), max(rights), max(bottoms)
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return {
        "BoundingBox": {"Left": left, "Top": top, "Width": right - left, "Height": bottom - top},
        "Polygon": [{"X": x, "Y": y} for x, y in corners],
    }


def _written(content: bytes) -> Path:
    descriptor, path = tempfile.mkstemp(prefix="outcrop-document-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return Path(path)
