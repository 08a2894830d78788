"""Checksums, and places that never meet."""

import itertools
from collections.abc import Callable

import pytest

from outcrop.engines.personal_data import checksums
from outcrop.engines.personal_data.finding import find


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


def test_what_is_no_telephone_number_is_none():
    found = find("Call 000-000-0000 or 12345678901234.", language="en")

    assert [one.kind for one in found] == []
