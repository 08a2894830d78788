"""Analyze Lending: pages of many kinds, told apart by rules and read as what they are.

Source: https://docs.aws.amazon.com/textract/latest/dg/lending-response-objects.html
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outcrop.engines.document_fields.interface import Choice, Field, PaperKind, Word
from outcrop.engines.document_fields.interface import mean_score as mean
from outcrop.engines.media.places import box_of, rectangle
from outcrop.operations import Call, operation
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.textract import shapes
from outcrop.services.textract.async_jobs import (
    STATES,
    Finder,
    api,
    find_job,
    start,
    told,
    told_without_results,
)
from outcrop.services.textract.blocks import geometry, percent
from outcrop.services.textract.expenses import expense_of
from outcrop.services.textract.forms import words_box
from outcrop.services.textract.identity import identity_of
from outcrop.services.textract.job_results import job_status
from outcrop.services.textract.pages import ReadPage
from outcrop.services.textract.selections import STATUS, find_ticked
from outcrop.services.textract.signatures import find_signatures

TYPES: Mapping[PaperKind, str] = {
    "identity": "IDENTITY_DOCUMENT",
    "invoice": "INVOICES",
    "receipt": "RECEIPTS",
    "W-2": "W_2",
    "W-9": "W_9",
    "1003": "1003",
    "1005": "1005",
    "1008": "1008",
    "1040": "1040",
    "1040 schedule C": "1040_SCHEDULE_C",
    "1040 schedule D": "1040_SCHEDULE_D",
    "1040 schedule E": "1040_SCHEDULE_E",
    "1065": "1065",
    "1099-DIV": "1099_DIV",
    "1099-G": "1099_G",
    "1099-INT": "1099_INT",
    "1099-NEC": "1099_NEC",
    "1099-R": "1099_R",
    "1120": "1120",
    "1120-S": "1120_S",
}
UNCLASSIFIED = "UNCLASSIFIED"
UNDETECTED = "undetected"
"""The number of a page that does not tell one."""
PAGE_NUMBER = re.compile(
    r"(?:page|p\.)?\s*(\d{1,4})(?:\s*(?:/|of|sur|de)\s*\d{1,4})?", re.IGNORECASE
)
EDGE = 0.1
"""Of the page's height, at its top and its bottom: where its number stands."""
MOST_RESULTS = 30
"""Of an answer of GetLendingAnalysis."""


async def _find(job: ServiceJob, page: ReadPage, _pages: int) -> list[Any]:
    kind = await job.call.backends.engines.document_fields.paper(page.lines)
    return [
        {
            "Page": page.number,
            "PageClassification": {
                "PageType": [{"Value": UNCLASSIFIED if kind is None else TYPES[kind]}],
                "PageNumber": [{"Value": _page_number(page)}],
            },
            "Extractions": [] if kind is None else [await _extraction(job.call, page, kind)],
        }
    ]


def _noted(result: Any) -> list[Any]:
    """Return what the summary wants of a page: its number, its type, and whether it is signed."""
    is_signed = any(
        each.get("LendingDocument", {}).get("SignatureDetections") for each in result["Extractions"]
    )
    return [result["Page"], result["PageClassification"]["PageType"][0]["Value"], is_signed]


LENDING_ANALYSIS = api(
    "StartLendingAnalysis",
    "lending-analysis-job",
    Finder(_find, needs_image=lambda _: True, note=_noted),
    member="Results",
    version="AnalyzeLendingModelVersion",
    most=MOST_RESULTS,
)


@operation("StartLendingAnalysis")
async def start_lending_analysis(
    call: Call, request: shapes.StartLendingAnalysisRequest
) -> shapes.StartLendingAnalysisResponse:
    """Begin to tell apart and read the pages of a document of S3."""
    return {"JobId": await start(call, LENDING_ANALYSIS, request)}


@operation("GetLendingAnalysis")
async def get_lending_analysis(
    call: Call, request: shapes.GetLendingAnalysisRequest
) -> shapes.GetLendingAnalysisResponse:
    """Answer with a job's state and, when it has ended, what some of its pages say."""
    return await told(call, LENDING_ANALYSIS, request)


@operation("GetLendingAnalysisSummary")
async def get_lending_analysis_summary(
    call: Call, request: shapes.GetLendingAnalysisSummaryRequest
) -> shapes.GetLendingAnalysisSummaryResponse:
    """Answer with a job's state and, when it has ended, its pages by their types."""
    document = await find_job(call, LENDING_ANALYSIS, request["JobId"])
    if document["status"] != STATES.done:
        return told_without_results(document)
    answer: Any = {
        "DocumentMetadata": {"Pages": document["pages"]},
        "JobStatus": job_status(document),
        "Summary": summary(document["notes"]),
        "AnalyzeLendingModelVersion": "1.0",
    }
    if document["warnings"]:
        answer["Warnings"] = document["warnings"]
    return answer


def summary(pages: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Return the `LendingSummary` of pages: their numbers, types, and whether they are signed.

    Pages of one type in a row are one document.
    """
    documents: dict[str, list[list[int]]] = {}
    signed: dict[str, list[int]] = {}
    for kind, group in itertools.groupby(pages, key=lambda each: each[1]):
        numbers: list[int] = []
        for number, _, *is_signed in group:
            numbers.append(number)
            if any(is_signed):
                signed.setdefault(kind, []).append(number)
        documents.setdefault(kind, []).append(numbers)
    known = {*TYPES.values(), UNCLASSIFIED}
    return {
        "DocumentGroups": [
            {
                "Type": kind,
                "SplitDocuments": [
                    {"Index": index, "Pages": numbers}
                    for index, numbers in enumerate(groups, start=1)
                ],
                **_detected(signed.get(kind, ())),
            }
            for kind, groups in documents.items()
        ],
        "UndetectedDocumentTypes": sorted(known - documents.keys()),
    }


def _detected(pages: Sequence[int]) -> dict[str, Any]:
    return {"DetectedSignatures": [{"Page": number} for number in pages]} if pages else {}


async def _extraction(call: Call, page: ReadPage, kind: PaperKind) -> dict[str, Any]:
    engines = call.backends.engines
    if kind == "identity":
        return {"IdentityDocument": await identity_of(call, [page], engines)}
    if kind in ("invoice", "receipt"):
        return {"ExpenseDocument": await expense_of(page, engines)}
    ticked = await find_ticked(page, engines)
    fields = await engines.document_fields.form(ticked.lines)
    signatures = [
        {"Confidence": percent(each.score), "Geometry": geometry(rectangle(each.box))}
        for each in await find_signatures(page, engines)
    ]
    return {
        "LendingDocument": {
            "LendingFields": list(_lending_fields(fields, ticked.choices)),
            "SignatureDetections": signatures,
        }
    }


def _lending_fields(fields: Sequence[Field], choices: Sequence[Choice]) -> Iterator[dict[str, Any]]:
    for field in fields:
        value = {"Text": field.text, **_place(field.value)}
        yield {"KeyDetection": _key(field.key), "ValueDetections": [value]}
    for choice in choices:
        checkbox = choice.checkbox
        value = {
            "SelectionStatus": STATUS[checkbox.is_ticked],
            "Geometry": geometry(rectangle(checkbox.box)),
            "Confidence": percent(checkbox.score),
        }
        yield {"KeyDetection": _key(choice.key), "ValueDetections": [value]}


def _key(words: Sequence[Word]) -> dict[str, Any]:
    return {"Text": " ".join(word.text for word in words), **_place(words)}


def _place(words: Sequence[Word]) -> dict[str, Any]:
    return {"Geometry": geometry(rectangle(words_box(words))), "Confidence": percent(mean(words))}


def _page_number(page: ReadPage) -> str:
    """Return the number that a page tells at its bottom, or else at its top."""
    at_edges = [
        found[1]
        for line in reversed(page.lines)
        for _, top, _, bottom in [box_of(line.polygon)]
        if (top > 1 - EDGE or bottom < EDGE) and (found := PAGE_NUMBER.fullmatch(line.text.strip()))
    ]
    return at_edges[0] if at_edges else UNDETECTED
