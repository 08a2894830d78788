"""Scheduled actions: kept, not carried out.

Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
"""

import re
import uuid
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.application_autoscaling import shapes
from outcrop.services.application_autoscaling.places import (
    ACTION,
    described,
    find_target,
    key_of,
    page_below,
    scope,
)
from outcrop.storage.records.interface import Delete, Document, Put, Record, RecordNotFoundError

SCHEDULE = re.compile(
    r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)"
    r"|rate\([1-9]\d* (?:minutes?|hours?|days?)\)"
    r"|cron\(\S+(?: \S+){5}\)"
)
KEPT = (
    "ScheduledActionName",
    "ServiceNamespace",
    "ResourceId",
    "ScalableDimension",
    "Schedule",
    "Timezone",
    "StartTime",
    "EndTime",
    "ScalableTargetAction",
)


@operation("PutScheduledAction")
async def put_scheduled_action(
    call: Call, request: shapes.PutScheduledActionRequest
) -> shapes.PutScheduledActionResponse:
    """Make a scheduled action of a target, or change the members that are given."""
    await find_target(call, request)
    name = key_of(request, request["ScheduledActionName"])
    before = await call.backends.records.find(scope(call, ACTION), name)
    kept = dict(before.document) if before else {}
    document: Document = {
        "id": str(uuid.uuid4()),
        "CreationTime": call.backends.now(),
        **kept,
        **{member: value for member, value in request.items() if member in KEPT},
    }
    if not SCHEDULE.fullmatch(document.get("Schedule", "")):
        raise shapes.ValidationException(
            f"Schedule expression is invalid: {document.get('Schedule', 'it is missing')}"
        )
    action = document.get("ScalableTargetAction", {})
    if not action:
        raise shapes.ValidationException("Either MinCapacity or MaxCapacity must be specified")
    if action.get("MaxCapacity", float("inf")) < action.get("MinCapacity", 0):
        raise shapes.ValidationException("Maximum capacity cannot be less than minimum capacity")
    await call.backends.records.write(Put(scope=scope(call, ACTION), name=name, document=document))
    return {}


@operation("DescribeScheduledActions")
async def describe_scheduled_actions(
    call: Call, request: shapes.DescribeScheduledActionsRequest
) -> shapes.DescribeScheduledActionsResponse:
    """Answer with the scheduled actions of a service."""
    page = await page_below(call, ACTION, request, request.get("ScheduledActionNames"))
    answer: shapes.DescribeScheduledActionsResponse = {
        "ScheduledActions": [_shown(call, action) for action in page.items]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("DeleteScheduledAction")
async def delete_scheduled_action(
    call: Call, request: shapes.DeleteScheduledActionRequest
) -> shapes.DeleteScheduledActionResponse:
    """Delete a scheduled action."""
    name = key_of(request, request["ScheduledActionName"])
    try:
        await call.backends.records.write(Delete(scope=scope(call, ACTION), name=name))
    except RecordNotFoundError as error:
        raise shapes.ObjectNotFoundException(
            f"No scheduled action found for {described(request)}, scheduled action name:"
            f" {request['ScheduledActionName']}"
        ) from error
    return {}


def _shown(call: Call, action: Record) -> Any:
    document = action.document
    resource = f"{document['ServiceNamespace']}/{document['ResourceId']}"
    return {
        **{member: document[member] for member in KEPT if member in document},
        "ScheduledActionARN": call.arn(
            f"scheduledAction:{document['id']}:resource/{resource}"
            f":scheduledActionName/{document['ScheduledActionName']}",
            service="autoscaling",
        ),
        "CreationTime": document["CreationTime"],
    }
