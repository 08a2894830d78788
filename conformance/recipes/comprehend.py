"""Texts in languages that there are models for."""

from collections.abc import Mapping
from typing import Any

from conformance.calls import Client
from conformance.recipes import Recipe

TEXT = "Marie Curie was born in Warsaw on 7 November 1867."


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Give a text, and a language whose model is there."""
    del client, operation
    return {"Text": TEXT, "TextList": [TEXT, "Bonjour."], "LanguageCode": "en"}


RECIPE = Recipe(
    prepare=prepare,
    needed={"DetectEntities": ("Text", "LanguageCode")},
    without={"DetectEntities": ("EndpointArn", "Bytes", "DocumentReaderConfig")},
)
