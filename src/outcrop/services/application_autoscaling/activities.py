"""Scaling activities: each change of a capacity, and what became of it.

Source:
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalingActivities.html
"""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.records import every
from outcrop.services.application_autoscaling import shapes
from outcrop.services.application_autoscaling.capacities import UNITS
from outcrop.services.application_autoscaling.places import (
    ACTIVITY,
    SEPARATOR,
    key_of,
    page_below,
    scope,
)
from outcrop.storage.records.interface import Create, Delete, Document, Put, Record

KEPT_FOR = timedelta(weeks=6)
FAR = 10**17
"""Microseconds, later than any activity: names count back from it, and the last comes first."""
SHOWN = (
    "ActivityId",
    "ServiceNamespace",
    "ResourceId",
    "ScalableDimension",
    "Description",
    "Cause",
    "StartTime",
    "EndTime",
    "StatusCode",
    "StatusMessage",
)


@operation("DescribeScalingActivities")
async def describe_scaling_activities(
    call: Call, request: shapes.DescribeScalingActivitiesRequest
) -> shapes.DescribeScalingActivitiesResponse:
    """Answer with what was scaled in the last six weeks, of each resource the latest first."""
    page = await page_below(call, ACTIVITY, request, None)
    answer: shapes.DescribeScalingActivitiesResponse = {
        "ScalingActivities": [_shown(activity) for activity in page.items]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


async def begin(
    call: Call, target: Mapping[str, Any], *, counts: tuple[int, int], policy: str, cause: str
) -> Record:
    """Note that a capacity is going to change, and forget what is too old.

    Args:
        call: Of the target's account and region.
        target: What is scaled.
        counts: Its capacity, and what it is to be.
        policy: The name of the policy that wants it; may be empty.
        cause: As it is told.
    """
    now = call.backends.now()
    async for old in _of(call, target):
        if old.document["StartTime"] < now - KEPT_FOR:
            await call.backends.records.write(
                Delete(scope=old.scope, name=old.name, must_exist=False)
            )
    activity_id = str(uuid.uuid4())
    moment = FAR - int(now.timestamp() * 1e6)
    document: Document = {
        **{name: target[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")},
        "ActivityId": activity_id,
        "Description": f"Setting {UNITS[target['ScalableDimension']]} to {counts[1]}.",
        "Cause": cause,
        "StartTime": now,
        "StatusCode": "InProgress",
        "before": counts[0],
        "wanted": counts[1],
        "policy": policy,
    }
    create = Create(
        scope=scope(call, ACTIVITY),
        name=key_of(target, f"{moment:017}-{activity_id}"),
        document=document,
    )
    (written,) = await call.backends.records.write(create)
    assert written is not None  # noqa: S101 - what was created is there
    return written


async def end(call: Call, activity: Record, *, failure: str | None = None) -> None:
    """Note what became of an activity."""
    document = activity.document
    unit, wanted = UNITS[document["ScalableDimension"]], document["wanted"]
    message = (
        f"Successfully set {unit} to {wanted}. Change successfully fulfilled by sagemaker."
        if failure is None
        else f"Failed to set {unit} to {wanted}. Reason: {failure}"
    )
    ended = {
        **document,
        "EndTime": call.backends.now(),
        "StatusCode": "Successful" if failure is None else "Failed",
        "StatusMessage": message,
    }
    await call.backends.records.write(Put(scope=activity.scope, name=activity.name, document=ended))


async def latest(call: Call, target: Mapping[str, Any]) -> list[Record]:
    """Return the last activities of a target, the latest first."""
    return list(
        await call.backends.records.list(
            scope(call, ACTIVITY), prefix=key_of(target) + SEPARATOR, limit=20
        )
    )


def _of(call: Call, target: Mapping[str, Any]) -> Any:
    return every(call.backends.records, scope(call, ACTIVITY), prefix=key_of(target) + SEPARATOR)


def _shown(activity: Record) -> Any:
    return {name: activity.document[name] for name in SHOWN if name in activity.document}
