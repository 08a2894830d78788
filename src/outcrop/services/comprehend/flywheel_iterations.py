"""Iterations of flywheels: start, describe, list.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_StartFlywheelIteration.html
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.service_jobs import made_by, submit
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.arns import not_found
from outcrop.services.comprehend.flywheel.iteration import (
    JOBS,
    PHASE,
    STATES,
    complete_datasets,
)
from outcrop.services.comprehend.flywheel.lake import STAMP, evaluation_in
from outcrop.services.comprehend.flywheel.resources import (
    FLYWHEELS,
    ITERATIONS,
    find_active,
    with_flywheel,
)
from outcrop.services.comprehend.flywheel.tasks import TRAIN
from outcrop.services.comprehend.flywheel.versions import LATEST, TRAINED, active_model
from outcrop.services.comprehend.lists import check_filter, newest_first
from outcrop.storage.records.interface import Record, Replace


@operation("StartFlywheelIteration")
async def start_flywheel_iteration(
    call: Call, request: shapes.StartFlywheelIterationRequest
) -> shapes.StartFlywheelIterationResponse:
    """Begin to train and to measure."""
    arn, token = request["FlywheelArn"], request.get("ClientRequestToken", "")
    iteration = await made_by(call, JOBS, token)
    if iteration is None:

        async def start(flywheel: Record) -> Record:
            return await _start(call, flywheel, token)

        iteration = await with_flywheel(lambda: find_active(call, arn), start)
    name, _, number = iteration.name.partition("/")
    return {"FlywheelArn": FLYWHEELS.arn(call, name), "FlywheelIterationId": number}


async def _start(call: Call, flywheel: Record, token: str) -> Record:
    """Begin an iteration if none is at work, and there is something to do."""
    arn = FLYWHEELS.arn(call, flywheel.name)
    taken: set[str] = set()
    async for each in ITERATIONS.of_flywheel(call, flywheel.name):
        taken.add(each.name)
        if not STATES.is_ended(each.document["status"]):
            raise shapes.ResourceInUseException(
                f"The flywheel {arn} is running the iteration {each.name.partition('/')[2]}. Wait"
                " for its end."
            )
    await _check_data(call, flywheel, arn)
    moment = call.backends.now()
    while f"{flywheel.name}/{moment.strftime(STAMP)}" in taken:  # Of the same second.
        moment += timedelta(seconds=1)
    number = moment.strftime(STAMP)
    latest = {**flywheel.document, LATEST: number, "updated": call.backends.now()}
    return await submit(
        call,
        JOBS,
        f"{flywheel.name}/{number}",
        {
            "output": evaluation_in(flywheel.document["lake"], number),
            "role": flywheel.document["role"],
        },
        token=token,
        also=(Replace(record=flywheel, document=latest),),
    )


async def _check_data(call: Call, flywheel: Record, arn: str) -> None:
    """Refuse to run a flywheel that has nothing to run on.

    Raises:
        InvalidRequestException: See there.
    """
    datasets = await complete_datasets(call, flywheel.name)
    if not datasets:
        raise shapes.InvalidRequestException(
            f"The flywheel {arn} has no dataset that is COMPLETED. Create one first."
        )
    if await active_model(call.backends.records, flywheel):
        return
    if all(each.document["told"]["DatasetType"] != TRAIN for each in datasets):
        raise shapes.InvalidRequestException(
            f"The flywheel {arn} has no version yet, and no dataset to train one of."
        )


@operation("DescribeFlywheelIteration")
async def describe_flywheel_iteration(
    call: Call, request: shapes.DescribeFlywheelIterationRequest
) -> shapes.DescribeFlywheelIterationResponse:
    """Answer with the state of an iteration, and what it measured."""
    flywheel = await FLYWHEELS.find(call, request["FlywheelArn"])
    name = f"{flywheel.name}/{request['FlywheelIterationId']}"
    iteration = await call.backends.records.find(ITERATIONS.scope(call), name)
    if iteration is None:
        raise not_found(f"{request['FlywheelArn']}, iteration {request['FlywheelIterationId']}")
    told: Any = _told(call, iteration)
    return {"FlywheelIterationProperties": told}


@operation("ListFlywheelIterationHistory")
async def list_flywheel_iteration_history(
    call: Call, request: shapes.ListFlywheelIterationHistoryRequest
) -> shapes.ListFlywheelIterationHistoryResponse:
    """Answer with the iterations of a flywheel that pass the filter, the newest first."""
    chosen: Mapping[str, Any] = request.get("Filter", {})
    check_filter(chosen)
    flywheel = await FLYWHEELS.find(call, request["FlywheelArn"])
    iterations = [each async for each in ITERATIONS.of_flywheel(call, flywheel.name)]
    page = newest_first(iterations, chosen, request, after="CreationTimeAfter")
    told = [_told(call, each) for each in page.items]
    answer: Any = page.answer("FlywheelIterationPropertiesList", told)
    return answer


def _told(call: Call, iteration: Record) -> dict[str, Any]:
    document = iteration.document
    name, _, number = iteration.name.partition("/")
    is_ended = STATES.is_ended(document["status"])
    told = {
        "FlywheelArn": FLYWHEELS.arn(call, name),
        "FlywheelIterationId": number,
        "CreationTime": document["created"],
        "Status": document["status"] if is_ended else document.get(PHASE, document["status"]),
    }
    for member, key in (
        ("EndTime", "ended"),
        ("Message", "message"),
        ("EvaluatedModelArn", "evaluated"),
        ("EvaluatedModelMetrics", "evaluated_metrics"),
        ("TrainedModelArn", TRAINED),
        ("TrainedModelMetrics", "trained_metrics"),
    ):
        if key in document:
            told[member] = document[key]
    if document["status"] == STATES.done:
        told["EvaluationManifestS3Prefix"] = document["output"]
    return told
