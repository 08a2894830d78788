"""PDF, TIFF and picture files, page by page.

Source: https://pypdfium2.readthedocs.io/en/stable/python_api.html
"""

import contextlib
import io
import warnings
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2  # pyright: ignore[reportMissingTypeStubs]: it ships none
from PIL import Image, UnidentifiedImageError

from outcrop.engines.document_pages.text_layer import LaidWord, lines_of
from outcrop.engines.media.images import TOO_LARGE, UNREADABLE, UNSUPPORTED, ImageLimits, opaque
from outcrop.engines.workers.child import RefusedError

_pdfium: Any = pypdfium2

LOCKED = "locked"
DOTS_PER_INCH = 200
LONGEST_SIDE = 2500
"""In pixels, of pages that are drawn."""
POINTS_PER_INCH = 72
LIMITS = ImageLimits(formats=("JPEG", "PNG", "TIFF"))
TIFF_MARKS = (b"II*\x00", b"MM\x00*")
PICTURE_MARKS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
PDF_MARK = b"%PDF-"
PDF_MARK_WITHIN = 1024
"""Bytes: what may stand before it, as readers have always let it."""


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A page."""

    image: bytes
    lines: list[list[LaidWord]] | None
    size: tuple[float, float]
    """Width and height, in the units of the words' places."""


def count_pages(document: Path) -> int:
    """Return how many pages a file has.

    Raises:
        RefusedError: It is none that is read, or damaged.
    """
    match _kind(document):
        case "pdf":
            pdf = _open_pdf(document)
            try:
                return len(pdf)
            finally:
                pdf.close()
        case "tiff":
            with _opened_tiff(document) as image:
                return int(getattr(image, "n_frames", 1))
        case _:
            return 1


def draw_page(document: Path, number: int, *, needs_image: bool = True) -> DrawnPage:
    """Return a page.

    Args:
        document: The file.
        number: Of the page, from 1.
        needs_image: Whether a page that has a text layer is drawn, too.

    Raises:
        RefusedError: It is not there, or damaged.
    """
    match _kind(document):
        case "pdf":
            return _pdf_page(document, number, needs_image=needs_image)
        case "tiff":
            return DrawnPage(_tiff_page(document, number), None, (1, 1))
        case _:
            return DrawnPage(document.read_bytes(), None, (1, 1))


def _kind(document: Path) -> str:
    with document.open("rb") as file:
        start = file.read(PDF_MARK_WITHIN)
    if start.startswith(PICTURE_MARKS):
        return "picture"
    if start.startswith(TIFF_MARKS):
        return "tiff"
    if PDF_MARK in start:
        return "pdf"
    raise RefusedError(UNSUPPORTED, "It is no PDF, TIFF, JPEG or PNG file.")


def _open_pdf(document: Path) -> Any:
    try:
        return _pdfium.PdfDocument(document)
    except _pdfium.PdfiumError as error:
        kind = LOCKED if "password" in str(error).lower() else UNREADABLE
        raise RefusedError(kind, f"The PDF cannot be opened: {error}") from error


def _pdf_page(document: Path, number: int, *, needs_image: bool) -> DrawnPage:
    pdf = _open_pdf(document)
    try:
        has_form = pdf.get_formtype() != 0
        if has_form:
            pdf.init_forms()
        page = pdf[number - 1]
        width, height = page.get_size()
        # What was filled into a form is drawn, but stands in no text layer.
        lines = None if has_form else lines_of(page)
        if lines is not None and not needs_image:
            return DrawnPage(b"", lines, (width, height))
        scale = min(DOTS_PER_INCH / POINTS_PER_INCH, LONGEST_SIDE / max(width, height, 1))
        image = page.render(scale=scale).to_pil().convert("RGB")
    except (_pdfium.PdfiumError, IndexError, ValueError, OSError) as error:
        raise RefusedError(UNREADABLE, f"Page {number} of the PDF is damaged: {error}") from error
    finally:
        pdf.close()
    return DrawnPage(_png(image), lines, (width, height))


def _tiff_page(document: Path, number: int) -> bytes:
    with _opened_tiff(document) as image:
        image.seek(number - 1)
        width, height = image.size
        if width * height > LIMITS.most_pixels or max(width, height) > LIMITS.longest_side:
            raise RefusedError(TOO_LARGE, f"Page {number} has {width} x {height} pixels.")
        return _png(opaque(image))


@contextlib.contextmanager
def _opened_tiff(document: Path) -> Generator[Image.Image]:
    """Give a TIFF; what Pillow raises while it is read is refused.

    Raises:
        RefusedError: It is damaged, or would take too much memory.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(document) as image:
                yield image
    except Image.DecompressionBombError as error:
        raise RefusedError(TOO_LARGE, str(error)) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise RefusedError(UNREADABLE, f"The TIFF is damaged: {error}") from error


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)  # It goes no further than to the next process.
    return file.getvalue()
