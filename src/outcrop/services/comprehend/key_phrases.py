"""DetectKeyPhrases and its batch.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_DetectKeyPhrases.html
"""

from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.analyses import key_phrases_of
from outcrop.services.comprehend.batches import answer_batch
from outcrop.services.comprehend.texts import LONG_TEXT_BYTES, checked


@operation("DetectKeyPhrases")
async def detect_key_phrases(
    call: Call, request: shapes.DetectKeyPhrasesRequest
) -> shapes.DetectKeyPhrasesResponse:
    """Answer with the noun phrases of a text."""
    text = checked(request["Text"], limit=LONG_TEXT_BYTES)
    found: Any = (await key_phrases_of(call, [text], request["LanguageCode"]))[0]
    return found


@operation("BatchDetectKeyPhrases")
async def batch_detect_key_phrases(
    call: Call, request: shapes.BatchDetectKeyPhrasesRequest
) -> shapes.BatchDetectKeyPhrasesResponse:
    """Do the same for up to 25 texts."""
    answer: Any = await answer_batch(
        request["TextList"], lambda texts: key_phrases_of(call, texts, request["LanguageCode"])
    )
    return answer
