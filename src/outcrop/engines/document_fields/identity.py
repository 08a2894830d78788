"""Passports and cards: the machine-readable zone goes before what labels say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from outcrop.engines.document_fields.interface import IdentityField, IdentityKind, Line, text_of
from outcrop.engines.document_fields.labels import find_labelled, plain
from outcrop.engines.document_fields.machine_readable import read_zone

LABELS: Mapping[IdentityKind, Sequence[str]] = {
    "first name": ("first name", "given name", "given names", "fn", "prenom", "prenoms"),
    "last name": ("last name", "surname", "family name", "ln", "nom", "nom de famille"),
    "middle name": ("middle name",),
    "suffix": ("suffix",),
    "date of birth": ("date of birth", "birth date", "dob", "date de naissance", "ne le", "nee le"),
    "place of birth": ("place of birth", "lieu de naissance"),
    "document number": (
        *("document number", "document no", "passport no", "passport number", "licence number"),
        *("license number", "dl", "dl no", "id no", "no du document", "numero du document"),
    ),
    "expiration date": (
        *("expiration date", "date of expiry", "expiry date", "expires", "exp"),
        *("date d expiration", "valable jusqu au"),
    ),
    "date of issue": ("date of issue", "issue date", "iss", "date de delivrance", "delivre le"),
    "address": ("address", "adresse"),
    "class": ("class", "classe"),
    "endorsements": ("endorsements", "end"),
    "restrictions": ("restrictions", "rest"),
    "county": ("county",),
}
DATES = frozenset(("date of birth", "expiration date", "date of issue"))
LICENCES = ("driver license", "driver s license", "driving licence", "permis de conduire")
YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})")
YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")


def read_identity(lines: Sequence[Line], today: date) -> Iterator[IdentityField]:
    """Give what a side says, the surest first; see `FieldReader.identity`."""
    yield from _zone_fields(lines, today)
    for each in find_labelled(lines, LABELS):
        if each.kind is not None:
            text = text_of(each.value)
            day = _day(text) if each.kind in DATES else None
            yield IdentityField(each.kind, text, each.value, day)
    words = [word for line in lines for word in line.words]
    text = plain(text_of(words))
    if any(name in text for name in LICENCES):
        yield IdentityField("driving licence", text, words)


def _zone_fields(lines: Sequence[Line], today: date) -> Iterator[IdentityField]:
    zone = read_zone([line.text for line in lines], today)
    if zone is None:
        return
    of_zone = [lines[at] for at in zone.lines]
    words = [word for line in of_zone for word in line.words]
    for kind, value in zone.values.items():
        yield IdentityField(kind, value, words, zone.dates.get(kind))
    whole = "\n".join(line.text for line in of_zone)
    yield IdentityField("zone", whole, words)
    if zone.kind == "passport":
        yield IdentityField("passport", whole, words)


def _day(text: str) -> date | None:
    """Return the date that a text names; `None` where it names none, or could name two."""
    try:
        if found := YEAR_FIRST.search(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := YEAR_LAST.search(text):
            first, second, year = int(found[1]), int(found[2]), int(found[3])
            if first > 12 or first == second:
                return date(year, second, first)
            return date(year, first, second) if second > 12 else None
    except ValueError:
        return None
    return None
