"""AnalyzeID: what passports and identity cards say, in Textract's words.

Source: https://docs.aws.amazon.com/textract/latest/dg/identitydocumentfields.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.engines.document_fields.interface import IdentityField, IdentityKind, mean_score
from outcrop.operations import Call, operation
from outcrop.operations.backends import Engines
from outcrop.services.textract import shapes
from outcrop.services.textract.blocks import PageBlocks, percent
from outcrop.services.textract.documents import document_file
from outcrop.services.textract.pages import ReadPage, read_single_page

MODEL_VERSION = "1.0"
TYPES: Mapping[IdentityKind, str] = {
    "first name": "FIRST_NAME",
    "last name": "LAST_NAME",
    "middle name": "MIDDLE_NAME",
    "suffix": "SUFFIX",
    "date of birth": "DATE_OF_BIRTH",
    "place of birth": "PLACE_OF_BIRTH",
    "document number": "DOCUMENT_NUMBER",
    "expiration date": "EXPIRATION_DATE",
    "date of issue": "DATE_OF_ISSUE",
    "address": "ADDRESS",
    "class": "CLASS",
    "endorsements": "ENDORSEMENTS",
    "restrictions": "RESTRICTIONS",
    "county": "COUNTY",
    "zone": "MRZ_CODE",
    "passport": "ID_TYPE",
    "driving licence": "ID_TYPE",
}
ALL_TYPES = (
    *("FIRST_NAME", "LAST_NAME", "MIDDLE_NAME", "SUFFIX"),
    *("CITY_IN_ADDRESS", "ZIP_CODE_IN_ADDRESS", "STATE_IN_ADDRESS", "STATE_NAME"),
    *("DOCUMENT_NUMBER", "EXPIRATION_DATE", "DATE_OF_BIRTH", "DATE_OF_ISSUE", "ID_TYPE"),
    *("ENDORSEMENTS", "VETERAN", "RESTRICTIONS", "CLASS", "ADDRESS", "COUNTY"),
    *("PLACE_OF_BIRTH", "MRZ_CODE"),
)
"""In the order in which Textract tells them, those that a paper does not have, too."""
PAPERS: Mapping[IdentityKind, str] = {
    "passport": "PASSPORT",
    "driving licence": "DRIVER LICENSE FRONT",
}
"""What `ID_TYPE` says."""


@operation("AnalyzeID")
async def analyze_id(call: Call, request: shapes.AnalyzeIDRequest) -> shapes.AnalyzeIDResponse:
    """Answer with the fields of a document, whose two sides may be given."""
    pages: list[ReadPage] = []
    for number, document in enumerate(request["DocumentPages"], start=1):
        async with document_file(call, document) as path:
            page = await read_single_page(call.backends.engines, path, needs_image=False)
            pages.append(ReadPage(number, page.image, page.lines))
    document: Any = await identity_of(call, pages, call.backends.engines)
    return {
        "IdentityDocuments": [document],
        "DocumentMetadata": {"Pages": len(pages)},
        "AnalyzeIDModelVersion": MODEL_VERSION,
    }


async def identity_of(call: Call, pages: Sequence[ReadPage], engines: Engines) -> dict[str, Any]:
    """Return the `IdentityDocument` that the sides of a paper make."""
    today = call.backends.now().date()
    fields: dict[str, dict[str, Any]] = {}
    blocks: list[Any] = []
    for page in pages:
        for field in await engines.document_fields.identity(page.lines, today):
            fields.setdefault(TYPES[field.kind], _detection(field))
        blocks += PageBlocks(page).all()
    words = [word for page in pages for line in page.lines for word in line.words]
    # That there is no such field is as sure as what was read instead.
    absent = {"Text": "", **({"Confidence": percent(mean_score(words))} if words else {})}
    told = [
        {"Type": {"Text": kind}, "ValueDetection": fields.get(kind, absent)} for kind in ALL_TYPES
    ]
    return {"DocumentIndex": 1, "IdentityDocumentFields": told, "Blocks": blocks}


def _detection(field: IdentityField) -> dict[str, Any]:
    detection: dict[str, Any] = {
        "Text": PAPERS.get(field.kind, field.text),
        "Confidence": percent(mean_score(field.words)),
    }
    if field.day is not None:
        value = f"{field.day.isoformat()}T00:00:00"
        detection["NormalizedValue"] = {"Value": value, "ValueType": "DATE"}
    return detection
