"""What is written, as it is read aloud."""

import pytest

from outcrop.engines.text_to_speech.words import english, french


def said(text: str, language: str) -> str:
    read = {"en": english.read, "fr": french.read}[language]
    return " ".join(word for token in read(text) for word in token.words)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("0 and 21", "zero and twenty one"),
        ("1,234,567", "one million two hundred thirty four thousand five hundred sixty seven"),
        ("-3.14", "minus three point one four"),
        ("in 1984 and 2026", "in nineteen eighty four and twenty twenty six"),
        ("the 1990s", "the nineteen nineties"),
        ("21st", "twenty first"),
        ("2/3", "two thirds"),
        ("$12.50", "twelve dollars and fifty cents"),
        ("$1.01", "one dollar and one cent"),
        ("£5.2 million", "five point two million pounds"),
        ("March 3, 2026", "March third twenty twenty six"),
        ("3/4/2026", "March fourth twenty twenty six"),
        ("2026-11-23", "November twenty third twenty twenty six"),
        ("3:05 p.m.", "three oh five P M"),
        ("12%", "twelve percent"),
        ("1 km, 5 kg", "one kilometer five kilograms"),
        ("-5°C", "minus five degrees Celsius"),
        ("Dr. Who vs. Mr. X", "doctor Who versus mister X"),
        ("555-123-4567", "five five five , one two three , four five six seven"),
        ("a@b.org", "a at b dot org"),
        ("007", "zero zero seven"),
    ],
)
def test_english_is_read_aloud(written: str, spoken: str) -> None:
    assert said(written, "en") == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("71 et 80", "soixante et onze et quatre-vingt"),
        ("91", "quatre-vingt-onze"),
        ("1 234 567", "un million deux cent trente-quatre mille cinq cent soixante-sept"),
        ("3,14", "trois virgule quatorze"),
        ("3,05", "trois virgule zéro cinq"),
        ("12,50 €", "douze euros cinquante"),
        ("1 €", "un euro"),
        ("5,2 M€", "cinq virgule deux millions d'euros"),
        ("le 1er mars 2026", "le premier mars deux mille vingt-six"),
        ("le 23/11/2026", "le vingt-trois novembre deux mille vingt-six"),
        ("14h30", "quatorze heures trente"),
        ("1 h", "une heure"),
        ("12 %", "douze pour cent"),
        ("21 t", "vingt et une tonnes"),
        ("M. et Mme Dupont", "monsieur et madame Dupont"),
        ("XIXe siècle", "dix-neuvième siècle"),
        ("2e, 1re, 81e, 95e", "deuxième première quatre-vingt-unième quatre-vingt-quinzième"),
        ("06 12 34 56 78", "zéro six , douze , trente-quatre , cinquante-six , soixante-dix-huit"),
        ("n° 7", "numéro sept"),
    ],
)
def test_french_is_read_aloud(written: str, spoken: str) -> None:
    assert said(written, "fr") == spoken


@pytest.mark.parametrize("language", ["en", "fr"])
def test_tokens_stand_where_they_were_read(language: str) -> None:
    text = "Hé, 12 km… ok?\n\nFin."
    read = {"en": english.read, "fr": french.read}[language]

    pieces = [text[token.start : token.end] for token in read(text)]

    assert pieces == ["Hé", ",", "12 km", "…", "ok", "?", "", "Fin", "."]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_any_text_is_read(language: str) -> None:
    text = "".join(map(chr, range(0x20, 0x2100))) + "1" * 3000 + "," * 300 + " ".join("a.b@" * 99)

    assert said(text, language)
