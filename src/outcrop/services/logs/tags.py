"""Tags of log groups, by ARN and in the older form by name.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html
"""

from collections.abc import Iterable, Mapping

from outcrop.operations import Call, operation
from outcrop.operations.tags import without
from outcrop.services.logs import shapes
from outcrop.services.logs.places import change_group, find_group, name_in
from outcrop.services.logs.tag_lists import new_tags


@operation("TagResource")
async def tag_resource(call: Call, request: shapes.TagResourceRequest) -> None:
    """Add tags to a group."""
    await _tag(call, _tagged(request["resourceArn"]), request["tags"])


@operation("UntagResource")
async def untag_resource(call: Call, request: shapes.UntagResourceRequest) -> None:
    """Remove tags from a group."""
    await _untag(call, _tagged(request["resourceArn"]), request["tagKeys"])


@operation("ListTagsForResource")
async def list_tags_for_resource(
    call: Call, request: shapes.ListTagsForResourceRequest
) -> shapes.ListTagsForResourceResponse:
    """Answer with a group's tags."""
    group = await find_group(call, _tagged(request["resourceArn"]))
    return {"tags": group.document["tags"]}


@operation("TagLogGroup")
async def tag_log_group(call: Call, request: shapes.TagLogGroupRequest) -> None:
    """Add tags to a group."""
    await _tag(call, request["logGroupName"], request["tags"])


@operation("UntagLogGroup")
async def untag_log_group(call: Call, request: shapes.UntagLogGroupRequest) -> None:
    """Remove tags from a group."""
    await _untag(call, request["logGroupName"], request["tags"])


@operation("ListTagsLogGroup")
async def list_tags_log_group(
    call: Call, request: shapes.ListTagsLogGroupRequest
) -> shapes.ListTagsLogGroupResponse:
    """Answer with a group's tags."""
    group = await find_group(call, request["logGroupName"])
    return {"tags": group.document["tags"]}


async def _tag(call: Call, name: str, tags: Mapping[str, str]) -> None:
    group = await find_group(call, name)
    together = new_tags(tags, before=group.document["tags"], resource=name)
    await change_group(call, name, {"tags": together})


async def _untag(call: Call, name: str, keys: Iterable[str]) -> None:
    group = await find_group(call, name)
    await change_group(call, name, {"tags": without(group.document["tags"], keys)})


def _tagged(arn: str) -> str:
    if not arn.startswith("arn:"):
        raise shapes.InvalidParameterException(f"{arn} is not an ARN.")
    return name_in(arn)
