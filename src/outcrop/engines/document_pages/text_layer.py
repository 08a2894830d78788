"""The text layer of a PDF's page, in lines and words.

Source: https://pdfium.googlesource.com/pdfium/+/main/public/fpdf_text.h
"""

import ctypes
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pypdfium2  # pyright: ignore[reportMissingTypeStubs]: it ships none
import pypdfium2.raw  # pyright: ignore[reportMissingTypeStubs]: it ships none

_pdfium: Any = pypdfium2
_raw: Any = pypdfium2.raw

Box: TypeAlias = tuple[float, float, float, float]

GAP = 1.2
"""Words that are further apart than this many heights stand in lines of their own: columns."""
ROW_OVERLAP = 0.5
"""Characters of a line share at least this part of their heights."""
DEVICE = 1_000_000
"""Of a device as wide and as high, on which places are computed."""
UNREADABLE = frozenset(("\ufffd", "\ufffe"))
UPRIGHT_COSINE = 0.7
"""Of the angle at which text stands: less than 45 degrees."""
LEAST_WORDS = 8
SHORTEST_MEAN = 1.5
"""Characters of a word, on average, where words hold together."""
PICTURE_SHARE = 0.5
"""A page of which pictures cover more is a scan: its text, if any, is somebody else's guess."""


@dataclass(slots=True)
class LaidWord:
    """A word and its place."""

    text: str
    box: Box


def lines_of(page: Any) -> list[list[LaidWord]] | None:
    """Return the words of a page line by line; `None` where its text cannot be relied on."""
    if _picture_share(page) > PICTURE_SHARE:
        return None
    textpage = page.get_textpage()
    try:
        if not _is_upright(page, textpage):
            return None
        words = list(_words(page, textpage))
    finally:
        textpage.close()
    texts = [word.text for row in words for word in row]
    if not texts or any(map(_is_unreadable, texts)) or _fell_apart(texts):
        return None
    return words


def _is_upright(page: Any, textpage: Any) -> bool:
    """Tell whether most characters stand upright on the page as it is seen."""
    rotation = math.radians(page.get_rotation())
    upright = seen = 0
    for at in range(textpage.count_chars()):
        if _raw.FPDFText_IsGenerated(textpage.raw, at) == 1:
            continue
        # Both clockwise; the angle is -1 where there is none.
        turned = max(_raw.FPDFText_GetCharAngle(textpage.raw, at), 0)
        seen += 1
        upright += math.cos(turned + rotation) > UPRIGHT_COSINE
    return 2 * upright >= seen


def _fell_apart(texts: Sequence[str]) -> bool:
    """Tell whether most words did, as those of lines that are written downwards."""
    return len(texts) >= LEAST_WORDS and sum(map(len, texts)) < SHORTEST_MEAN * len(texts)


def _is_unreadable(text: str) -> bool:
    return any(each in UNREADABLE or "\ue000" <= each <= "\uf8ff" for each in text)


def _picture_share(page: Any) -> float:
    width, height = page.get_size()
    area = 0.0
    for each in page.get_objects(filter=[_raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = each.get_bounds()
        area += (min(right, width) - max(left, 0)) * (min(top, height) - max(bottom, 0))
    return area / (width * height) if width and height else 0.0


def _words(page: Any, textpage: Any) -> Iterator[list[LaidWord]]:
    """Give the lines: parted where the file parts them, and where there is much room."""
    line: list[LaidWord] = []
    word: LaidWord | None = None
    for character, box in _characters(page, textpage):
        if box is None or character.isspace():
            word = None
            continue
        if word is not None and _goes_on(word.box, box):
            word.text += character
            word.box = _around(word.box, box)
            continue
        if line and not _is_next(line[-1].box, box):
            yield line
            line = []
        word = LaidWord(character, box)
        line.append(word)
    if line:
        yield line


def _goes_on(before: Box, box: Box) -> bool:
    """Tell whether a character belongs to the word before, with no space told between them."""
    return _in_row(before, box) and box[0] - before[2] < (before[3] - before[1])


def _is_next(before: Box, box: Box) -> bool:
    """Tell whether a word stands behind another in a line."""
    height = max(before[3] - before[1], box[3] - box[1])
    return _in_row(before, box) and -height < box[0] - before[2] < GAP * height


def _in_row(one: Box, other: Box) -> bool:
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return shared > ROW_OVERLAP * min(one[3] - one[1], other[3] - other[1])


def _around(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _characters(page: Any, textpage: Any) -> Iterator[tuple[str, Box | None]]:
    """Give the characters and their places in points from the top left; made-up ones have none."""
    width, height = page.get_size()
    for at in range(textpage.count_chars()):
        code = _raw.FPDFText_GetUnicode(textpage.raw, at)
        if not code or _raw.FPDFText_IsGenerated(textpage.raw, at) == 1:
            yield " ", None
            continue
        left, bottom, right, top = textpage.get_charbox(at, loose=True)
        corners = [_place(page, left, top), _place(page, right, bottom)]
        if not _is_seen(corners):
            yield " ", None
            continue
        xs, ys = [x * width for x, _ in corners], [y * height for _, y in corners]
        yield _character(code), (min(xs), min(ys), max(xs), max(ys))


def _is_seen(corners: Sequence[tuple[float, float]]) -> bool:
    """Tell whether something between two corners lies on the page."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs) < 1 and max(xs) > 0 and min(ys) < 1 and max(ys) > 0


def _character(code: int) -> str:
    return "-" if code == 2 else chr(code)  # PDFium's mark of a hyphen at a line's end.


def _place(page: Any, x: float, y: float) -> tuple[float, float]:
    """Return a point of the file's coordinates as shares of the page as it is seen."""
    seen_x, seen_y = ctypes.c_int(), ctypes.c_int()
    _raw.FPDF_PageToDevice(
        page.raw, 0, 0, DEVICE, DEVICE, 0, x, y, ctypes.byref(seen_x), ctypes.byref(seen_y)
    )
    return seen_x.value / DEVICE, seen_y.value / DEVICE
