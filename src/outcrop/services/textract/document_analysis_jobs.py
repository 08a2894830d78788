"""Tables, forms, layout and answers in documents with many pages, in the background.

Source: https://docs.aws.amazon.com/textract/latest/dg/API_StartDocumentAnalysis.html
"""

from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.textract import shapes
from outcrop.services.textract.async_jobs import Finder, api, start, told
from outcrop.services.textract.document_analysis import refuse_people_and_adapters
from outcrop.services.textract.features import ASYNCHRONOUS, Wanted, wanted_of
from outcrop.services.textract.pages import ReadPage


def _wanted(job: ServiceJob) -> Wanted:
    return wanted_of(job.document["asked"], kind=ASYNCHRONOUS)


async def _find(job: ServiceJob, page: ReadPage, pages: int) -> list[Any]:
    return await _wanted(job).find(page, job.call.backends.engines, pages=pages)


def _wrong_pages(job: ServiceJob, pages: int) -> list[int]:
    return _wanted(job).wrong_pages(pages)


DOCUMENT_ANALYSIS = api(
    "StartDocumentAnalysis",
    "document-analysis-job",
    Finder(
        _find,
        needs_image=lambda job: _wanted(job).needs_image,
        wrong_pages=_wrong_pages,
    ),
    member="Blocks",
    version="AnalyzeDocumentModelVersion",
    most=1000,
)


@operation("StartDocumentAnalysis")
async def start_document_analysis(
    call: Call, request: shapes.StartDocumentAnalysisRequest
) -> shapes.StartDocumentAnalysisResponse:
    """Begin to analyse a document of S3."""
    refuse_people_and_adapters(request)
    wanted_of(request, kind=ASYNCHRONOUS)
    return {"JobId": await start(call, DOCUMENT_ANALYSIS, request)}


@operation("GetDocumentAnalysis")
async def get_document_analysis(
    call: Call, request: shapes.GetDocumentAnalysisRequest
) -> shapes.GetDocumentAnalysisResponse:
    """Answer with a job's state and, when it has ended, a page of its blocks."""
    return await told(call, DOCUMENT_ANALYSIS, request)
