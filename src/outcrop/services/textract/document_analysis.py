"""AnalyzeDocument: tables, forms, layout and answers to questions, beside lines and words.

Source: https://docs.aws.amazon.com/textract/latest/dg/API_AnalyzeDocument.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.textract import shapes
from outcrop.services.textract.documents import document_file, engine_errors
from outcrop.services.textract.features import SYNCHRONOUS, wanted_of
from outcrop.services.textract.pages import read_single_page

MODEL_VERSION = "1.0"


@operation("AnalyzeDocument")
async def analyze_document(
    call: Call, request: shapes.AnalyzeDocumentRequest
) -> shapes.AnalyzeDocumentResponse:
    """Answer with the blocks of a page and of what was looked for on it."""
    refuse_people_and_adapters(request)
    wanted = wanted_of(request, kind=SYNCHRONOUS)
    engines = call.backends.engines
    async with document_file(call, request["Document"]) as document:
        page = await read_single_page(engines, document, needs_image=wanted.needs_image)
        with engine_errors():
            blocks = await wanted.find(page, engines, pages=1)
    return {
        "DocumentMetadata": {"Pages": 1},
        "Blocks": blocks,
        "AnalyzeDocumentModelVersion": MODEL_VERSION,
    }


def refuse_people_and_adapters(request: Mapping[str, Any]) -> None:
    """Refuse what needs people who review, or adapters that were trained: there are none.

    Raises:
        InvalidParameterException: The request asks for people, whom AWS lends to no new customers
            either, or it names adapters, none of whose versions is active.
    """
    if "HumanLoopConfig" in request:
        raise shapes.InvalidParameterException(
            "Nobody reviews documents here: leave HumanLoopConfig out."
        )
    if "AdaptersConfig" in request:
        named = ", ".join(
            f"{each['AdapterId']}, version {each['Version']}"
            for each in request["AdaptersConfig"]["Adapters"]
        )
        raise shapes.InvalidParameterException(
            f"AdaptersConfig names versions that are not ACTIVE, as none is trained here: {named}."
        )
