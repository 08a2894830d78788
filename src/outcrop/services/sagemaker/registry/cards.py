"""Model cards and their versions, as records.

A card's record is its latest version; the versions before have records of their own.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html
"""

from dataclasses import replace
from typing import Any, cast

from outcrop.aws.errors import ValidationError
from outcrop.aws.user_json import read_json
from outcrop.operations import Call
from outcrop.operations.records import every
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.entities import Entity
from outcrop.services.sagemaker.resources import MODEL_CARD, ResourceKind, scope
from outcrop.storage.records.interface import Put, Record, Scope

CARDS = Entity(MODEL_CARD, name="ModelCardName", arn="ModelCardArn")
SECTIONS = frozenset(
    {
        "model_overview",
        "model_package_details",
        "intended_uses",
        "business_details",
        "training_details",
        "evaluation_details",
        "additional_information",
    }
)
"""What a card's content is made of.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-json-schema.html
"""


def versions(call: Call, name: str) -> Scope:
    """Return where the versions of a card are."""
    return scope(call, ResourceKind(f"model-card-version/{name}"))


def keeping(call: Call, card: Record) -> Put:
    """Return the write that keeps a card's latest version, as another is to take its place."""
    number = card.document["version"]
    return Put(scope=versions(call, card.name), name=f"{number:08d}", document=card.document)


async def older_versions(call: Call, card: Record) -> list[Record]:
    """Return the versions of a card before the latest, the oldest first."""
    return [one async for one in every(call.backends.records, versions(call, card.name))]


def dated(version: Record) -> Record:
    """Return a version whose time of creation is its own, not that of the first."""
    document = version.document
    return replace(version, document={**document, "created": document["version_created"]})


async def find_version(call: Call, card: Record, number: int | None) -> Record:
    """Return a card's version; without a number, the latest.

    Raises:
        ServiceError: There is none.
    """
    if number in (None, card.document["version"]):
        return card
    found = await call.backends.records.find(versions(call, card.name), f"{number:08d}")
    if found is None:
        raise shapes.ResourceNotFound(f"Model card '{card.name}' has no version {number}.")
    return found


def told(call: Call, card: Record, version: Record) -> Any:
    """Return all that is known of a version of a card."""
    return {
        **CARDS.told(call, version),
        "ModelCardArn": CARDS.arn_of(call, card),
        "ModelCardVersion": version.document["version"],
    }


def checked_content(content: str) -> dict[str, Any]:
    """Return what a card's content says.

    Raises:
        ServiceError: It is no model card.
    """
    try:
        value = read_json(content)
    except ValueError as error:
        raise ValidationError(f"The content of the model card is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValidationError("The content of the model card is not a JSON object.")
    sections = cast("dict[str, Any]", value)
    unknown = sorted(set(sections) - SECTIONS)
    if unknown:
        raise ValidationError(
            f"The content of the model card has sections that its schema does not know: {unknown}"
        )
    return sections
