"""The machine-readable zone of passports and identity cards, with its check digits.

Source: https://www.icao.int/publications/Documents/9303_p3_cons_en.pdf
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from outcrop.engines.document_fields.interface import IdentityKind

WEIGHTS = (7, 3, 1)
PASSPORT_NAMES = re.compile(r"P[A-Z<]([A-Z<]{3})([A-Z]+(?:<[A-Z]+)*)<<([A-Z]+(?:<[A-Z]+)*)?<*")
PASSPORT_DATA = re.compile(r"([A-Z0-9<]{9})(\d)([A-Z<]{3})(\d{6})(\d)([MFX<])(\d{6})(\d)[A-Z0-9<]*")
CARD_NUMBER = re.compile(r"[ACI][A-Z0-9<]([A-Z<]{3})([A-Z0-9<]{9})(\d)[A-Z0-9<]*")
CARD_DATA = re.compile(r"(\d{6})(\d)([MFX<])(\d{6})(\d)([A-Z<]{3})[A-Z0-9<]*")
CARD_NAMES = re.compile(r"([A-Z]+(?:<[A-Z]+)*)<<([A-Z]+(?:<[A-Z]+)*)?<*")
SHORTEST_LINE = 20


@dataclass(frozen=True, slots=True)
class Zone:
    """What a zone says; its check digits are right."""

    kind: Literal["passport", "card"]
    lines: Sequence[int]
    """Which of the lines that were given make it."""
    values: Mapping[IdentityKind, str]
    """Dates as they stand."""
    dates: Mapping[IdentityKind, date]
    """Those of the values that are dates."""


def read_zone(lines: Sequence[str], today: date) -> Zone | None:
    """Return what the machine-readable zone among lines says; `None` where there is none.

    Args:
        lines: Of the page, from top to bottom.
        today: Nobody is born later; two digits tell no century.
    """
    texts = [(at, line.replace(" ", "").upper()) for at, line in enumerate(lines)]
    zone = [(at, text) for at, text in texts if "<" in text and len(text) >= SHORTEST_LINE]
    for (first, names), (second, data) in itertools.pairwise(zone):
        if (n := PASSPORT_NAMES.fullmatch(names)) and (d := PASSPORT_DATA.fullmatch(data)):
            number, birth, expiry = (d[1], d[2]), (d[4], d[5]), (d[7], d[8])
            if all(check_digit(text) == digit for text, digit in (number, birth, expiry)):
                dates = _dates(birth[0], expiry[0], today)
                values = _values(n[2], n[3], number[0], birth[0], expiry[0])
                return Zone("passport", (first, second), values, dates) if dates else None
    for triple in zip(zone, zone[1:], zone[2:], strict=False):
        if card := _card(triple, today):
            return card
    return None


def has_zone(lines: Sequence[str]) -> bool:
    """Tell whether there is a machine-readable zone among lines whose check digits are right."""
    return read_zone(lines, date.max) is not None


def _card(lines: Sequence[tuple[int, str]], today: date) -> Zone | None:
    (_, top), (_, middle), (_, bottom) = lines
    n, d = CARD_NUMBER.fullmatch(top), CARD_DATA.fullmatch(middle)
    names = CARD_NAMES.fullmatch(bottom)
    if not (n and d and names):
        return None
    checked = ((n[2], n[3]), (d[1], d[2]), (d[4], d[5]))
    dates = _dates(d[1], d[4], today)
    if dates is None or any(check_digit(text) != digit for text, digit in checked):
        return None
    values = _values(names[1], names[2], n[2], d[1], d[4])
    return Zone("card", [at for at, _ in lines], values, dates)


def check_digit(text: str) -> str:
    """Return the check digit of a field."""
    total = sum(
        (0 if each == "<" else int(each, 36)) * WEIGHTS[at % 3] for at, each in enumerate(text)
    )
    return str(total % 10)


def _values(
    last: str, given: str | None, number: str, birth: str, expiry: str
) -> dict[IdentityKind, str]:
    first, *middle = (given or "").split("<")
    values: dict[IdentityKind, str] = {
        "first name": first,
        "middle name": " ".join(middle),
        "last name": last.replace("<", " "),
        "document number": number.strip("<"),
        "date of birth": birth,
        "expiration date": expiry,
    }
    return {name: value for name, value in values.items() if value}


def _dates(birth: str, expiry: str, today: date) -> dict[IdentityKind, date] | None:
    """Return both dates; `None` where one of them is none."""
    try:
        born = _date(birth, 2000)
        if born > today:
            born = _date(birth, 1900)
        return {"date of birth": born, "expiration date": _date(expiry, 2000)}
    except ValueError:
        return None


def _date(text: str, century: int) -> date:
    return date(century + int(text[:2]), int(text[2:4]), int(text[4:]))
