"""What engines raise, told as errors of the service.

Source: https://docs.aws.amazon.com/translate/latest/APIReference/API_TranslateText.html, "Errors"
"""

import contextlib
from collections.abc import Generator

from outcrop.aws.errors import ServiceError
from outcrop.engines.translation.interface import Pair, UnsupportedPairError, UnsupportedWishError
from outcrop.engines.workers.engine import EngineError, EngineUnavailableError, RefusedInputError
from outcrop.services.translate import shapes


def unsupported_pair(pair: Pair) -> ServiceError:
    """Return the error for a pair that nothing here translates."""
    return shapes.UnsupportedLanguagePairException(
        f"Unsupported language pair: {pair.source} to {pair.target}.",
        SourceLanguageCode=pair.source,
        TargetLanguageCode=pair.target,
    )


@contextlib.contextmanager
def engine_errors(pair: Pair) -> Generator[None]:
    """Tell what engines raise as errors of TranslateText and its like."""
    try:
        yield
    except UnsupportedPairError as error:
        raise unsupported_pair(pair) from error
    except (UnsupportedWishError, RefusedInputError) as error:
        raise shapes.InvalidRequestException(str(error)) from error
    except EngineUnavailableError as error:
        raise shapes.ServiceUnavailableException(str(error)) from error
    except EngineError as error:
        raise shapes.InternalServerException(str(error)) from error
