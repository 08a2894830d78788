"""What results of jobs tell of a page: not quite what operations that answer at once do.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/outputs-cer-async.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.services.comprehend.documents.page import InputDocument

VERSION = "2021-04-30"
TYPES = {
    "NATIVE_PDF": "NativePDF",
    "SCANNED_PDF": "ScannedPDF",
    "MS_WORD": "MSWord",
    "IMAGE": "Image",
    "TEXTRACT_DETECT_DOCUMENT_TEXT_JSON": "TextractDetectDocumentTextJSON",
    "TEXTRACT_ANALYZE_DOCUMENT_JSON": "TextractAnalyzeDocumentJSON",
}
"""AWS shows the first two; the others are named alike."""


def page_result(page: InputDocument, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of a page that was analysed.

    Args:
        page: It.
        found: Its `Classes`, `Labels` or `Entities`.
    """
    told = dict(found)
    if "Entities" in found:
        told = page.in_blocks(found["Entities"])
        told["Blocks"] = [_block(each) for each in told["Blocks"]]
    if page.errors:
        told["Errors"] = list(page.errors)
    return {
        **told,
        "DocumentMetadata": {"PageNumber": page.number, "Pages": page.pages},
        "DocumentType": TYPES[page.kind or ""],
        "Version": VERSION,
    }


def _block(block: Mapping[str, Any]) -> dict[str, Any]:
    """Return a block as AWS's example has it, with small letters in its relationships."""
    related = [
        {"ids": each["Ids"], "type": each["Type"]} for each in block.get("Relationships", ())
    ]
    return {**block, "Relationships": related}
