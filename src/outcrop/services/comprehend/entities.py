"""DetectEntities and its batch.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_DetectEntities.html
"""

from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.analyses import entities_of
from outcrop.services.comprehend.batches import answer_batch
from outcrop.services.comprehend.texts import LONG_TEXT_BYTES, checked


@operation("DetectEntities")
async def detect_entities(
    call: Call, request: shapes.DetectEntitiesRequest
) -> shapes.DetectEntitiesResponse:
    """Answer with the names, dates and quantities of a text."""
    if "EndpointArn" in request:
        raise shapes.ResourceUnavailableException(
            f"There is no endpoint {request['EndpointArn']}: custom entity recognizers are not"
            " built here."
        )
    if "Text" not in request or "Bytes" in request:
        raise shapes.InvalidRequestException(
            "Text is required, and Bytes must be absent, without an endpoint."
        )
    if "LanguageCode" not in request:
        raise shapes.InvalidRequestException("LanguageCode is required without an endpoint.")
    text = checked(request["Text"], limit=LONG_TEXT_BYTES)
    found: Any = (await entities_of(call, [text], request["LanguageCode"]))[0]
    return found


@operation("BatchDetectEntities")
async def batch_detect_entities(
    call: Call, request: shapes.BatchDetectEntitiesRequest
) -> shapes.BatchDetectEntitiesResponse:
    """Do the same for up to 25 texts."""
    answer: Any = await answer_batch(
        request["TextList"], lambda texts: entities_of(call, texts, request["LanguageCode"])
    )
    return answer
