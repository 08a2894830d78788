"""What the words of a page mean by where they stand."""

from datetime import date
from typing import Literal

import pytest

from outcrop.engines.document_fields.by_rules import RuleFieldReader
from outcrop.engines.document_fields.labels import kind_of
from outcrop.engines.document_fields.machine_readable import Zone, read_zone
from outcrop.engines.media.places import rectangle
from outcrop.engines.ocr.interface import Line, Word
from tests.services.textract import papers

TODAY = date(2026, 11, 22)


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


async def fields(*lines: Line) -> list[tuple[str, str]]:
    return [(field.label, field.text) for field in await RuleFieldReader().form(lines)]


@pytest.mark.anyio
async def test_values_follow_stand_beside_or_below():
    found = await fields(
        line("Name: Ada Lovelace", 0.1, 0.1),
        line("Born:", 0.1, 0.2),
        line("1815", 0.3, 0.2),
        line("Address:", 0.1, 0.3),
        line("12 Quay Street", 0.1, 0.33),
    )

    assert found == [("Name", "Ada Lovelace"), ("Born", "1815"), ("Address", "12 Quay Street")]


@pytest.mark.anyio
async def test_a_line_may_hold_several_pairs():
    assert await fields(line("Date : 14 mars Total net : 12,00 €", 0.1, 0.1)) == [
        ("Date", "14 mars"),
        ("Total net", "12,00 €"),
    ]


@pytest.mark.anyio
async def test_a_sentence_with_a_colon_is_no_label():
    assert await fields(line("We all agreed upon what was said: nothing", 0.1, 0.1)) == []


def test_labels_name_kinds_in_both_languages():
    synonyms: dict[Literal["total", "due date"], tuple[str, ...]] = {
        "total": ("total", "montant total"),
        "due date": ("date d echeance",),
    }

    assert kind_of("Date d'échéance", synonyms) == ("due date", 1.0)
    assert kind_of("Montant total TTC", synonyms) == ("total", 2 / 3)
    assert kind_of("Colour", synonyms) == (None, 1.0)


def test_the_zone_of_a_card():
    lines = [
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    ]

    assert read_zone(["UTOPIA", *lines], TODAY) == Zone(
        "card",
        [1, 2, 3],
        {
            "first name": "ANNA",
            "middle name": "MARIA",
            "last name": "ERIKSSON",
            "document number": "D23145890",
            "date of birth": "740812",
            "expiration date": "120415",
        },
        {"date of birth": date(1974, 8, 12), "expiration date": date(2012, 4, 15)},
    )


def test_a_zone_with_a_wrong_digit_says_nothing():
    names, data = papers.PASSPORT_ZONE

    assert read_zone([names, data.replace("7408122", "7408123")], TODAY) is None
