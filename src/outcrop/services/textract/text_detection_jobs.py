"""Lines and words of documents with many pages, in the background.

Source: https://docs.aws.amazon.com/textract/latest/dg/API_StartDocumentTextDetection.html
"""

from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.textract import shapes
from outcrop.services.textract.async_jobs import Finder, api, start, told
from outcrop.services.textract.blocks import PageBlocks
from outcrop.services.textract.pages import ReadPage


async def _find(_job: ServiceJob, page: ReadPage, _pages: int) -> list[Any]:
    return PageBlocks(page).all()


TEXT_DETECTION = api(
    "StartDocumentTextDetection",
    "text-detection-job",
    Finder(_find, needs_image=lambda _: False),
    member="Blocks",
    version="DetectDocumentTextModelVersion",
    most=1000,
)


@operation("StartDocumentTextDetection")
async def start_document_text_detection(
    call: Call, request: shapes.StartDocumentTextDetectionRequest
) -> shapes.StartDocumentTextDetectionResponse:
    """Begin to read a document of S3."""
    return {"JobId": await start(call, TEXT_DETECTION, request)}


@operation("GetDocumentTextDetection")
async def get_document_text_detection(
    call: Call, request: shapes.GetDocumentTextDetectionRequest
) -> shapes.GetDocumentTextDetectionResponse:
    """Answer with a job's state and, when it has ended, a page of its blocks."""
    return await told(call, TEXT_DETECTION, request)
