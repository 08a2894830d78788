"""The order of a page's parts, and labels in lines."""

from outcrop.engines.document_pages.interface import Box
from outcrop.engines.ocr.interface import Line, Word
from outcrop.services.textract.forms import find_pairs
from outcrop.services.textract.labels import type_of
from outcrop.services.textract.pages import ReadPage, rectangle
from outcrop.services.textract.reading_order import in_reading_order

TITLE: Box = (0.1, 0.05, 0.9, 0.1)
LEFT: Box = (0.1, 0.15, 0.45, 0.5)
LEFT_BELOW: Box = (0.1, 0.55, 0.45, 0.8)
RIGHT: Box = (0.55, 0.15, 0.9, 0.52)
RIGHT_BELOW: Box = (0.55, 0.6, 0.9, 0.8)
FOOT: Box = (0.1, 0.9, 0.9, 0.95)


def order(*boxes: Box) -> list[Box]:
    return in_reading_order(boxes, lambda box: box)


def line(text: str, x: float, y: float) -> Line:
    words: list[Word] = []
    for word in text.split():
        box = (x, y, x + 0.01 * len(word), y + 0.02)
        words.append(Word(text=word, score=1.0, polygon=rectangle(box)))
        x = box[2] + 0.01
    whole = (words[0].polygon[0][0], y, x, y + 0.02)
    return Line(
        text=text, score=1.0, polygon=rectangle(whole), words=tuple(words), rotation_degrees=0.0
    )


def pairs(*lines: Line) -> list[tuple[str, str]]:
    return [(pair.label, pair.text) for pair in find_pairs(ReadPage(1, b"", lines))]


def test_a_column_is_read_to_its_end():
    parts = (FOOT, RIGHT_BELOW, RIGHT, LEFT_BELOW, LEFT, TITLE)

    assert order(*parts) == [TITLE, LEFT, LEFT_BELOW, RIGHT, RIGHT_BELOW, FOOT]


def test_no_parts_and_one():
    assert (order(), order(TITLE)) == ([], [TITLE])


def test_values_follow_stand_beside_or_below():
    found = pairs(
        line("Name: Ada Lovelace", 0.1, 0.1),
        line("Born:", 0.1, 0.2),
        line("1815", 0.3, 0.2),
        line("Address:", 0.1, 0.3),
        line("12 Quay Street", 0.1, 0.33),
    )

    assert found == [("Name", "Ada Lovelace"), ("Born", "1815"), ("Address", "12 Quay Street")]


def test_a_line_may_hold_several_pairs():
    assert pairs(line("Date : 14 mars Total net : 12,00 €", 0.1, 0.1)) == [
        ("Date", "14 mars"),
        ("Total net", "12,00 €"),
    ]


def test_a_sentence_with_a_colon_is_no_label():
    assert pairs(line("We all agreed upon what was said: nothing", 0.1, 0.1)) == []


def test_labels_name_types_in_both_languages():
    synonyms = {"TOTAL": ("total", "montant total"), "DUE_DATE": ("date d echeance",)}

    assert type_of("Date d'échéance", synonyms) == ("DUE_DATE", 1.0)
    assert type_of("Montant total TTC", synonyms) == ("TOTAL", 2 / 3)
    assert type_of("Colour", synonyms) == ("OTHER", 1.0)
