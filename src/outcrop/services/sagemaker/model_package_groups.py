"""Groups of model packages: create, describe, list, delete, and their policies.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackageGroup.html
"""

from outcrop.aws.errors import ServiceError, ValidationError
from outcrop.aws.user_json import read_json
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.lineage.package_traces import trace_group
from outcrop.services.sagemaker.listings import Filter, Listing, all_of
from outcrop.services.sagemaker.registry.packages import GROUPS, told_group
from outcrop.services.sagemaker.resources import MODEL_PACKAGE, MODEL_PACKAGE_GROUP, remove, update
from outcrop.storage.records.interface import Record


def _is_own(_: object, option: object) -> bool:
    """Keep the account's own groups: none of another account is shared with it."""
    return option == "SameAccount"


FILTERS: dict[str, Filter] = {"CrossAccountFilterOption": _is_own}
LISTING = Listing(member="ModelPackageGroupSummaryList", filters=FILTERS, sort_order="Ascending")


@operation("CreateModelPackageGroup")
async def create_model_package_group(
    call: Call, request: shapes.CreateModelPackageGroupInput
) -> shapes.CreateModelPackageGroupOutput:
    """Make a group, which has no packages yet."""
    group = await GROUPS.create(call, request, latest=0)
    await trace_group(call, group.name)
    return GROUPS.arn_answer(call, group)


@operation("DescribeModelPackageGroup")
async def describe_model_package_group(
    call: Call, request: shapes.DescribeModelPackageGroupInput
) -> shapes.DescribeModelPackageGroupOutput:
    """Answer with a group."""
    return told_group(call, await GROUPS.find(call, request))


@operation("ListModelPackageGroups")
async def list_model_package_groups(
    call: Call, request: shapes.ListModelPackageGroupsInput
) -> shapes.ListModelPackageGroupsOutput:
    """Answer with the groups that pass all filters."""
    groups = await all_of(call, MODEL_PACKAGE_GROUP)
    return LISTING.answer(request, groups, lambda group: told_group(call, group))


@operation("DeleteModelPackageGroup")
async def delete_model_package_group(
    call: Call, request: shapes.DeleteModelPackageGroupInput
) -> None:
    """Delete a group that has no packages."""
    group = await GROUPS.find(call, request)
    if await all_of(call, MODEL_PACKAGE, index=("group", group.name)):
        raise ValidationError(
            f"Model Package Group: {GROUPS.arn_of(call, group)} cannot be deleted because it still"
            " has Model Packages."
        )
    await remove(call, group)


@operation("PutModelPackageGroupPolicy")
async def put_model_package_group_policy(
    call: Call, request: shapes.PutModelPackageGroupPolicyInput
) -> shapes.PutModelPackageGroupPolicyOutput:
    """Give a group a policy, in place of the one that it has."""
    policy = request["ResourcePolicy"]
    try:
        document = read_json(policy)
    except ValueError as error:
        raise ValidationError(f"The resource policy is not valid JSON: {error}") from error
    if not isinstance(document, dict) or "Statement" not in document:
        raise ValidationError("The resource policy has no Statement.")
    group = await GROUPS.find(call, request)
    await update(call, group, lambda document: {**document, "policy": policy})
    return GROUPS.arn_answer(call, group)


@operation("GetModelPackageGroupPolicy")
async def get_model_package_group_policy(
    call: Call, request: shapes.GetModelPackageGroupPolicyInput
) -> shapes.GetModelPackageGroupPolicyOutput:
    """Answer with a group's policy."""
    group = await GROUPS.find(call, request)
    policy = group.document.get("policy")
    if policy is None:
        raise _no_policy(call, group)
    return {"ResourcePolicy": policy}


@operation("DeleteModelPackageGroupPolicy")
async def delete_model_package_group_policy(
    call: Call, request: shapes.DeleteModelPackageGroupPolicyInput
) -> None:
    """Take a group's policy away."""
    group = await GROUPS.find(call, request)
    if group.document.get("policy") is None:
        raise _no_policy(call, group)
    await update(call, group, lambda document: {**document, "policy": None})


def _no_policy(call: Call, group: Record) -> ServiceError:
    return ValidationError(f"Cannot find resource policy for: {GROUPS.arn_of(call, group)}")
