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
    REFERENCE,
    contents_of,
    find_content,
    latest,
    named,
    open_hub,
    told_content,
    version_of,
    versions_of,
)
from outcrop.services.sagemaker.hub.public import refuse_public
from outcrop.services.sagemaker.listings import Filter, Listing, anything
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
    _refuse_reference(request, "made by CreateHubContentReference")
    try:
        document = read_json(request["HubContentDocument"])
    except ValueError as error:
        raise ValidationError(f"HubContentDocument is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ValidationError("HubContentDocument must be a JSON object.")
    refuse_public(call, request)
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
    seeing, hub = await open_hub(call, request)
    return told_content(seeing, await find_content(seeing, hub, request))


@operation("ListHubContents")
async def list_hub_contents(
    call: Call, request: shapes.ListHubContentsRequest
) -> shapes.ListHubContentsResponse:
    """Answer with the latest versions of the contents that pass all filters."""
    seeing, hub = await open_hub(call, request)
    return _listed(seeing, request, latest(await contents_of(seeing, hub)))


@operation("ListHubContentVersions")
async def list_hub_content_versions(
    call: Call, request: shapes.ListHubContentVersionsRequest
) -> shapes.ListHubContentVersionsResponse:
    """Answer with the versions of a content that pass all filters."""
    seeing, hub = await open_hub(call, request)
    versions = await versions_of(seeing, hub, request)
    if not versions:
        raise HUB_CONTENT.missing.of(request["HubContentName"])
    return _listed(seeing, request, versions)


@operation("UpdateHubContent")
async def update_hub_content(
    call: Call, request: shapes.UpdateHubContentRequest
) -> shapes.UpdateHubContentResponse:
    """Change what a version of a content tells of itself; its document stays."""
    _refuse_reference(request, "changed by UpdateHubContentReference")
    refuse_public(call, request)
    hub = await HUBS.find(call, request)
    content = await find_content(call, hub, request)
    changes = CONTENTS.given(request)
    await CONTENTS.update(call, content, lambda given: given | changes)
    return _arns(call, hub, content)


@operation("DeleteHubContent")
async def delete_hub_content(call: Call, request: shapes.DeleteHubContentRequest) -> None:
    """Delete a version of a content."""
    _refuse_reference(request, "deleted by DeleteHubContentReference")
    refuse_public(call, request)
    hub = await HUBS.find(call, request)
    await remove(call, await find_content(call, hub, request))


def _refuse_reference(request: Any, how: str) -> None:
    if request["HubContentType"] == REFERENCE:
        raise ValidationError(f"A {REFERENCE} is {how}.")


def _listed(call: Call, request: Any, contents: list[Record]) -> Any:
    return LISTING.answer(
        request, [named(one) for one in contents], lambda one: told_content(call, one)
    )


def _arns(call: Call, hub: Record, content: Record) -> Any:
    return HUBS.arn_answer(call, hub) | CONTENTS.arn_answer(call, content)
