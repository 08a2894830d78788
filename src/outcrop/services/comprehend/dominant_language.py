"""DetectDominantLanguage and its batch.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_DetectDominantLanguage.html
"""

from collections.abc import Sequence
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.batches import answer_batch
from outcrop.services.comprehend.texts import LONG_TEXT_BYTES, checked, engine_errors


@operation("DetectDominantLanguage")
async def detect_dominant_language(
    call: Call, request: shapes.DetectDominantLanguageRequest
) -> shapes.DetectDominantLanguageResponse:
    """Answer with the languages that a text may be in, the likeliest first."""
    text = checked(request["Text"], limit=LONG_TEXT_BYTES)
    found: Any = (await languages_of(call, [text]))[0]
    return found


@operation("BatchDetectDominantLanguage")
async def batch_detect_dominant_language(
    call: Call, request: shapes.BatchDetectDominantLanguageRequest
) -> shapes.BatchDetectDominantLanguageResponse:
    """Do the same for up to 25 texts."""
    answer: Any = await answer_batch(request["TextList"], lambda texts: languages_of(call, texts))
    return answer


async def languages_of(call: Call, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return the `Languages` of each text."""
    with engine_errors():
        found = await call.backends.engines.language_identification.identify(texts)
    return [
        {"Languages": [{"LanguageCode": one.language, "Score": one.score} for one in guesses]}
        for guesses in found
    ]
