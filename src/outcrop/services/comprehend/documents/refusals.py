"""Errors that tell why a whole document is refused.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/idp-inputs-sync-err.html
"""

from typing import Literal

from outcrop.services.comprehend import shapes

Detail = Literal[
    "DOCUMENT_SIZE_EXCEEDED",
    "UNSUPPORTED_DOC_TYPE",
    "PAGE_LIMIT_EXCEEDED",
    "TEXTRACT_ACCESS_DENIED",
]


def refused(message: str, detail: Detail | None = None) -> shapes.InvalidRequestException:
    """Return the error that a document is refused with; without a detail, it is damaged."""
    members = {} if detail is None else {"Detail": {"Reason": detail}}
    return shapes.InvalidRequestException(message, Reason="INVALID_DOCUMENT", **members)
