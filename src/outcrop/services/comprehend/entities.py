"""DetectEntities and its batch.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_DetectEntities.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.analyses import entities_of
from outcrop.services.comprehend.batches import answer_batch
from outcrop.services.comprehend.documents.reading import read_input
from outcrop.services.comprehend.models.endpoint_kinds import RECOGNIZERS
from outcrop.services.comprehend.models.recognizing import custom_entities_of
from outcrop.services.comprehend.texts import LONG_TEXT_BYTES, checked, engine_errors


@operation("DetectEntities")
async def detect_entities(
    call: Call, request: shapes.DetectEntitiesRequest
) -> shapes.DetectEntitiesResponse:
    """Answer with the names, dates and quantities of a text."""
    if "EndpointArn" in request:
        custom: Any = await _at_endpoint(call, request)
        return custom
    if "Text" not in request or "Bytes" in request:
        raise shapes.InvalidRequestException(
            "Text is required, and Bytes must be absent, without an endpoint."
        )
    if "LanguageCode" not in request:
        raise shapes.InvalidRequestException("LanguageCode is required without an endpoint.")
    text = checked(request["Text"], limit=LONG_TEXT_BYTES)
    found: Any = (await entities_of(call, [text], request["LanguageCode"]))[0]
    return found


async def _at_endpoint(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the recognizer of an endpoint finds; the language is its own."""
    recognizer = await RECOGNIZERS.model_of(call, request["EndpointArn"])
    document = await read_input(call, request, limit=LONG_TEXT_BYTES)
    with engine_errors():
        found = (await custom_entities_of(call, [document.text], recognizer))[0]
    if not document.has_blocks:
        return {**found, **document.members()}
    return {**document.in_blocks(found["Entities"]), **document.members()}


@operation("BatchDetectEntities")
async def batch_detect_entities(
    call: Call, request: shapes.BatchDetectEntitiesRequest
) -> shapes.BatchDetectEntitiesResponse:
    """Do the same for up to 25 texts."""
    answer: Any = await answer_batch(
        request["TextList"], lambda texts: entities_of(call, texts, request["LanguageCode"])
    )
    return answer
