"""Managed policies attached to roles, users and groups.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
"""

from collections.abc import Iterable, Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of
from outcrop.services.iam import shapes
from outcrop.services.iam.entities import (
    GROUP,
    ROLE,
    USER,
    Ending,
    EntityKind,
    change_entity,
    ended,
    find_entity,
    page_request,
)
from outcrop.services.iam.managed_policies import document_of, no_policy
from outcrop.storage.records.interface import Document

MOST_ATTACHED = 20
"""AWS's default is 10, and it grants up to 20 on demand."""


@operation("AttachRolePolicy")
async def attach_role_policy(call: Call, request: shapes.AttachRolePolicyRequest) -> None:
    """Attach a policy to a role."""
    await _attach(call, ROLE, request["RoleName"], request["PolicyArn"])


@operation("AttachUserPolicy")
async def attach_user_policy(call: Call, request: shapes.AttachUserPolicyRequest) -> None:
    """Attach a policy to a user."""
    await _attach(call, USER, request["UserName"], request["PolicyArn"])


@operation("AttachGroupPolicy")
async def attach_group_policy(call: Call, request: shapes.AttachGroupPolicyRequest) -> None:
    """Attach a policy to a group."""
    await _attach(call, GROUP, request["GroupName"], request["PolicyArn"])


@operation("DetachRolePolicy")
async def detach_role_policy(call: Call, request: shapes.DetachRolePolicyRequest) -> None:
    """Detach a policy from a role."""
    await _detach(call, ROLE, request["RoleName"], request["PolicyArn"])


@operation("DetachUserPolicy")
async def detach_user_policy(call: Call, request: shapes.DetachUserPolicyRequest) -> None:
    """Detach a policy from a user."""
    await _detach(call, USER, request["UserName"], request["PolicyArn"])


@operation("DetachGroupPolicy")
async def detach_group_policy(call: Call, request: shapes.DetachGroupPolicyRequest) -> None:
    """Detach a policy from a group."""
    await _detach(call, GROUP, request["GroupName"], request["PolicyArn"])


@operation("ListAttachedRolePolicies")
async def list_attached_role_policies(
    call: Call, request: shapes.ListAttachedRolePoliciesRequest
) -> shapes.ListAttachedRolePoliciesResponse:
    """Answer with the policies attached to a role."""
    return {**await _list(call, ROLE, request["RoleName"], request)}


@operation("ListAttachedUserPolicies")
async def list_attached_user_policies(
    call: Call, request: shapes.ListAttachedUserPoliciesRequest
) -> shapes.ListAttachedUserPoliciesResponse:
    """Answer with the policies attached to a user."""
    return {**await _list(call, USER, request["UserName"], request)}


@operation("ListAttachedGroupPolicies")
async def list_attached_group_policies(
    call: Call, request: shapes.ListAttachedGroupPoliciesRequest
) -> shapes.ListAttachedGroupPoliciesResponse:
    """Answer with the policies attached to a group."""
    return {**await _list(call, GROUP, request["GroupName"], request)}


async def _attach(call: Call, kind: EntityKind, name: str, arn: str) -> None:
    try:
        await document_of(call, arn)
    except shapes.NoSuchEntityException as error:
        raise shapes.NoSuchEntityException(
            f"Policy {arn} does not exist or is not attachable."
        ) from error

    def changed(document: Document) -> Document:
        if arn in document["attached"]:
            return document
        if len(document["attached"]) == MOST_ATTACHED:
            raise shapes.LimitExceededException(
                f"Cannot exceed quota for PoliciesPer{kind.title}: {MOST_ATTACHED}"
            )
        return {**document, "attached": [*document["attached"], arn]}

    await change_entity(call, kind, name, changed)


async def _detach(call: Call, kind: EntityKind, name: str, arn: str) -> None:
    def changed(document: Document) -> Document:
        if arn not in document["attached"]:
            raise no_policy(arn)
        return {**document, "attached": [each for each in document["attached"] if each != arn]}

    await change_entity(call, kind, name, changed)


class AttachedPolicies(Ending):
    """What the three lists answer."""

    AttachedPolicies: list[shapes.AttachedPolicy]


async def _list(
    call: Call, kind: EntityKind, name: str, request: Mapping[str, Any]
) -> AttachedPolicies:
    entity = await find_entity(call, kind, name)
    prefix = request.get("PathPrefix", "/")
    arns = [arn for arn in entity.document["attached"] if _path(arn).startswith(prefix)]
    page = page_of(sorted(arns), key=str, page=page_request(request))
    return {"AttachedPolicies": as_attached(page.items), **ended(page)}


def as_attached(arns: Iterable[str]) -> list[shapes.AttachedPolicy]:
    """Return attached policies as IAM shows them."""
    return [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in arns]


def _path(arn: str) -> str:
    """Return the path in a policy's ARN, `/` at least."""
    below_kind = arn.split(":", 5)[5].removeprefix("policy")
    return below_kind[: below_kind.rindex("/") + 1]
