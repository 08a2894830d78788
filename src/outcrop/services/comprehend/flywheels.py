"""Flywheels: create, describe, list, update, delete.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_CreateFlywheel.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.records import change, every
from outcrop.operations.service_jobs import submit
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.arns import not_found
from outcrop.services.comprehend.flywheel.creation import JOBS
from outcrop.services.comprehend.flywheel.lake import lake_of
from outcrop.services.comprehend.flywheel.model_types import (
    MODELS,
    check_same_task,
    check_task,
    config_of,
    type_of,
)
from outcrop.services.comprehend.flywheel.resources import (
    CREATING,
    DATASETS,
    FLYWHEELS,
    ITERATIONS,
    TRAINING,
    find_active,
    with_flywheel,
)
from outcrop.services.comprehend.flywheel.versions import ACTIVE_MODEL, LATEST, active_model
from outcrop.services.comprehend.lists import check_filter, newest_first
from outcrop.services.comprehend.models.custom_models import IN_USE
from outcrop.services.comprehend.models.uses import endpoints_of_flywheel
from outcrop.services.comprehend.tagging import checked_tags
from outcrop.storage.records.interface import (
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
)


@operation("CreateFlywheel")
async def create_flywheel(
    call: Call, request: shapes.CreateFlywheelRequest
) -> shapes.CreateFlywheelResponse:
    """Begin to make a flywheel for a model, or for one that it will train."""
    name, active = request["FlywheelName"], request.get("ActiveModelArn", "")
    model_type, task = await _task(call, request)
    now = call.backends.now()
    lake = lake_of(request["DataLakeS3Uri"], name, now)
    document: Document = {
        ACTIVE_MODEL: active,
        "model_type": model_type,
        "task": task,
        "lake": lake,
        "output": lake,
        "role": request["DataAccessRoleArn"],
        "security": request.get("DataSecurityConfig", {}),
        "tags": checked_tags(request.get("Tags", [])),
    }
    token = request.get("ClientRequestToken", "")
    try:
        flywheel = await submit(call, JOBS, name, document, token=token)
    except RecordExistsError as error:
        raise shapes.ResourceInUseException(IN_USE) from error
    answer: shapes.CreateFlywheelResponse = {"FlywheelArn": FLYWHEELS.arn(call, flywheel.name)}
    if flywheel.document[ACTIVE_MODEL]:
        answer["ActiveModelArn"] = flywheel.document[ACTIVE_MODEL]
    return answer


async def _task(call: Call, request: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return the type of a flywheel's model and its `TaskConfig`."""
    given = [name for name in ("TaskConfig", "ModelType") if name in request]
    if "ActiveModelArn" in request:
        if given:
            raise shapes.InvalidRequestException(
                f"{' and '.join(given)} must be absent if there is an ActiveModelArn."
            )
        model_type = type_of(request["ActiveModelArn"])
        model = await MODELS[model_type].find_trained(call, request["ActiveModelArn"])
        return model_type, config_of(model_type, model.document)
    if len(given) < 2:
        raise shapes.InvalidRequestException(
            "ActiveModelArn is required, or both TaskConfig and ModelType for a new model."
        )
    check_task(request["ModelType"], request["TaskConfig"])
    return request["ModelType"], request["TaskConfig"]


@operation("DescribeFlywheel")
async def describe_flywheel(
    call: Call, request: shapes.DescribeFlywheelRequest
) -> shapes.DescribeFlywheelResponse:
    """Answer with all that is known of a flywheel."""
    told: Any = await _told(call, await FLYWHEELS.find(call, request["FlywheelArn"]))
    return {"FlywheelProperties": told}


@operation("ListFlywheels")
async def list_flywheels(
    call: Call, request: shapes.ListFlywheelsRequest
) -> shapes.ListFlywheelsResponse:
    """Answer with the flywheels that pass the filter, the newest first."""
    chosen: Mapping[str, Any] = request.get("Filter", {})
    check_filter(chosen)
    flywheels = [
        each
        async for each in every(call.backends.records, FLYWHEELS.scope(call))
        if chosen.get("Status", each.document["status"]) == each.document["status"]
    ]
    page = newest_first(flywheels, chosen, request, after="CreationTimeAfter")
    told = [await _summary(call, each) for each in page.items]
    answer: Any = page.answer("FlywheelSummaryList", told)
    return answer


@operation("UpdateFlywheel")
async def update_flywheel(
    call: Call, request: shapes.UpdateFlywheelRequest
) -> shapes.UpdateFlywheelResponse:
    """Make another version the active one, or change the role or the keys."""
    flywheel = await find_active(call, request["FlywheelArn"])
    changes: dict[str, Any] = {}
    if "ActiveModelArn" in request:
        arn = request["ActiveModelArn"]
        model_type = type_of(arn)
        model = await MODELS[model_type].find_trained(call, arn)
        check_same_task(flywheel.document, arn, model.document)
        changes[ACTIVE_MODEL] = arn
    if "DataAccessRoleArn" in request:
        changes["role"] = request["DataAccessRoleArn"]
    security: Mapping[str, Any] = request.get("DataSecurityConfig", {})

    def changed(document: Document) -> Document:
        return {
            **document,
            **changes,
            "security": {**document["security"], **security},
            "updated": call.backends.now(),
        }

    try:
        flywheel = await change(call.backends.records, flywheel.scope, flywheel.name, changed)
    except RecordNotFoundError as error:
        raise not_found(request["FlywheelArn"]) from error
    told: Any = await _told(call, flywheel)
    return {"FlywheelProperties": told}


@operation("DeleteFlywheel")
async def delete_flywheel(
    call: Call, request: shapes.DeleteFlywheelRequest
) -> shapes.DeleteFlywheelResponse:
    """Forget a flywheel; its data lake and its models stay."""
    arn = request["FlywheelArn"]

    async def delete(flywheel: Record) -> None:
        datasets = [each async for each in DATASETS.of_flywheel(call, flywheel.name)]
        iterations = [each async for each in ITERATIONS.of_flywheel(call, flywheel.name)]
        at_work = {each.document["status"] for each in (flywheel, *datasets, *iterations)}
        if at_work & {CREATING, TRAINING}:
            raise shapes.ResourceInUseException(
                f"The flywheel {arn} is being made, is taking in a dataset, or is running an"
                " iteration. Wait for its end."
            )
        if endpoints := await endpoints_of_flywheel(call, arn):
            raise shapes.ResourceInUseException(
                f"The endpoint {endpoints[0].name} uses the flywheel {arn}. Delete the endpoint"
                " first."
            )
        await call.backends.records.write(
            Delete(scope=flywheel.scope, name=flywheel.name, version=flywheel.version),
            *[
                Delete(scope=each.scope, name=each.name, must_exist=False)
                for each in (*datasets, *iterations)
            ],
        )

    try:
        await with_flywheel(lambda: FLYWHEELS.find(call, arn), delete)
    except RecordNotFoundError:  # Somebody else was faster.
        return {}
    return {}


async def _summary(call: Call, flywheel: Record) -> dict[str, Any]:
    document = flywheel.document
    told = {
        "FlywheelArn": FLYWHEELS.arn(call, flywheel.name),
        "DataLakeS3Uri": document["lake"],
        "Status": document["status"],
        "ModelType": document["model_type"],
        "CreationTime": document["created"],
        "LastModifiedTime": document["updated"],
    }
    if active := await active_model(call.backends.records, flywheel):
        told["ActiveModelArn"] = active
    for member, key in (("Message", "message"), ("LatestFlywheelIteration", LATEST)):
        if key in document:
            told[member] = document[key]
    return told


async def _told(call: Call, flywheel: Record) -> dict[str, Any]:
    return {
        **await _summary(call, flywheel),
        "DataAccessRoleArn": flywheel.document["role"],
        "TaskConfig": flywheel.document["task"],
        "DataSecurityConfig": flywheel.document["security"],
    }
