"""LAYOUT: the parts of a page in the order in which they are read.

Source: https://docs.aws.amazon.com/textract/latest/dg/layoutresponse.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from outcrop.engines.document_fields.interface import Field
from outcrop.engines.document_layout.interface import Layout, RegionKind
from outcrop.engines.document_layout.reading_order import in_reading_order
from outcrop.engines.media.places import Box, around, box_of
from outcrop.engines.ocr.interface import Line
from outcrop.services.textract.blocks import PageBlocks
from outcrop.services.textract.pages import ReadPage

KINDS: Mapping[RegionKind, str] = {
    "text": "LAYOUT_TEXT",
    "title": "LAYOUT_SECTION_HEADER",
    "figure": "LAYOUT_FIGURE",
    "figure_caption": "LAYOUT_TEXT",
    "table": "LAYOUT_TABLE",
    "table_caption": "LAYOUT_TEXT",
    "header": "LAYOUT_HEADER",
    "footer": "LAYOUT_FOOTER",
    "reference": "LAYOUT_TEXT",
    "equation": "LAYOUT_TEXT",
}
PAGE_NUMBER = re.compile(r"(page|p\.)?\s*\d{1,4}(\s*(/|of|sur|de)\s*\d{1,4})?", re.IGNORECASE)
LIST_MARK = re.compile(r"([•▪◦‣*\u2013-]|\d{1,2}[.)]|[a-z][.)])(\s|$)")
LEAST_ITEMS = 2
FIELDS_SHARE = 0.6
"""Of a text's words, in labels and values, that make it a part of a form."""
NEAR = 1.0
"""Heights between two lines that no model put anywhere and that stand together."""


@dataclass(slots=True)
class Part:
    """A part of a page."""

    kind: str
    score: float
    box: Box
    lines: list[Line] = field(default_factory=list[Line])


def parts_of(page: ReadPage, layout: Layout, fields: Sequence[Field]) -> list[Part]:
    """Return the parts of a page in reading order; each line is in one of them."""
    parts = [Part(KINDS[each.kind], each.score, each.box) for each in layout.regions]
    loose: list[Line] = []
    for line in page.lines:
        holder = next((part for part in parts if _is_in(line, part.box)), None)
        if holder is None:
            loose.append(line)
        else:
            holder.lines.append(line)
    kept = [part for part in parts if part.lines or part.kind == "LAYOUT_FIGURE"]
    kept += _gathered(loose)
    for part in kept:
        if part.lines and part.kind not in ("LAYOUT_FIGURE", "LAYOUT_TABLE"):
            part.box = around([box_of(line.polygon) for line in part.lines])
    _tell_kinds(kept, fields)
    return in_reading_order(kept, lambda part: part.box)


def add_layout(blocks: PageBlocks, layout: Layout, fields: Sequence[Field]) -> None:
    """Add the blocks of the parts, in reading order."""
    for part in parts_of(blocks.page, layout, fields):
        if part.kind == "LAYOUT_LIST":
            items = [
                blocks.add(
                    "LAYOUT_TEXT",
                    around([box_of(line.polygon) for line in item]),
                    part.score,
                    {"CHILD": blocks.ids_of(item)},
                    is_child=False,
                )
                for item in _items(part.lines)
            ]
            blocks.add(part.kind, part.box, part.score, {"CHILD": items})
        else:
            blocks.add(part.kind, part.box, part.score, {"CHILD": blocks.ids_of(part.lines)})


def _is_in(line: Line, box: Box) -> bool:
    left, top, right, bottom = box_of(line.polygon)
    x, y = (left + right) / 2, (top + bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _gathered(lines: Sequence[Line]) -> list[Part]:
    """Return the parts of lines that no model put anywhere: what stands close together."""
    parts: list[Part] = []
    for line in lines:
        box = box_of(line.polygon)
        above = next((part for part in parts if _goes_on(part.box, box)), None)
        if above is None:
            parts.append(Part("LAYOUT_TEXT", line.score, box, [line]))
        else:
            above.lines.append(line)
            above.box = around([above.box, box])
            above.score = sum(each.score for each in above.lines) / len(above.lines)
    return parts


def _goes_on(above: Box, box: Box) -> bool:
    height = box[3] - box[1]
    return 0 <= box[1] - above[3] < NEAR * height and above[0] < box[2] and box[0] < above[2]


def _tell_kinds(parts: Sequence[Part], fields: Sequence[Field]) -> None:
    """Tell titles from headings, page numbers, lists and forms, as the model does not."""
    headings = [part for part in parts if part.kind == "LAYOUT_SECTION_HEADER"]
    if headings:
        min(headings, key=lambda part: part.box[1]).kind = "LAYOUT_TITLE"
    in_fields = {id(word) for field in fields for word in (*field.key, *field.value)}
    for part in parts:
        if part.kind in ("LAYOUT_HEADER", "LAYOUT_FOOTER", "LAYOUT_TEXT") and _is_number(part):
            part.kind = "LAYOUT_PAGE_NUMBER"
        elif part.kind == "LAYOUT_TEXT" and len(list(_items(part.lines))) >= LEAST_ITEMS:
            part.kind = "LAYOUT_LIST"
        elif part.kind == "LAYOUT_TEXT" and _is_form(part, in_fields):
            part.kind = "LAYOUT_KEY_VALUE"


def _is_number(part: Part) -> bool:
    return len(part.lines) == 1 and PAGE_NUMBER.fullmatch(part.lines[0].text.strip()) is not None


def _items(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Give the lines of each item of a list; nothing where the first line has no mark."""
    if not lines or not LIST_MARK.match(lines[0].text):
        return
    item: list[Line] = []
    for line in lines:
        if item and LIST_MARK.match(line.text):
            yield item
            item = []
        item.append(line)
    yield item


def _is_form(part: Part, in_fields: AbstractSet[int]) -> bool:
    words = [word for line in part.lines for word in line.words]
    return sum(id(word) in in_fields for word in words) >= FIELDS_SHARE * len(words)
