"""Contents of hubs: import, describe, list, update, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ImportHubContent.html
"""

from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.aws.user_json import read_json
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.hub.contents import (
    CONTENTS,
    HUBS,
    find_content,
    latest,
    named,
    told_content,
    version_of,
    versions_of,
)
from outcrop.services.sagemaker.listings import Filter, Listing, all_of, anything
from outcrop.services.sagemaker.resources import HUB_CONTENT, moment, remove
from outcrop.storage.records.interface import Document, Record

FIRST_VERSION = "1.0.0"
"""Of a content whose import names none."""


def _has_type(content: Document, kind: str) -> bool:
    return content["given"]["HubContentType"] == kind


def _has_schema_up_to(content: Document, version: str) -> bool:
    return version_of(content["given"]["DocumentSchemaVersion"]) <= version_of(version)


def _is_not_before(content: Document, version: str) -> bool:
    return version_of(content["given"]["HubContentVersion"]) >= version_of(version)


FILTERS: dict[str, Filter] = {
    "HubName": anything,
    "HubContentName": anything,
    "HubContentType": _has_type,
    "MaxSchemaVersion": _has_schema_up_to,
    "MinVersion": _is_not_before,
}
LISTING = Listing(
    member="HubContentSummaries",
    filters=FILTERS,
    # All that is kept is available.
    sort_keys={"HubContentName": "name", "HubContentStatus": "status"},
)


@operation("ImportHubContent")
async def import_hub_content(
    call: Call, request: shapes.ImportHubContentRequest
) -> shapes.ImportHubContentResponse:
    """Keep a version of a content, whose document must be JSON."""
    if request["HubContentType"] == "ModelReference":
        raise ValidationError("A ModelReference is made by CreateHubContentReference.")
    try:
        read_json(request["HubContentDocument"])
    except ValueError as error:
        raise ValidationError(f"HubContentDocument is not JSON: {error}") from error
    hub = await HUBS.find(call, request)
    before = await versions_of(call, hub, request)
    version = request.get("HubContentVersion", FIRST_VERSION)
    content = f"{hub.name}/{request['HubContentType']}/{request['HubContentName']}"
    first = before[-1].document["first_created"] if before else moment(call)
    made = await CONTENTS.create(
        call,
        {**request, "HubContentVersion": version},
        indexes={"hub": hub.name, "content": content},
        name=f"{content}/{version}",
        hub=hub.name,
        content=request["HubContentName"],
        first_created=first,
    )
    return _arns(call, hub, made)


@operation("DescribeHubContent")
async def describe_hub_content(
    call: Call, request: shapes.DescribeHubContentRequest
) -> shapes.DescribeHubContentResponse:
    """Answer with a version of a content, the latest unless the request names another."""
    hub = await HUBS.find(call, request)
    return told_content(call, await find_content(call, hub, request))


@operation("ListHubContents")
async def list_hub_contents(
    call: Call, request: shapes.ListHubContentsRequest
) -> shapes.ListHubContentsResponse:
    """Answer with the latest versions of the contents that pass all filters."""
    hub = await HUBS.find(call, request)
    contents = await all_of(call, HUB_CONTENT, index=("hub", hub.name))
    return _listed(call, request, latest(contents))


@operation("ListHubContentVersions")
async def list_hub_content_versions(
    call: Call, request: shapes.ListHubContentVersionsRequest
) -> shapes.ListHubContentVersionsResponse:
    """Answer with the versions of a content that pass all filters."""
    hub = await HUBS.find(call, request)
    versions = await versions_of(call, hub, request)
    if not versions:
        raise HUB_CONTENT.missing.of(request["HubContentName"])
    return _listed(call, request, versions)


@operation("UpdateHubContent")
async def update_hub_content(
    call: Call, request: shapes.UpdateHubContentRequest
) -> shapes.UpdateHubContentResponse:
    """Change what a version of a content tells of itself; its document stays."""
    hub = await HUBS.find(call, request)
    content = await find_content(call, hub, request)
    changes = CONTENTS.given(request)
    await CONTENTS.update(call, content, lambda given: given | changes)
    return _arns(call, hub, content)


@operation("DeleteHubContent")
async def delete_hub_content(call: Call, request: shapes.DeleteHubContentRequest) -> None:
    """Delete a version of a content."""
    hub = await HUBS.find(call, request)
    await remove(call, await find_content(call, hub, request))


def _listed(call: Call, request: Any, contents: list[Record]) -> Any:
    return LISTING.answer(
        request, [named(one) for one in contents], lambda one: told_content(call, one)
    )


def _arns(call: Call, hub: Record, content: Record) -> Any:
    return HUBS.arn_answer(call, hub) | CONTENTS.arn_answer(call, content)
