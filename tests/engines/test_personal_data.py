"""Checksums, and places that never meet."""

import itertools
from collections.abc import Callable

import pytest

from outcrop.engines.personal_data import checksums
from outcrop.engines.personal_data.finding import find
from outcrop.engines.personal_data.spoken import SpokenWord, as_said, as_written


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (checksums.luhn, "4111 1111 1111 1111", "4111 1111 1111 1112"),
        (checksums.luhn, "378282246310005", "000000000000000"),
        (checksums.iban, "GB82 WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 33"),
        (checksums.french_nir, "2 84 05 75 116 042 17", "2 84 05 75 116 042 18"),
        (checksums.french_nir, "1 80 05 2A 004 012 24", "1 80 05 2B 004 012 24"),
        (checksums.us_ssn, "123-45-6789", "666-45-6789"),
        (checksums.us_itin, "900-70-0000", "900-49-0000"),
        (checksums.aba_routing, "021000021", "021000022"),
        (checksums.uk_nhs, "943 476 5919", "943 476 5918"),
        (checksums.verhoeff, "2363", "2364"),
        (checksums.vehicle, "1HGBH41JXMN109186", "1HGBH41J0MN109186"),
        (checksums.ip_address, "2001:db8::1", "1::2::3"),
    ],
)
def test_checksums(check: Callable[[str], bool], right: str, wrong: str):
    assert (check(right), check(wrong)) == (True, False)


def test_findings_stand_in_order_and_never_meet():
    text = "Card 4111 1111 1111 1111, account number 4111111111111111, call +33 1 42 68 53 00."

    places = [(one.begin, one.end) for one in find(text, language="en")]

    assert places == sorted(places)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(places))


NO_BREAKS = "1 84 12 76 451 089 46".replace(" ", "\u00a0")


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Marie est le 1 84 12 76 451 089 46, merci", "1 84 12 76 451 089 46"),
        ("Marie est le 184127645108946", "184127645108946"),
        (f"NIR {NO_BREAKS}", NO_BREAKS),
        ("sécurité sociale n° 1 84 12 76 451 089 99", "1 84 12 76 451 089 99"),
        ("numéro de sécurité sociale : 1 84 12 76 451 089", "1 84 12 76 451 089"),
        ("commande 184127645108947", ""),
    ],
)
def test_french_social_security_numbers(language: str, text: str, number: str):
    found = [(one.kind, text[one.begin : one.end]) for one in find(text, language=language)]

    assert found == ([("french_nir", number)] if number else [])


def test_what_is_no_telephone_number_is_none():
    found = find("Call 000-000-0000 or 12345678901234.", language="en")

    assert [one.kind for one in found] == []


def spoken(text: str) -> list[SpokenWord]:
    """Return words, each with the mark behind it."""
    words = text.split()
    return [SpokenWord(word.rstrip(".,?"), word[len(word.rstrip(".,?")) :]) for word in words]


@pytest.mark.parametrize(
    ("language", "said", "written"),
    [
        ("en", "My card is four one 11, double 1 1-1.", "My card is 41111111."),
        ("en", "It ends in forty two. Three people came", "It ends in 42. Three people came"),
        ("en", "forty one twenty-three oh five", "412305"),
        ("en", "Write to ann dot lee at example dot com.", "Write to ann.lee@example.com."),
        ("en", "Write to Ann.Lee at example.com today", "Write to Ann.Lee@example.com today"),
        ("en", "One of us is at home", "One of us is at home"),
        ("fr", "le zéro six, douze 34, quatre-vingt-dix-neuf", "le 06123499"),
        ("fr", "le 0-6-12-34, 5,6.", "le 06123456."),
        ("de", "die vier 1 1", "die vier 11"),
    ],
)
def test_dictated_figures_and_addresses_are_written_as_one(language: str, said: str, written: str):
    assert as_written(spoken(said), language=language).text == written


def test_each_letter_tells_which_word_it_is_from():
    written = as_written(spoken("Call five five five, please"), language="en")

    assert written.text == "Call 555, please"
    assert written.words == [0, 0, 0, 0, 1, 1, 2, 3, 3, 4, 4, 4, 4, 4, 4, 4]


@pytest.mark.parametrize(
    ("language", "said", "kinds"),
    [
        ("en", "My card number is 4111 1111 111 1111.", ["card_number"]),
        ("en", "my social is six six six forty five six seven eight nine", ["us_ssn"]),
        ("en", "Call me back at five five five zero one four three", ["phone"]),
        ("en", "the C-V-V is one two three", ["card_code"]),
        ("en", "We sold 555 of 4111 cards in 1999 1234 days", []),
        ("fr", "mon numéro de sécu est le 2 84 05 75 116 042 18", ["french_nir"]),
        ("fr", "sur mon compte 000 123 456 789", ["bank_account"]),
    ],
)
def test_dictated_numbers_are_found_though_their_checksums_are_wrong(
    language: str, said: str, kinds: list[str]
):
    written = as_written(spoken(said), language=language)

    found = find(written.text, language=language, is_spoken=True)

    assert [one.kind for one in found] == kinds
    assert as_said(spoken(said)).text == said
