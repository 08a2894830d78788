"""PDF, by its text layer.

Source: https://pypdf.readthedocs.io/en/stable/user/extract-text.html
"""

import io

from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

from outcrop.engines.documents.formats.refusals import TooLargeError, UnreadableError


def read_pdf(content: bytes) -> str:
    """Return the pages' text, pages apart by an empty line.

    Raises:
        UnreadableError: It is no PDF, locked by a password, or has no text layer.
        TooLargeError: It unfolds to more than may be read.
    """
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("The PDF is locked by a password.")
        pages = [page.extract_text().strip() for page in reader.pages]
    except LimitReachedError as error:
        raise TooLargeError(f"The PDF unfolds to more than may be read: {error}") from error
    except (PyPdfError, DependencyError, ValueError, KeyError, TypeError, AttributeError) as error:
        # Damaged files surface as errors of every kind in the library.
        raise UnreadableError(f"The PDF is damaged: {error}") from error
    text = "\n\n".join(page for page in pages if page)
    if not text:
        raise UnreadableError("The PDF has no text layer: its pages are pictures.")
    return text
