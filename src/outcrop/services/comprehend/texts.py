"""What a text must be before a model reads it, and how engines' errors are told.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/guidelines-and-limits.html
"""

import contextlib
from collections.abc import Generator

from outcrop.engines.text_analysis.interface import UnknownLanguageError
from outcrop.engines.workers.engine import EngineError
from outcrop.services.comprehend import shapes

LONG_TEXT_BYTES = 100_000
SHORT_TEXT_BYTES = 5_000
"""For sentiment, syntax, targeted sentiment, and every text of a batch."""
LARGEST_BATCH = 25


def checked(text: str, *, limit: int) -> str:
    """Return a text that models can read.

    Raises:
        TextSizeLimitExceededException: It has more bytes in UTF-8 than it may.
    """
    if not text.strip():
        raise shapes.InvalidRequestException("Input text must not be blank.")
    if len(text) * 4 > limit and (size := len(text.encode())) > limit:
        raise shapes.TextSizeLimitExceededException(
            "Input text size exceeds limit. Max length of request text allowed is"
            f" {limit} bytes while in this request the text size is {size} bytes"
        )
    return text


def check_batch(size: int) -> None:
    """Refuse a batch of more texts than there may be.

    Raises:
        BatchSizeLimitExceededException: See there.
    """
    if size > LARGEST_BATCH:
        raise shapes.BatchSizeLimitExceededException(
            "Please use a smaller number of items in a single batch. Maximum batch size is"
            f" {LARGEST_BATCH}."
        )


@contextlib.contextmanager
def engine_errors() -> Generator[None]:
    """Tell what engines raise as errors that every operation here may answer with."""
    try:
        yield
    except UnknownLanguageError as error:
        raise shapes.UnsupportedLanguageException(
            f"No model on this server reads the language {error}."
        ) from error
    except EngineError as error:
        raise shapes.InternalServerException(str(error)) from error
