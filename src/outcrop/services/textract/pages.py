"""Pages with their text: that of a PDF's text layer, or what is read in the picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from outcrop.engines.document_pages.interface import PrintedLine
from outcrop.engines.media.places import Box, are_in_row, around, box_of, rectangle
from outcrop.engines.ocr.interface import Line, Word
from outcrop.operations.backends import Engines
from outcrop.services.textract import shapes
from outcrop.services.textract.documents import UNSUPPORTED, engine_errors

SURE = 1.0
"""The score of a text layer, which says for itself what it is."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page."""

    number: int
    """From 1."""
    image: bytes
    """Empty if nobody needs it and the page has a text layer."""
    lines: Sequence[Line]
    """From top to bottom, then from left to right."""


async def read_single_page(
    engines: Engines, document: Path, *, needs_image: bool = True
) -> ReadPage:
    """Return the page of a document that must have one only, as synchronous operations want.

    Raises:
        ServiceError: It has more, or cannot be read.
    """
    with engine_errors():
        count = await engines.document_pages.count(document)
        if count != 1:
            raise shapes.UnsupportedDocumentException(
                f"{UNSUPPORTED}: it has {count} pages; the asynchronous operations take those"
            )
        return await read_page(engines, document, 1, needs_image=needs_image)


async def read_page(
    engines: Engines, document: Path, number: int, *, needs_image: bool = True
) -> ReadPage:
    """Return a page.

    Args:
        engines: What reads.
        document: The file.
        number: Of the page, from 1.
        needs_image: Whether a page that has a text layer is drawn, too.

    Raises:
        EngineError: It cannot be read.
    """
    page = await engines.document_pages.page(document, number, needs_image=needs_image)
    if page.lines is not None:
        return ReadPage(number, page.image, in_rows([_printed(line) for line in page.lines]))
    return ReadPage(number, page.image, (await engines.ocr.read(page.image)).lines)


def _printed(line: PrintedLine) -> Line:
    words = tuple(
        Word(text=word.text, score=SURE, polygon=rectangle(word.box)) for word in line.words
    )
    return Line(
        text=" ".join(word.text for word in words),
        score=SURE,
        polygon=rectangle(around([word.box for word in line.words])),
        words=words,
        rotation_degrees=0.0,
    )


def without(lines: Sequence[Line], leave_out: Callable[[Word], bool]) -> list[Line]:
    """Return lines without some of their words, and without those that have no others."""
    kept: list[Line] = []
    for line in lines:
        words = tuple(word for word in line.words if not leave_out(word))
        if len(words) == len(line.words):
            kept.append(line)
        elif words:
            place = rectangle(around([box_of(word.polygon) for word in words]))
            text = " ".join(word.text for word in words)
            kept.append(replace(line, text=text, polygon=place, words=words))
    return kept


def in_rows(lines: Sequence[Line]) -> list[Line]:
    """Order lines from top to bottom, and from left to right what stands at one height."""
    rows: list[list[tuple[Box, Line]]] = []
    for box, line in sorted(
        ((box_of(line.polygon), line) for line in lines), key=lambda each: each[0][1] + each[0][3]
    ):
        if rows and are_in_row(rows[-1][0][0], box):
            rows[-1].append((box, line))
        else:
            rows.append([(box, line)])
    return [line for row in rows for _, line in sorted(row, key=lambda each: each[0][0])]
