"""What Translate says in words of its own of texts that are too long.

Source: https://docs.aws.amazon.com/translate/latest/APIReference/API_TranslateText.html
"""

from outcrop.aws.errors import ServiceError
from outcrop.operations.quirks import WireQuirks
from outcrop.services.translate import shapes

TOO_LONG = "at 'text' failed to satisfy constraint: Member must have length less than"
DOCUMENT_TOO_LONG = "at 'document.content' failed to satisfy constraint: Member must have length"


class TranslateQuirks(WireQuirks):
    """See `WireQuirks`."""

    def validation_error(self, message: str) -> ServiceError | None:
        """See `WireQuirks.validation_error`."""
        if TOO_LONG in message:
            return shapes.TextSizeLimitExceededException(
                "Input text size exceeds limit. Max length of request text allowed is 10000 bytes."
            )
        if DOCUMENT_TOO_LONG in message:
            return shapes.LimitExceededException(
                "The document exceeds the size limit: it may have 102400 bytes."
            )
        return None
