"""AnalyzeID: what passports and identity cards say.

The machine-readable zone, whose check digits must be right, goes before what labels say.

Source: https://docs.aws.amazon.com/textract/latest/dg/identitydocumentfields.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from outcrop.engines.ocr.interface import Word
from outcrop.operations import Call, operation
from outcrop.services.textract import shapes
from outcrop.services.textract.blocks import PageBlocks, percent
from outcrop.services.textract.documents import document_file
from outcrop.services.textract.forms import mean_score
from outcrop.services.textract.labels import UNKNOWN, find_labelled, plain
from outcrop.services.textract.machine_readable import read_zone
from outcrop.services.textract.pages import ReadPage, read_single_page

MODEL_VERSION = "1.0"
LABELS: Mapping[str, Sequence[str]] = {
    "FIRST_NAME": ("first name", "given name", "given names", "fn", "prenom", "prenoms"),
    "LAST_NAME": ("last name", "surname", "family name", "ln", "nom", "nom de famille"),
    "MIDDLE_NAME": ("middle name",),
    "SUFFIX": ("suffix",),
    "DATE_OF_BIRTH": ("date of birth", "birth date", "dob", "date de naissance", "ne le", "nee le"),
    "PLACE_OF_BIRTH": ("place of birth", "lieu de naissance"),
    "DOCUMENT_NUMBER": (
        *("document number", "document no", "passport no", "passport number", "licence number"),
        *("license number", "dl", "dl no", "id no", "no du document", "numero du document"),
    ),
    "EXPIRATION_DATE": (
        *("expiration date", "date of expiry", "expiry date", "expires", "exp"),
        *("date d expiration", "valable jusqu au"),
    ),
    "DATE_OF_ISSUE": ("date of issue", "issue date", "iss", "date de delivrance", "delivre le"),
    "ADDRESS": ("address", "adresse"),
    "CLASS": ("class", "classe"),
    "ENDORSEMENTS": ("endorsements", "end"),
    "RESTRICTIONS": ("restrictions", "rest"),
    "COUNTY": ("county",),
}
DATES = frozenset(("DATE_OF_BIRTH", "EXPIRATION_DATE", "DATE_OF_ISSUE"))
LICENCES = ("driver license", "driver s license", "driving licence", "permis de conduire")
YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})")
YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")


@operation("AnalyzeID")
async def analyze_id(call: Call, request: shapes.AnalyzeIDRequest) -> shapes.AnalyzeIDResponse:
    """Answer with the fields of a document, whose two sides may be given."""
    pages: list[ReadPage] = []
    for number, document in enumerate(request["DocumentPages"], start=1):
        async with document_file(call, document) as path:
            page = await read_single_page(call.backends.engines, path, needs_image=False)
            pages.append(ReadPage(number, page.image, page.lines))
    fields: dict[str, dict[str, Any]] = {}
    blocks: list[Any] = []
    for page in pages:
        for kind, detection in _fields(page, call.backends.now().date()):
            fields.setdefault(kind, detection)
        blocks += PageBlocks(page).all()
    told: list[Any] = [
        {"Type": {"Text": kind}, "ValueDetection": detection} for kind, detection in fields.items()
    ]
    return {
        "IdentityDocuments": [
            {"DocumentIndex": 1, "IdentityDocumentFields": told, "Blocks": blocks}
        ],
        "DocumentMetadata": {"Pages": len(pages)},
        "AnalyzeIDModelVersion": MODEL_VERSION,
    }


def _fields(page: ReadPage, today: date) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of a side with their values, the surest ones first."""
    yield from _zone_fields(page, today)
    for each in find_labelled(page, LABELS):
        if each.type != UNKNOWN:
            text = " ".join(word.text for word in each.value)
            day = _day(text) if each.type in DATES else None
            yield each.type, _detection(text, each.value, day)
    words = [word for line in page.lines for word in line.words]
    if any(name in plain(" ".join(word.text for word in words)) for name in LICENCES):
        yield "ID_TYPE", _detection("DRIVER LICENSE FRONT", words, None)


def _zone_fields(page: ReadPage, today: date) -> Iterator[tuple[str, dict[str, Any]]]:
    zone = read_zone([line.text for line in page.lines], today)
    if zone is None:
        return
    lines = [page.lines[at] for at in zone.lines]
    words = [word for line in lines for word in line.words]
    for kind, value in zone.values.items():
        yield kind, _detection(value, words, zone.dates.get(kind))
    yield "MRZ_CODE", _detection("\n".join(line.text for line in lines), words, None)
    if zone.kind == "PASSPORT":
        yield "ID_TYPE", _detection("PASSPORT", words, None)


def _detection(text: str, words: Sequence[Word], day: date | None) -> dict[str, Any]:
    detection: dict[str, Any] = {"Text": text, "Confidence": percent(mean_score(words))}
    if day is not None:
        value = f"{day.isoformat()}T00:00:00"
        detection["NormalizedValue"] = {"Value": value, "ValueType": "DATE"}
    return detection


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
