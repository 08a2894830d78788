"""What custom recognizers find in texts."""

from collections.abc import Sequence
from typing import Any

from outcrop.engines.entity_recognizers.interface import Recognized
from outcrop.operations import Call
from outcrop.services.comprehend.models.custom_models import read_model
from outcrop.storage.records.interface import Record


async def custom_entities_of(
    call: Call, texts: Sequence[str], recognizer: Record
) -> list[dict[str, Any]]:
    """Return the `Entities` of each text.

    Raises:
        EngineError: See its subclasses.
    """
    model = await read_model(call, recognizer)
    found = await call.backends.engines.entity_recognizers.recognize(model, texts)
    return [
        {"Entities": [_entity(text, one) for one in of_one]}
        for text, of_one in zip(texts, found, strict=True)
    ]


def _entity(text: str, found: Recognized) -> dict[str, Any]:
    begin, end, kind = found.span
    return {
        "Score": found.score,
        "Type": kind,
        "Text": text[begin:end],
        "BeginOffset": begin,
        "EndOffset": end,
    }
