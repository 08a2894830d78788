"""Reads what a request gives as text or as bytes, and what a job finds in a file.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/idp-set-textract-options.html
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
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
from outcrop.services.comprehend.documents.kinds import (
    OF_REQUESTS,
    Bounds,
    FileKind,
    check_size,
    kind_of,
)
from outcrop.services.comprehend.documents.page import InputDocument, ReadLine, ReadWord
from outcrop.services.comprehend.documents.refusals import refused
from outcrop.services.comprehend.documents.textract_output import lines_of
from outcrop.services.comprehend.texts import checked

MOST_CHARACTERS = 10_000
"""On a page.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/idp-inputs-sync-err.html
"""
ANALYZE = "TEXTRACT_ANALYZE_DOCUMENT"
BAD_PAGE = "TEXTRACT_BAD_PAGE"
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
    check_reader(config)
    kind = kind_of(content)
    async with aclosing(read_pages(call, content, kind, config, OF_REQUESTS)) as pages:
        return await anext(pages)


async def read_pages(
    call: Call, content: bytes, kind: FileKind, config: Mapping[str, Any], bounds: Bounds
) -> AsyncGenerator[InputDocument]:
    """Give the pages of a file, each as soon as it is read.

    Raises:
        InvalidRequestException: The document is refused.
        InternalServerException: What reads is not there.
    """
    check_size(content, kind, bounds)
    match kind:
        case "text":
            yield _bounded(_plain(content))
        case "textract":
            yield _bounded(_answered(content))
        case "word":
            # One page stands for all that it may have.
            yield _bounded(await _word_file(call, content), MOST_CHARACTERS * bounds.pages)
        case "pdf" | "image":
            file = _File(call, content, kind, config)
            async with aclosing(_pages(file, bounds)) as pages:
                async for page in pages:
                    yield _bounded(page)


def check_reader(config: Mapping[str, Any]) -> None:
    """Refuse a `DocumentReaderConfig` that asks for an analysis and does not say what for.

    Raises:
        InvalidRequestException: See there.
    """
    if config.get("DocumentReadAction") == ANALYZE and not config.get("FeatureTypes"):
        raise shapes.InvalidRequestException(
            f"FeatureTypes is required if DocumentReadAction is {ANALYZE}."
        )


def _bounded(page: InputDocument, most: int = MOST_CHARACTERS) -> InputDocument:
    if len(page.text) <= most:
        return page
    message = f"Page character count exceeds maximum limit {most}."
    return _unread(page, "PAGE_CHARACTERS_EXCEEDED", message)


def _unread(page: InputDocument, code: str, message: str) -> InputDocument:
    error = {"Page": page.number, "ErrorCode": code, "ErrorMessage": message}
    return replace(page, text="", lines=(), errors=[error])


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
    if pages != 1:
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
    # It may be long.
    return await asyncio.to_thread(_of_word_file, text)


def _of_word_file(text: str) -> InputDocument:
    return _of_lines("MS_WORD", [_laid(line.split()) for line in text.splitlines() if line.strip()])


@dataclass(frozen=True, slots=True)
class _File:
    """A PDF or a picture."""

    call: Call
    content: bytes
    kind: FileKind
    config: Mapping[str, Any]
    """A `DocumentReaderConfig`."""

    @property
    def is_forced(self) -> bool:
        """Whether Textract is to read what has a text layer, too."""
        return self.config.get("DocumentReadMode") == FORCE


async def _pages(file: _File, bounds: Bounds) -> AsyncGenerator[InputDocument]:
    most = bounds.pages if file.kind == "pdf" else 1
    path = await asyncio.to_thread(_written, file.content)
    try:
        count = await file.call.backends.engines.document_pages.count(path)
        if count > most:
            bound = "one is read" if most == 1 else f"at most {most} are read"
            raise refused(f"The document has {count} pages; {bound}.", "PAGE_LIMIT_EXCEEDED")
        for number in range(1, count + 1):
            yield await _page(file, path, number, count)
    except RefusedInputError as error:
        raise refused(str(error)) from error
    except EngineError as error:
        raise shapes.InternalServerException(str(error)) from error
    finally:
        path.unlink(missing_ok=True)


async def _page(file: _File, path: Path, number: int, count: int) -> InputDocument:
    """Return one page of several: as Textract takes one at a time, it is shown their pictures.

    Raises:
        RefusedInputError: The only page cannot be read.
        EngineError: See its subclasses.
    """
    page = InputDocument(text="", kind="IMAGE", number=number, pages=count)
    if file.kind == "image":
        return await _by_textract(file, file.content, page)
    try:
        laid = await file.call.backends.engines.document_pages.page(
            path, number, needs_image=file.is_forced and count > 1
        )
    except RefusedInputError as error:
        if count == 1:
            raise
        return _unread(replace(page, kind="SCANNED_PDF"), BAD_PAGE, str(error))
    page = replace(page, kind="SCANNED_PDF" if laid.lines is None else "NATIVE_PDF")
    if laid.lines is not None and not file.is_forced:
        return _with_lines(page, map(_printed, laid.lines))
    return await _by_textract(file, file.content if count == 1 else laid.image, page)


async def _by_textract(file: _File, content: bytes, page: InputDocument) -> InputDocument:
    document = {"Bytes": content}
    try:
        if file.config.get("DocumentReadAction") == ANALYZE:
            answer = await file.call.ask(
                "textract",
                "AnalyzeDocument",
                Document=document,
                FeatureTypes=file.config["FeatureTypes"],
            )
        else:
            answer = await file.call.ask("textract", "DetectDocumentText", Document=document)
    except ServiceError as error:
        if error.code in ACCESS_ERRORS:
            raise refused(error.message, "TEXTRACT_ACCESS_DENIED") from error
        if error.code in TEXTRACT_FAULTS:
            raise shapes.InternalServerException(error.message) from error
        return _unread(page, BAD_PAGE, error.message)
    return _with_lines(page, lines_of(answer["Blocks"]))


def _of_lines(kind: str, lines: Iterable[ReadLine]) -> InputDocument:
    return _with_lines(InputDocument(text="", kind=kind), lines)


def _with_lines(page: InputDocument, lines: Iterable[ReadLine]) -> InputDocument:
    read = list(lines)
    return replace(page, text="\n".join(line.text for line in read), lines=read)


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
