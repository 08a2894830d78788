"""Tags of alarms and dashboards.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html
"""

from collections.abc import Callable

from outcrop.aws.arn import Arn
from outcrop.operations import Call, operation
from outcrop.operations.records import change
from outcrop.operations.tags import to_list, without
from outcrop.services.cloudwatch import shapes
from outcrop.services.cloudwatch.alarm_records import alarms_scope
from outcrop.services.cloudwatch.dashboards import dashboards_scope
from outcrop.services.cloudwatch.tag_lists import new_tags
from outcrop.storage.records.interface import Document, RecordNotFoundError, Scope


@operation("TagResource")
async def tag_resource(call: Call, request: shapes.TagResourceInput) -> shapes.TagResourceOutput:
    """Add tags to an alarm or a dashboard."""
    await _change(
        call,
        request["ResourceARN"],
        lambda document: {**document, "tags": new_tags(request["Tags"], before=document["tags"])},
    )
    return {}


@operation("UntagResource")
async def untag_resource(
    call: Call, request: shapes.UntagResourceInput
) -> shapes.UntagResourceOutput:
    """Remove tags from an alarm or a dashboard."""
    await _change(
        call,
        request["ResourceARN"],
        lambda document: {**document, "tags": without(document["tags"], request["TagKeys"])},
    )
    return {}


@operation("ListTagsForResource")
async def list_tags_for_resource(
    call: Call, request: shapes.ListTagsForResourceInput
) -> shapes.ListTagsForResourceOutput:
    """Answer with the tags of an alarm or a dashboard."""
    scope, name = _place(call, request["ResourceARN"])
    record = await call.backends.records.find(scope, name)
    if record is None:
        raise _unknown(request["ResourceARN"])
    return {"Tags": to_list(record.document["tags"])}


async def _change(call: Call, arn: str, changed: Callable[[Document], Document]) -> None:
    scope, name = _place(call, arn)
    try:
        await change(call.backends.records, scope, name, changed)
    except RecordNotFoundError as error:
        raise _unknown(arn) from error


def _place(call: Call, arn: str) -> tuple[Scope, str]:
    """Return where the resource of an ARN is kept."""
    try:
        resource = Arn.parse(arn).resource
    except ValueError as error:
        raise shapes.InvalidParameterValueException(f"{arn} is not an ARN.") from error
    if resource.startswith("alarm:"):
        return alarms_scope(call), resource.removeprefix("alarm:")
    if resource.startswith("dashboard/"):
        return dashboards_scope(call), resource.removeprefix("dashboard/")
    raise _unknown(arn)


def _unknown(arn: str) -> shapes.ResourceNotFoundException:
    return shapes.ResourceNotFoundException(
        f"{arn} does not exist.", ResourceType="CloudWatch resource", ResourceId=arn
    )
