"""DetectDocumentText: the lines and words of a page.

Source: https://docs.aws.amazon.com/textract/latest/dg/API_DetectDocumentText.html
"""

from outcrop.operations import Call, operation
from outcrop.services.textract import shapes
from outcrop.services.textract.blocks import PageBlocks
from outcrop.services.textract.documents import document_file
from outcrop.services.textract.pages import read_single_page

MODEL_VERSION = "1.0"


@operation("DetectDocumentText")
async def detect_document_text(
    call: Call, request: shapes.DetectDocumentTextRequest
) -> shapes.DetectDocumentTextResponse:
    """Answer with the blocks of a page: itself, its lines and their words."""
    async with document_file(call, request["Document"]) as document:
        page = await read_single_page(call.backends.engines, document, needs_image=False)
    return {
        "DocumentMetadata": {"Pages": 1},
        "Blocks": PageBlocks(page).all(),
        "DetectDocumentTextModelVersion": MODEL_VERSION,
    }
