"""Texts without their personal data.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/how-pii.html#redact-entities
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.services.comprehend import shapes

ALL = "ALL"
MASK = "MASK"
DEFAULT_MASK = "*"


def check_redaction(request: Mapping[str, Any]) -> None:
    """Refuse a job that is to redact and does not say what.

    Raises:
        InvalidRequestException: See there.
    """
    config = request.get("RedactionConfig", {})
    if request["Mode"] == "ONLY_REDACTION":
        if not config.get("PiiEntityTypes"):
            raise shapes.InvalidRequestException(
                "RedactionConfig with PiiEntityTypes is required if Mode is ONLY_REDACTION."
            )
    elif config:
        raise shapes.InvalidRequestException(
            "RedactionConfig is allowed only if Mode is ONLY_REDACTION."
        )


def redacted(text: str, entities: Sequence[Mapping[str, Any]], config: Mapping[str, Any]) -> str:
    """Return a text whose entities of the types that are asked for are masked or named."""
    types = set(config.get("PiiEntityTypes", [ALL]))
    pieces: list[str] = []
    at = 0
    for entity in entities:
        begin, end = entity["BeginOffset"], entity["EndOffset"]
        if ALL in types or entity["Type"] in types:
            pieces += [text[at:begin], _instead(entity["Type"], end - begin, config)]
            at = end
    return "".join([*pieces, text[at:]])


def _instead(kind: str, length: int, config: Mapping[str, Any]) -> str:
    if config.get("MaskMode", MASK) == MASK:
        return str(config.get("MaskCharacter", DEFAULT_MASK)) * length
    return f"[{kind}]"
