"""Endpoints, which custom models answer at: create, update, describe, list, delete.

A model is loaded by the request that needs it, so an endpoint is in service at once.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_CreateEndpoint.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.records import change, every
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.arns import not_found
from outcrop.services.comprehend.flywheel.resources import active_model_of
from outcrop.services.comprehend.lists import newest_first
from outcrop.services.comprehend.models.custom_models import IN_USE
from outcrop.services.comprehend.models.endpoint_kinds import (
    ENDPOINT_KINDS,
    EndpointKind,
    model_at,
)
from outcrop.services.comprehend.tagging import checked_tags
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
)

IN_SERVICE = "IN_SERVICE"
CHANGES = {
    "DesiredInferenceUnits": "units",
    "DesiredDataAccessRoleArn": "role",
}
"""Members of an update, and the members of the endpoint's document that they change."""


@operation("CreateEndpoint")
async def create_endpoint(
    call: Call, request: shapes.CreateEndpointRequest
) -> shapes.CreateEndpointResponse:
    """Let a trained model answer requests."""
    model, flywheel = await _served(call, request, "ModelArn")
    if not model:
        raise shapes.InvalidRequestException("ModelArn or FlywheelArn is required.")
    kind = _kind_for(call, model)
    await kind.models.find_trained(call, model)
    name = request["EndpointName"]
    now = call.backends.now()
    document: Document = {
        "model": "" if flywheel else model,
        "flywheel": flywheel,
        "units": request["DesiredInferenceUnits"],
        "role": request.get("DataAccessRoleArn", ""),
        "token": request.get("ClientRequestToken", ""),
        "created": now,
        "updated": now,
        "tags": checked_tags(request.get("Tags", [])),
    }
    try:
        await call.backends.records.write(
            Create(scope=kind.scope(call), name=name, document=document)
        )
    except RecordExistsError as error:
        there = await call.backends.records.find(kind.scope(call), name)
        if there is None or not document["token"] or there.document["token"] != document["token"]:
            raise shapes.ResourceInUseException(IN_USE) from error
        model = await model_at(call, there)
    return {"EndpointArn": kind.arn(call, name), "ModelArn": model}


@operation("UpdateEndpoint")
async def update_endpoint(
    call: Call, request: shapes.UpdateEndpointRequest
) -> shapes.UpdateEndpointResponse:
    """Change the model that answers, or the number of inference units."""
    kind, endpoint = await _find(call, request["EndpointArn"])
    model, flywheel = await _served(call, request, "DesiredModelArn")
    if model:
        if _kind_for(call, model) is not kind:
            raise shapes.InvalidRequestException(
                f"The endpoint {request['EndpointArn']} cannot serve a model of another kind:"
                f" {model}."
            )
        await kind.models.find_trained(call, model)
    given: Mapping[str, Any] = {**request}
    changes = {key: given[member] for member, key in CHANGES.items() if member in given}
    if model:
        changes |= {"model": "" if flywheel else model, "flywheel": flywheel}

    def changed(document: Document) -> Document:
        return {**document, **changes, "updated": call.backends.now()}

    try:
        updated = await change(call.backends.records, endpoint.scope, endpoint.name, changed)
    except RecordNotFoundError as error:
        raise not_found(request["EndpointArn"]) from error
    served = await model_at(call, updated)
    return {"DesiredModelArn": served} if served else {}


@operation("DescribeEndpoint")
async def describe_endpoint(
    call: Call, request: shapes.DescribeEndpointRequest
) -> shapes.DescribeEndpointResponse:
    """Answer with an endpoint's properties."""
    kind, endpoint = await _find(call, request["EndpointArn"])
    told: Any = await _told(call, kind, endpoint)
    return {"EndpointProperties": told}


@operation("ListEndpoints")
async def list_endpoints(
    call: Call, request: shapes.ListEndpointsRequest
) -> shapes.ListEndpointsResponse:
    """Answer with the endpoints that pass the filter, the newest first."""
    chosen: Mapping[str, Any] = request.get("Filter", {})
    if len(chosen) > 1:  # This operation has no InvalidFilterException.
        raise shapes.InvalidRequestException("Only one filter can be set at a time.")
    kinds: dict[str, EndpointKind] = {}
    endpoints: list[Record] = []
    for kind in ENDPOINT_KINDS:
        kinds[kind.kind] = kind
        endpoints += [each async for each in every(call.backends.records, kind.scope(call))]
    if "ModelArn" in chosen:
        wanted = chosen["ModelArn"]
        endpoints = [each for each in endpoints if await model_at(call, each) == wanted]
    if chosen.get("Status", IN_SERVICE) != IN_SERVICE:
        endpoints = []
    page = newest_first(endpoints, chosen, request, after="CreationTimeAfter")
    told = [await _told(call, kinds[each.scope.kind], each) for each in page.items]
    answer: Any = page.answer("EndpointPropertiesList", told)
    return answer


@operation("DeleteEndpoint")
async def delete_endpoint(
    call: Call, request: shapes.DeleteEndpointRequest
) -> shapes.DeleteEndpointResponse:
    """Let a model answer no more requests."""
    _, endpoint = await _find(call, request["EndpointArn"])
    await call.backends.records.write(
        Delete(scope=endpoint.scope, name=endpoint.name, must_exist=False)
    )
    return {}


async def _told(call: Call, kind: EndpointKind, endpoint: Record) -> dict[str, Any]:
    document = endpoint.document
    model = await model_at(call, endpoint)
    told = {
        "EndpointArn": kind.arn(call, endpoint.name),
        "Status": IN_SERVICE,
        "DesiredInferenceUnits": document["units"],
        "CurrentInferenceUnits": document["units"],
        "CreationTime": document["created"],
        "LastModifiedTime": document["updated"],
    }
    if model:
        told["ModelArn"] = told["DesiredModelArn"] = model
    if flywheel := document.get("flywheel"):
        told["FlywheelArn"] = flywheel
    if document["role"]:
        told["DataAccessRoleArn"] = told["DesiredDataAccessRoleArn"] = document["role"]
    return told


async def _served(call: Call, request: Mapping[str, Any], member: str) -> tuple[str, str]:
    """Return the ARNs of the model that a request wants to have served, and of its flywheel.

    Args:
        call: Who asks.
        request: Names a model, or a flywheel, whose active version it is, or neither.
        member: What it calls the model.

    Raises:
        InvalidRequestException: It names both.
        ServiceError: See `active_model_of`.
    """
    flywheel = request.get("FlywheelArn", "")
    if not flywheel:
        return request.get(member, ""), ""
    if member in request:
        raise shapes.InvalidRequestException(f"Only one of {member} and FlywheelArn can be set.")
    return await active_model_of(call, flywheel), flywheel


def _kind_for(call: Call, model_arn: str) -> EndpointKind:
    """Return the kind of endpoints that serve a model.

    Raises:
        ResourceNotFoundException: The model is none of the caller's.
    """
    for kind in ENDPOINT_KINDS:
        if model_arn.startswith(kind.models.arn(call, "")):
            return kind
    raise not_found(model_arn)


async def _find(call: Call, arn: str) -> tuple[EndpointKind, Record]:
    for kind in ENDPOINT_KINDS:
        endpoint = await kind.find(call, arn)
        if endpoint is not None:
            return kind, endpoint
    raise not_found(arn)
