"""The lineage group of an account and region, which all its entities are in.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/xaccount-lineage-tracking.html
"""

import contextlib
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.listings import Listing
from outcrop.services.sagemaker.resources import ResourceKind, moment, scope
from outcrop.services.sagemaker.tracking.entities import LINEAGE_GROUP, lineage_group_arn
from outcrop.storage.records.interface import Create, Record, RecordExistsError

KIND = ResourceKind("lineage-group")
LISTING = Listing(member="LineageGroupSummaries", sort_order="Ascending")


@operation("DescribeLineageGroup")
async def describe_lineage_group(
    call: Call, request: shapes.DescribeLineageGroupRequest
) -> shapes.DescribeLineageGroupResponse:
    """Answer with the lineage group."""
    _check(request["LineageGroupName"])
    return _told(call, await _group(call))


@operation("GetLineageGroupPolicy")
async def get_lineage_group_policy(
    call: Call, request: shapes.GetLineageGroupPolicyRequest
) -> shapes.GetLineageGroupPolicyResponse:
    """Answer that the lineage group has no policy: only Resource Access Manager gives it one."""
    _check(request["LineageGroupName"].rpartition("/")[2])
    return {"LineageGroupArn": lineage_group_arn(call)}


@operation("ListLineageGroups")
async def list_lineage_groups(
    call: Call, request: shapes.ListLineageGroupsRequest
) -> shapes.ListLineageGroupsResponse:
    """Answer with the account's own lineage group; none is shared with it."""
    return LISTING.answer(request, [await _group(call)], lambda group: _told(call, group))


def _check(name: str) -> None:
    if name != LINEAGE_GROUP:
        raise shapes.ResourceNotFound(f"Lineage group '{name}' does not exist.")


async def _group(call: Call) -> Record:
    """Return the group, which is made when it is first asked for."""
    records, place = call.backends.records, scope(call, KIND)
    found = await records.find(place, LINEAGE_GROUP)
    if found is not None:
        return found
    now = moment(call)
    document = {"name": LINEAGE_GROUP, "created": now, "modified": now}
    with contextlib.suppress(RecordExistsError):  # Somebody else was faster.
        await records.write(Create(scope=place, name=LINEAGE_GROUP, document=document))
    return await records.get(place, LINEAGE_GROUP)


def _told(call: Call, group: Record) -> Any:
    return {
        "LineageGroupName": group.name,
        "LineageGroupArn": lineage_group_arn(call),
        "DisplayName": group.name,
        "CreationTime": group.document["created"],
        "LastModifiedTime": group.document["modified"],
    }
