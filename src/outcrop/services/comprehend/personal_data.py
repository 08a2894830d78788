"""DetectPiiEntities and ContainsPiiEntities.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/how-pii.html
"""

from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.personal_entities import personal_entities_of
from outcrop.services.comprehend.texts import LONG_TEXT_BYTES, checked


@operation("DetectPiiEntities")
async def detect_pii_entities(
    call: Call, request: shapes.DetectPiiEntitiesRequest
) -> shapes.DetectPiiEntitiesResponse:
    """Answer with the places of personal data in a text."""
    text = checked(request["Text"], limit=LONG_TEXT_BYTES)
    found: Any = (await personal_entities_of(call, [text], request["LanguageCode"]))[0]
    return {"Entities": found}


@operation("ContainsPiiEntities")
async def contains_pii_entities(
    call: Call, request: shapes.ContainsPiiEntitiesRequest
) -> shapes.ContainsPiiEntitiesResponse:
    """Answer with the types of personal data that a text holds, each with its highest score."""
    text = checked(request["Text"], limit=LONG_TEXT_BYTES)
    scores: dict[str, float] = {}
    for entity in (await personal_entities_of(call, [text], request["LanguageCode"]))[0]:
        scores[entity["Type"]] = max(scores.get(entity["Type"], 0.0), entity["Score"])
    return {"Labels": [{"Name": name, "Score": score} for name, score in scores.items()]}
