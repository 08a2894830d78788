"""From which language a text is translated: the one that is named, or the one that is found.

Source: https://docs.aws.amazon.com/translate/latest/dg/how-it-works.html, "Automatic language
detection"
"""

from outcrop.engines.translation.interface import Pair
from outcrop.engines.workers.engine import EngineError
from outcrop.operations import Call
from outcrop.services.translate import shapes
from outcrop.services.translate.engine_errors import unsupported_pair
from outcrop.services.translate.language_codes import AUTO, base, names

LEAST_SCORE = 0.5
"""Our own bound: AWS does not say from which confidence on it is low."""


async def pair_of(call: Call, text: str, source: str, target: str) -> Pair:
    """Return from which language into which a text goes.

    Args:
        call: Who asks.
        text: In the source language.
        source: Its code, or `auto`.
        target: The code of the other language.

    Raises:
        ServiceError: The language is uncertain, or one of them is none of the service's.
    """
    if target == AUTO or target not in names():
        raise unsupported_pair(Pair(source, target))
    if source == AUTO:
        source = await _found(call, text)
    if source not in names():
        raise unsupported_pair(Pair(source, target))
    return Pair(source, target)


async def _found(call: Call, text: str) -> str:
    try:
        guesses = await call.backends.engines.language_identification.identify([text])
    except EngineError as error:
        raise shapes.ServiceUnavailableException(str(error)) from error
    likeliest = guesses[0][0]
    code = likeliest.language if likeliest.language in names() else base(likeliest.language)
    if likeliest.score < LEAST_SCORE:
        raise shapes.DetectedLanguageLowConfidenceException(
            "The source language was detected with low confidence.",
            DetectedLanguageCode=code[:5],
        )
    return code
