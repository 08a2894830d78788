"""Hubs and the versions of their contents, as records.

A version's record is named `hub/type/name/version`, as its ARN is.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/jumpstart-curated-hubs.html
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from outcrop.operations import Call
from outcrop.services.sagemaker.entities import Entity
from outcrop.services.sagemaker.listings import all_of
from outcrop.services.sagemaker.resources import HUB, HUB_CONTENT, arn_of
from outcrop.storage.records.interface import Record

HUBS = Entity(HUB, name="HubName", arn="HubArn")
CONTENTS = Entity(HUB_CONTENT, name="HubContentName", arn="HubContentArn")
Version: TypeAlias = tuple[int, ...]


def version_of(text: str) -> Version:
    """Return a version by its numbers, so that 1.10.0 comes after 1.9.0."""
    # The service model lets any character stand for the dots.
    return tuple(int(number) for number in re.findall(r"[0-9]+", text))


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


async def versions_of(call: Call, hub: Record, request: Mapping[str, Any]) -> list[Record]:
    """Return the versions of the content that a request names, the latest first."""
    index = ("content", f"{hub.name}/{request['HubContentType']}/{request['HubContentName']}")
    found = await all_of(call, HUB_CONTENT, index=index)
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


def _number(content: Record) -> Version:
    return version_of(content.document["given"]["HubContentVersion"])
