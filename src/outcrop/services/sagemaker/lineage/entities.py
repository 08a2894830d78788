"""Artifacts, contexts and actions, and what of them lineage tells.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-entities.html
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from outcrop.aws.arn import Arn
from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.services.sagemaker.entities import Entity
from outcrop.services.sagemaker.listings import Filter, Listing, all_of
from outcrop.services.sagemaker.resources import (
    ACTION,
    ARTIFACT,
    CONTEXT,
    EXPERIMENT,
    TRIAL_COMPONENT,
    ResourceKind,
    find,
)
from outcrop.services.sagemaker.tracking.entities import lineage_group_arn
from outcrop.storage.records.interface import Document, Record

ARTIFACTS = Entity(ARTIFACT, name="ArtifactArn", arn="ArtifactArn")
CONTEXTS = Entity(CONTEXT, name="ContextName", arn="ContextArn")
ACTIONS = Entity(ACTION, name="ActionName", arn="ActionArn")
MAPS = {"Properties": 30}
"""How many properties an entity has at most, as the service model says."""
LINEAGE_TYPES: Mapping[str, str] = {
    ARTIFACT.name: "Artifact",
    CONTEXT.name: "Context",
    ACTION.name: "Action",
    TRIAL_COMPONENT.name: "TrialComponent",
}
"""What lineage calls the kinds of its entities."""
ASSOCIATED = {kind.name: kind for kind in (ARTIFACT, CONTEXT, ACTION, TRIAL_COMPONENT, EXPERIMENT)}


def id_of(source: Mapping[str, Any]) -> str:
    """Return what artifacts of one source have for a name: a digest of it."""
    types = sorted((one["SourceIdType"], one["Value"]) for one in source.get("SourceTypes", []))
    packed = json.dumps([source["SourceUri"], types]).encode()
    return hashlib.sha256(packed).hexdigest()[:32]


def told(call: Call, entity: Entity, record: Record) -> Any:
    """Return all that is known of an artifact, a context or an action."""
    return {**entity.told(call, record), "LineageGroupArn": lineage_group_arn(call)}


async def listed(call: Call, entity: Entity, request: Mapping[str, Any]) -> Any:
    """Return the page of artifacts, contexts or actions that a request asks for."""
    word = LINEAGE_TYPES[entity.kind.name]
    filters: dict[str, Filter] = {
        "SourceUri": lambda document, uri: document["given"]["Source"]["SourceUri"] == uri,
        f"{word}Type": lambda document, value: type_of(entity.kind, document) == value,
    }
    listing = Listing(member=f"{word}Summaries", filters=filters)
    return listing.answer(
        request, await all_of(call, entity.kind), lambda record: told(call, entity, record)
    )


def kind_of(arn: str) -> ResourceKind:
    """Return the kind of the entity that an ARN names.

    Raises:
        ServiceError: No such entity can be associated.
    """
    kind = ASSOCIATED.get(Arn.parse(arn).resource.partition("/")[0])
    if kind is None:
        raise ValidationError(f"{arn} is not the ARN of a lineage entity.")
    return kind


async def find_entity(call: Call, arn: str) -> Record:
    """Return what an ARN names.

    Raises:
        ServiceError: There is no such entity.
    """
    return await find(call, kind_of(arn), arn)


def type_of(kind: ResourceKind, document: Document) -> str | None:
    """Return an entity's type, as its maker has called it; a component's is that of its source."""
    if kind is TRIAL_COMPONENT:
        return document.get("source", {}).get("SourceType")
    given: Mapping[str, str] = document["given"]
    return given.get(f"{LINEAGE_TYPES.get(kind.name, '')}Type")


def name_of(kind: ResourceKind, document: Document) -> str | None:
    """Return an entity's name; artifacts may have none."""
    return document["given"].get("ArtifactName") if kind is ARTIFACT else document["name"]
