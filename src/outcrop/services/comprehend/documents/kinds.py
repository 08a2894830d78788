"""What a file is, by its first bytes, and how large it may be.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/idp-inputs-sync.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from outcrop.services.comprehend.documents.refusals import refused

FileKind = Literal["pdf", "word", "image", "textract", "text"]

PDF_MARK = b"%PDF-"
PDF_MARK_WITHIN = 1024
IMAGE_MARKS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*")
ZIP_MARK = b"PK\x03\x04"
WORD_PART = b"word/document.xml"
"""Archives tell the names of their parts in clear."""
TEXTRACT_MEMBERS = (b'"Blocks"', b'"DocumentMetadata"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How large a document may be."""

    sizes: Mapping[FileKind, int]
    """In bytes."""
    pages: int
    """Of a PDF; pictures have one."""


OF_REQUESTS = Bounds(
    sizes={
        "text": 10 << 10,
        "textract": 1 << 20,
        "pdf": 10 << 20,
        "word": 10 << 20,
        "image": 10 << 20,
    },
    pages=1,
)
OF_JOBS = Bounds(
    sizes={"textract": 1 << 20, "pdf": 50 << 20, "word": 5 << 20, "image": 10 << 20}, pages=100
)
"""Texts have bounds of their own, and AWS names none for the answers of Textract.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/idp-inputs-async.html
"""


def check_size(content: bytes, kind: FileKind, bounds: Bounds) -> None:
    """Refuse a file that is too large.

    Raises:
        InvalidRequestException: See there.
    """
    limit = bounds.sizes[kind]
    if len(content) > limit:
        raise refused(
            f"Document size exceeds maximum size limit {limit} bytes.", "DOCUMENT_SIZE_EXCEEDED"
        )


def kind_of(content: bytes) -> FileKind:
    """Return what a file is.

    Raises:
        InvalidRequestException: It is nothing that is read.
    """
    if content.startswith(IMAGE_MARKS):
        return "image"
    if content.startswith(ZIP_MARK) and WORD_PART in content:
        return "word"
    if PDF_MARK in content[:PDF_MARK_WITHIN]:
        return "pdf"
    if b"\0" in content[: OF_REQUESTS.sizes["text"]] or content.startswith(ZIP_MARK):
        raise refused("The document is of no type that is read.", "UNSUPPORTED_DOC_TYPE")
    is_object = content.lstrip()[:1] == b"{"
    if is_object and all(member in content for member in TEXTRACT_MEMBERS):
        return "textract"
    return "text"
