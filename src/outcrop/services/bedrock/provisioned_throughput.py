"""Provisioned Throughput: create, get, list, update, delete.

Here capacity is the machine's own, so a purchase is a name for a model: in service at once.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prov-throughput.html
"""

from datetime import timedelta

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, operation
from outcrop.services.bedrock import shapes
from outcrop.services.bedrock.catalogue import FoundationModel, find_model
from outcrop.services.bedrock.foundation_models import INVALID_MODEL, model_arn, model_of
from outcrop.services.bedrock.listings import page_of_resources
from outcrop.services.bedrock.resources import (
    PROVISIONED_MODEL,
    NameTakenError,
    add,
    arn_of,
    find,
    remove,
    replace,
)
from outcrop.services.bedrock.tags import checked_tags
from outcrop.storage.records.interface import Document

COMMITMENTS = {"OneMonth": timedelta(days=30), "SixMonths": timedelta(days=180)}
IN_SERVICE = "InService"


@operation("CreateProvisionedModelThroughput")
async def create_provisioned_model_throughput(
    call: Call, request: shapes.CreateProvisionedModelThroughputRequest
) -> shapes.CreateProvisionedModelThroughputResponse:
    """Buy throughput for a model that AWS sells it for."""
    model = model_of(call, request["modelId"])
    if not model.base and not model.throughput:
        raise shapes.ValidationException(
            f"The model {model.id} does not support Provisioned Throughput."
        )
    name = request["provisionedModelName"]
    document = {
        "model": model.id,
        "units": request["modelUnits"],
        "commitment": request.get("commitmentDuration"),
        "tags": checked_tags(request.get("tags", []), resource=name),
    }
    token = request.get("clientRequestToken", "")
    try:
        bought = await add(call, PROVISIONED_MODEL, name, document, token=token)
    except NameTakenError as error:
        raise _name_taken(name) from error
    return {"provisionedModelArn": arn_of(call, PROVISIONED_MODEL, bought.name)}


@operation("GetProvisionedModelThroughput")
async def get_provisioned_model_throughput(
    call: Call, request: shapes.GetProvisionedModelThroughputRequest
) -> shapes.GetProvisionedModelThroughputResponse:
    """Answer with a purchase, by name, id or ARN."""
    bought = await find(call, PROVISIONED_MODEL, request["provisionedModelId"])
    return _told(call, bought.document)


@operation("ListProvisionedModelThroughputs")
async def list_provisioned_model_throughputs(
    call: Call, request: shapes.ListProvisionedModelThroughputsRequest
) -> shapes.ListProvisionedModelThroughputsResponse:
    """Answer with the purchases that pass all filters."""
    after, before = request.get("creationTimeAfter"), request.get("creationTimeBefore")
    status, part = request.get("statusEquals"), request.get("nameContains", "")
    model = request.get("modelArnEquals")

    def keep(bought: Document) -> bool:
        return (
            (after is None or bought["created"] > after)
            and (before is None or bought["created"] < before)
            and status in (None, IN_SERVICE)
            and model in (None, model_arn(call.region, _model(bought)))
            and part in bought["name"]
        )

    page = await page_of_resources(call, PROVISIONED_MODEL, request, keep=keep)
    answer: shapes.ListProvisionedModelThroughputsResponse = {
        "provisionedModelSummaries": [_told(call, bought) for bought in page.items]
    }
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("UpdateProvisionedModelThroughput")
async def update_provisioned_model_throughput(
    call: Call, request: shapes.UpdateProvisionedModelThroughputRequest
) -> shapes.UpdateProvisionedModelThroughputResponse:
    """Give a purchase another name, or another variant of its model."""
    bought = await find(call, PROVISIONED_MODEL, request["provisionedModelId"])
    document = dict(bought.document)
    if "desiredModelId" in request:
        model = model_of(call, request["desiredModelId"])
        if _base(model) != _base(_model(document)):
            raise shapes.ValidationException(
                "The desired model must be the same base model, or a custom model made from it."
            )
        document["model"] = model.id
    document["name"] = request.get("desiredProvisionedModelName", document["name"])
    try:
        await replace(call, bought, PROVISIONED_MODEL, document)
    except NameTakenError as error:
        raise _name_taken(document["name"]) from error
    return {}


@operation("DeleteProvisionedModelThroughput")
async def delete_provisioned_model_throughput(
    call: Call, request: shapes.DeleteProvisionedModelThroughputRequest
) -> shapes.DeleteProvisionedModelThroughputResponse:
    """Give up a purchase whose commitment is over."""
    bought = await find(call, PROVISIONED_MODEL, request["provisionedModelId"])
    commitment = bought.document["commitment"]
    if commitment:
        end = bought.document["created"] + COMMITMENTS[commitment]
        if call.backends.now() < end:
            raise shapes.ConflictException(
                "The Provisioned Throughput cannot be deleted before its commitment term is"
                f" complete, at {end:%Y-%m-%dT%H:%M:%SZ}."
            )
    await remove(call, bought, PROVISIONED_MODEL)
    return {}


def _name_taken(name: str) -> ServiceError:
    return shapes.ValidationException(
        f"The provided provisioned model name {name} is currently in use."
    )


def _model(bought: Document) -> FoundationModel:
    model = find_model(bought["model"])
    if model is None:
        raise shapes.ValidationException(INVALID_MODEL)
    return model


def _base(model: FoundationModel) -> str:
    return model.base or model.id


def _told(call: Call, bought: Document) -> shapes.GetProvisionedModelThroughputResponse:
    model = _model(bought)
    arn = model_arn(call.region, model)
    base = find_model(_base(model)) or model
    told: shapes.GetProvisionedModelThroughputResponse = {
        "modelUnits": bought["units"],
        "desiredModelUnits": bought["units"],
        "provisionedModelName": bought["name"],
        "provisionedModelArn": arn_of(call, PROVISIONED_MODEL, bought["id"]),
        "modelArn": arn,
        "desiredModelArn": arn,
        "foundationModelArn": model_arn(call.region, base),
        "status": IN_SERVICE,
        "creationTime": bought["created"],
        "lastModifiedTime": bought["updated"],
    }
    if bought["commitment"]:
        told["commitmentDuration"] = bought["commitment"]
        told["commitmentExpirationTime"] = bought["created"] + COMMITMENTS[bought["commitment"]]
    return told
