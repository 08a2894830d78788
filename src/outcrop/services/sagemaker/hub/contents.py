"""Hubs and the versions of their contents, as records.

A version's record is named `hub/type/name/version`, as its ARN is; that of a reference to a model
of the public hub `hub/ModelReference/name`, and stands for all versions that it allows.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/jumpstart-curated-hubs.html
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from outcrop.operations import Call
from outcrop.services.sagemaker.entities import Entity
from outcrop.services.sagemaker.hub.public import (
    PUBLIC_HUB,
    as_aws,
    is_public,
    public_contents,
    public_hub,
)
from outcrop.services.sagemaker.listings import all_of
from outcrop.services.sagemaker.resources import HUB, HUB_CONTENT, arn_of
from outcrop.storage.records.interface import Record

HUBS = Entity(HUB, name="HubName", arn="HubArn")
CONTENTS = Entity(HUB_CONTENT, name="HubContentName", arn="HubContentArn")
REFERENCE = "ModelReference"
FROM_PUBLIC = (
    "HubContentVersion",
    "DocumentSchemaVersion",
    "HubContentDisplayName",
    "HubContentDescription",
    "HubContentDocument",
    "HubContentSearchKeywords",
    "SupportStatus",
)
"""What a reference tells as the model does that it refers to."""
Version: TypeAlias = tuple[int, ...]


def version_of(text: str) -> Version:
    """Return a version by its numbers, so that 1.10.0 comes after 1.9.0."""
    # The service model lets any character stand for the dots.
    return tuple(int(number) for number in re.findall(r"[0-9]+", text))


async def open_hub(call: Call, request: Mapping[str, Any]) -> tuple[Call, Record]:
    """Return the hub that a request names, and the call that sees what is in it.

    Raises:
        ServiceError: There is none.
    """
    if is_public(call, request["HubName"]):
        return as_aws(call), public_hub(call)
    return call, await HUBS.find(call, request)


def told_hub(call: Call, hub: Record) -> Any:
    """Return all that is known of a hub."""
    return {**HUBS.told(call, hub), "HubStatus": "InService"}


def told_content(call: Call, content: Record) -> Any:
    """Return all that is known of a version of a content."""
    document = content.document
    return {
        **CONTENTS.told(call, content),
        "HubContentName": document["content"],
        "HubName": document["hub"],
        "HubArn": arn_of(call, HUB, document["hub"]),
        "HubContentStatus": "Available",
        "OriginalCreationTime": document["first_created"],
    }


async def contents_of(call: Call, hub: Record) -> list[Record]:
    """Return all versions of all contents of a hub."""
    if hub.name == PUBLIC_HUB:
        return public_contents(call)
    kept = await all_of(call, HUB_CONTENT, index=("hub", hub.name))
    return [version for content in kept for version in versions_at(call, content)]


def versions_at(call: Call, content: Record) -> list[Record]:
    """Return the versions that a record stands for: itself, or those that it refers to."""
    given = content.document["given"]
    if given["HubContentType"] != REFERENCE:
        return [content]
    wanted = given["SageMakerPublicHubContentArn"].rpartition("/")[2]
    least = version_of(given.get("ReferenceMinVersion", "0.0.0"))
    return [
        _referred(content, public)
        for public in public_contents(call)
        if public.document["content"] == wanted
        and version_of(public.document["given"]["HubContentVersion"]) >= least
    ]


async def versions_of(call: Call, hub: Record, request: Mapping[str, Any]) -> list[Record]:
    """Return the versions of the content that a request names, the latest first."""
    name = f"{hub.name}/{request['HubContentType']}/{request['HubContentName']}"
    found = [one for one in await contents_of(call, hub) if one.indexes["content"] == name]
    return sorted(found, key=_number, reverse=True)


async def find_content(call: Call, hub: Record, request: Mapping[str, Any]) -> Record:
    """Return the version that a request names; without a number, the latest.

    Raises:
        ServiceError: There is none.
    """
    wanted = request.get("HubContentVersion")
    for version in await versions_of(call, hub, request):
        if wanted in (None, version.document["given"]["HubContentVersion"]):
            return version
    raise HUB_CONTENT.missing.of(request["HubContentName"])


def latest(contents: Iterable[Record]) -> list[Record]:
    """Return the latest version of each content, under the name of the content."""
    newest: dict[str, Record] = {}
    for content in sorted(contents, key=_number):
        newest[content.indexes["content"]] = content
    return list(newest.values())


def named(content: Record) -> Record:
    """Return a version that lists find by its content's name, not by its record's."""
    document = content.document
    return replace(content, document={**document, "name": document["content"]})


def _referred(reference: Record, public: Record) -> Record:
    """Return a version of a public model as it is told of a reference to it."""
    theirs = public.document["given"]
    given = {
        **{name: theirs[name] for name in FROM_PUBLIC if name in theirs},
        **reference.document["given"],
    }
    version = given["HubContentVersion"]
    return replace(
        reference,
        name=f"{reference.name}/{version}",
        document={**reference.document, "given": given},
    )


def _number(content: Record) -> Version:
    return version_of(content.document["given"]["HubContentVersion"])
