"""References to models of the public hub in private ones: create, update, delete.

Source:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHubContentReference.html
"""

from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.hub.contents import (
    CONTENTS,
    HUBS,
    REFERENCE,
    version_of,
    versions_at,
)
from outcrop.services.sagemaker.hub.public import as_aws, public_contents, refuse_public
from outcrop.services.sagemaker.resources import HUB_CONTENT, arn_of, moment, remove, scope
from outcrop.storage.records.interface import Record


@operation("CreateHubContentReference")
async def create_hub_content_reference(
    call: Call, request: shapes.CreateHubContentReferenceRequest
) -> shapes.CreateHubContentReferenceResponse:
    """Add a model of the public hub to a private one, under its own name or another."""
    refuse_public(call, request)
    hub = await HUBS.find(call, request)
    public = _public(call, request["SageMakerPublicHubContentArn"])
    content = request.get("HubContentName") or public.document["content"]
    least = request.get("MinVersion")
    _check_least(public, least)
    name = f"{hub.name}/{REFERENCE}/{content}"
    given = {
        "HubName": hub.name,
        "HubContentType": REFERENCE,
        "SageMakerPublicHubContentArn": request["SageMakerPublicHubContentArn"],
        **({"ReferenceMinVersion": least} if least else {}),
        "Tags": request.get("Tags", []),
    }
    made = await CONTENTS.create(
        call,
        given,
        indexes={"hub": hub.name, "content": name},
        name=name,
        hub=hub.name,
        content=content,
        first_created=moment(call),
    )
    return _arns(call, hub, made)


@operation("UpdateHubContentReference")
async def update_hub_content_reference(
    call: Call, request: shapes.UpdateHubContentReferenceRequest
) -> shapes.UpdateHubContentReferenceResponse:
    """Change the least version that a reference stands for."""
    hub, reference = await _reference(call, request)
    least = request.get("MinVersion")
    given = reference.document["given"]
    _check_least(_public(call, given["SageMakerPublicHubContentArn"]), least)
    changes = {"ReferenceMinVersion": least} if least else {}
    await CONTENTS.update(call, reference, lambda before: before | changes)
    return _arns(call, hub, reference)


@operation("DeleteHubContentReference")
async def delete_hub_content_reference(
    call: Call, request: shapes.DeleteHubContentReferenceRequest
) -> None:
    """Take a model of the public hub out of a private one."""
    _, reference = await _reference(call, request)
    await remove(call, reference)


async def _reference(call: Call, request: Any) -> tuple[Record, Record]:
    refuse_public(call, request)
    if request["HubContentType"] != REFERENCE:
        raise ValidationError(f"HubContentType must be {REFERENCE} for a reference.")
    hub = await HUBS.find(call, request)
    name = f"{hub.name}/{REFERENCE}/{request['HubContentName']}"
    found = await call.backends.records.find(scope(call, HUB_CONTENT), name)
    if found is None:
        raise HUB_CONTENT.missing.of(request["HubContentName"])
    return hub, found


def _public(call: Call, arn: str) -> Record:
    """Return a public model by its ARN without a version."""
    for content in public_contents(call):
        if arn == arn_of(as_aws(call), HUB_CONTENT, content.indexes["content"]):
            return content
    raise HUB_CONTENT.missing.of(arn.rpartition("/")[2])


def _check_least(public: Record, least: str | None) -> None:
    there = public.document["given"]["HubContentVersion"]
    if least is not None and version_of(least) > version_of(there):
        raise ValidationError(f"There is no version of at least {least}: the latest is {there}.")


def _arns(call: Call, hub: Record, reference: Record) -> Any:
    (*_, newest) = versions_at(call, reference)
    return HUBS.arn_answer(call, hub) | CONTENTS.arn_answer(call, newest)
