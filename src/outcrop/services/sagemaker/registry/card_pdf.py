"""A model card as a PDF: its sections as headings, what they say below, line by line.

Text is set in Helvetica, one of the fonts that every reader has, and so in Windows-1252: what it
lacks stands as `?`.

Source: ISO 32000-1, 7.5 (file structure) and 9.4 (text objects)
"""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, cast

PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 595, 842, 56
"""A4, in points."""
LEADING = 14
LINES_ON_PAGE = (PAGE_HEIGHT - 2 * MARGIN) // LEADING
LONGEST_LINE = 92
"""In characters of 10 points."""


def card_pdf(title: str, sections: dict[str, Any]) -> bytes:
    """Return the file."""
    lines = [(16, title), (10, "")]
    for name, section in sections.items():
        lines += [(13, _words(name)), *((10, line) for line in _lines(section, "")), (10, "")]
    starts = range(0, len(lines), LINES_ON_PAGE)
    return _file([_page(lines[start : start + LINES_ON_PAGE]) for start in starts])


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _lines(value: object, indent: str) -> Iterator[str]:
    match value:
        case dict():
            for name, item in cast("dict[str, object]", value).items():
                yield from _entry(_words(name), item, indent)
        case list():
            for item in cast("list[object]", value):
                yield from _entry("-", item, indent)
        case _:
            yield from textwrap.wrap(
                str(value), LONGEST_LINE, initial_indent=indent, subsequent_indent=indent
            )


def _entry(label: str, item: object, indent: str) -> Iterator[str]:
    if isinstance(item, dict | list):
        yield f"{indent}{label}"
        yield from _lines(cast("object", item), f"{indent}    ")
    else:
        yield from _lines(f"{label}: {item}" if label != "-" else f"- {item}", indent)


def _page(lines: Sequence[tuple[int, str]]) -> bytes:
    """Return what draws a page."""
    drawn = [f"BT {MARGIN} {PAGE_HEIGHT - MARGIN} Td {LEADING} TL".encode()]
    for size, line in lines:
        text = line.encode("cp1252", "replace")
        for special in (b"\\", b"(", b")"):
            text = text.replace(special, b"\\" + special)
        drawn.append(b"/F1 %d Tf (%s) Tj T*" % (size, text))
    return b"\n".join([*drawn, b"ET"])


def _file(pages: Sequence[bytes]) -> bytes:
    """Return the objects of a file, with the table of where they are."""
    count = len(pages)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        place = (PAGE_WIDTH, PAGE_HEIGHT, 5 + 2 * number)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % place
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page))
    written = b"%PDF-1.4\n"
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(written))
    )
