"""Log groups: create, describe, list, delete.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
"""

import re

from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of_records
from outcrop.operations.records import every
from outcrop.services.logs import shapes
from outcrop.services.logs.event_log import EventLog
from outcrop.services.logs.metric_filters import metric_filters
from outcrop.services.logs.places import (
    MOST_DESCRIBED,
    change_group,
    find_group,
    group_arn,
    groups,
    invalid_token,
    milliseconds,
    name_in,
    new_id,
    scope,
    streams,
)
from outcrop.services.logs.tag_lists import new_tags
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
)


@operation("CreateLogGroup")
async def create_log_group(call: Call, request: shapes.CreateLogGroupRequest) -> None:
    """Make a group."""
    document: Document = {
        "id": new_id(),
        "creationTime": milliseconds(call.backends.now()),
        "logGroupClass": request.get("logGroupClass", "STANDARD"),
        "deletionProtectionEnabled": request.get("deletionProtectionEnabled", False),
        "metricFilterCount": 0,
        "tags": new_tags(request.get("tags", {}), resource=request["logGroupName"]),
    }
    if "kmsKeyId" in request:
        document["kmsKeyId"] = request["kmsKeyId"]
    create = Create(scope=groups(call), name=request["logGroupName"], document=document)
    try:
        await call.backends.records.write(create)
    except RecordExistsError as error:
        raise shapes.ResourceAlreadyExistsException(
            "The specified log group already exists"
        ) from error


@operation("DeleteLogGroup")
async def delete_log_group(call: Call, request: shapes.DeleteLogGroupRequest) -> None:
    """Delete a group with its streams, events and filters."""
    group = await find_group(call, request["logGroupName"])
    if group.document["deletionProtectionEnabled"]:
        raise shapes.OperationAbortedException(
            "The log group has deletion protection enabled; disable it before deleting."
        )
    records = call.backends.records
    await records.write(Delete(scope=groups(call), name=group.name, must_exist=False))
    async for each in every(records, metric_filters(call), prefix=f"{group.name}:"):
        await records.write(Delete(scope=each.scope, name=each.name, must_exist=False))
    async for stream in every(records, streams(call, group)):
        await records.write(Delete(scope=stream.scope, name=stream.name, must_exist=False))
        await EventLog(records, scope(call, f"events/{stream.document['id']}")).delete()


@operation("DescribeLogGroups")
async def describe_log_groups(
    call: Call, request: shapes.DescribeLogGroupsRequest
) -> shapes.DescribeLogGroupsResponse:
    """Answer with the groups whose names start so, or contain a string."""
    pattern = request.get("logGroupNamePattern", "")
    if pattern and "logGroupNamePrefix" in request:
        raise shapes.InvalidParameterException(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
        )
    identifiers = {name_in(each) for each in request.get("logGroupIdentifiers", [])}
    wanted_class = request.get("logGroupClass")

    def keep(group: Record) -> bool:
        return (
            pattern in group.name
            and (not identifiers or group.name in identifiers)
            and wanted_class in {None, group.document["logGroupClass"]}
        )

    page = await page_of_records(
        call.backends.records,
        groups(call),
        PageRequest(
            limit=request.get("limit", MOST_DESCRIBED),
            token=request.get("nextToken"),
            error=invalid_token(),
        ),
        prefix=request.get("logGroupNamePrefix", ""),
        keep=keep,
    )
    answer: shapes.DescribeLogGroupsResponse = {
        "logGroups": [await _described(call, group) for group in page.items]
    }
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("ListLogGroups")
async def list_log_groups(
    call: Call, request: shapes.ListLogGroupsRequest
) -> shapes.ListLogGroupsResponse:
    """Answer with the names of groups that match a pattern, a class and tags."""
    parts = request.get("logGroupNamePattern", "").split("|")
    # `^` stands for the start of the name; all else is plain text.
    pattern = re.compile(
        "|".join(
            ("^" if part.startswith("^") else "") + re.escape(part.lstrip("^")) for part in parts
        )
    )
    wanted_class = request.get("logGroupClass")
    wanted_tags = request.get("logGroupTags", [])

    def keep(group: Record) -> bool:
        tags = group.document["tags"]
        return (
            pattern.search(group.name) is not None
            and wanted_class in {None, group.document["logGroupClass"]}
            and all(
                each["key"] in tags
                and (not each.get("values") or tags[each["key"]] in each.get("values", []))
                for each in wanted_tags
            )
        )

    page = await page_of_records(
        call.backends.records,
        groups(call),
        PageRequest(
            limit=request.get("limit", MOST_DESCRIBED),
            token=request.get("nextToken"),
            error=invalid_token(),
        ),
        keep=keep,
    )
    answer: shapes.ListLogGroupsResponse = {
        "logGroups": [
            {
                "logGroupName": group.name,
                "logGroupArn": group_arn(call, group.name),
                "logGroupClass": group.document["logGroupClass"],
            }
            for group in page.items
        ]
    }
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("PutLogGroupDeletionProtection")
async def put_log_group_deletion_protection(
    call: Call, request: shapes.PutLogGroupDeletionProtectionRequest
) -> None:
    """Protect a group from deletion, or no longer."""
    await change_group(
        call,
        name_in(request["logGroupIdentifier"]),
        {"deletionProtectionEnabled": request["deletionProtectionEnabled"]},
    )


@operation("AssociateKmsKey")
async def associate_kms_key(call: Call, request: shapes.AssociateKmsKeyRequest) -> None:
    """Note the key that a group names; Outcrop itself encrypts nothing with it."""
    name = name_in(request.get("resourceIdentifier") or request.get("logGroupName", ""))
    await change_group(call, name, {"kmsKeyId": request["kmsKeyId"]})


@operation("DisassociateKmsKey")
async def disassociate_kms_key(call: Call, request: shapes.DisassociateKmsKeyRequest) -> None:
    """Forget the key that a group names."""
    name = name_in(request.get("resourceIdentifier") or request.get("logGroupName", ""))
    await change_group(call, name, {"kmsKeyId": None})


async def _described(call: Call, group: Record) -> shapes.LogGroup:
    document = group.document
    described: shapes.LogGroup = {
        "logGroupName": group.name,
        "creationTime": document["creationTime"],
        "metricFilterCount": document["metricFilterCount"],
        "arn": f"{group_arn(call, group.name)}:*",
        "logGroupArn": group_arn(call, group.name),
        "storedBytes": 0,
        "logGroupClass": document["logGroupClass"],
        "deletionProtectionEnabled": document["deletionProtectionEnabled"],
    }
    async for stream in every(call.backends.records, streams(call, group)):
        described["storedBytes"] = described.get("storedBytes", 0) + stream.document["bytes"]
    if "retentionInDays" in document:
        described["retentionInDays"] = document["retentionInDays"]
    if "kmsKeyId" in document:
        described["kmsKeyId"] = document["kmsKeyId"]
    return described
