"""Inline policies: documents that belong to one role, user or group.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.iam import shapes
from outcrop.services.iam.entities import (
    GROUP,
    ROLE,
    USER,
    Ending,
    EntityKind,
    change_entity,
    encoded,
    ended,
    find_entity,
    page_of_names,
)
from outcrop.services.iam.policy_documents import (
    MOST_INLINE_CHARACTERS,
    characters,
    check_identity_policy,
)
from outcrop.storage.records.interface import Document


@operation("PutRolePolicy")
async def put_role_policy(call: Call, request: shapes.PutRolePolicyRequest) -> None:
    """Write a policy into a role."""
    await _put(call, ROLE, request["RoleName"], request)


@operation("PutUserPolicy")
async def put_user_policy(call: Call, request: shapes.PutUserPolicyRequest) -> None:
    """Write a policy into a user."""
    await _put(call, USER, request["UserName"], request)


@operation("PutGroupPolicy")
async def put_group_policy(call: Call, request: shapes.PutGroupPolicyRequest) -> None:
    """Write a policy into a group."""
    await _put(call, GROUP, request["GroupName"], request)


@operation("GetRolePolicy")
async def get_role_policy(
    call: Call, request: shapes.GetRolePolicyRequest
) -> shapes.GetRolePolicyResponse:
    """Answer with a role's policy."""
    role = await find_entity(call, ROLE, request["RoleName"])
    text = _text(role.document, ROLE, request["PolicyName"])
    return {
        "RoleName": role.document["name"],
        "PolicyName": request["PolicyName"],
        "PolicyDocument": encoded(text),
    }


@operation("GetUserPolicy")
async def get_user_policy(
    call: Call, request: shapes.GetUserPolicyRequest
) -> shapes.GetUserPolicyResponse:
    """Answer with a user's policy."""
    user = await find_entity(call, USER, request["UserName"])
    text = _text(user.document, USER, request["PolicyName"])
    return {
        "UserName": user.document["name"],
        "PolicyName": request["PolicyName"],
        "PolicyDocument": encoded(text),
    }


@operation("GetGroupPolicy")
async def get_group_policy(
    call: Call, request: shapes.GetGroupPolicyRequest
) -> shapes.GetGroupPolicyResponse:
    """Answer with a group's policy."""
    group = await find_entity(call, GROUP, request["GroupName"])
    text = _text(group.document, GROUP, request["PolicyName"])
    return {
        "GroupName": group.document["name"],
        "PolicyName": request["PolicyName"],
        "PolicyDocument": encoded(text),
    }


@operation("ListRolePolicies")
async def list_role_policies(
    call: Call, request: shapes.ListRolePoliciesRequest
) -> shapes.ListRolePoliciesResponse:
    """Answer with the names of a role's policies."""
    return {**await _list(call, ROLE, request["RoleName"], request)}


@operation("ListUserPolicies")
async def list_user_policies(
    call: Call, request: shapes.ListUserPoliciesRequest
) -> shapes.ListUserPoliciesResponse:
    """Answer with the names of a user's policies."""
    return {**await _list(call, USER, request["UserName"], request)}


@operation("ListGroupPolicies")
async def list_group_policies(
    call: Call, request: shapes.ListGroupPoliciesRequest
) -> shapes.ListGroupPoliciesResponse:
    """Answer with the names of a group's policies."""
    return {**await _list(call, GROUP, request["GroupName"], request)}


@operation("DeleteRolePolicy")
async def delete_role_policy(call: Call, request: shapes.DeleteRolePolicyRequest) -> None:
    """Delete a policy from a role."""
    await _delete(call, ROLE, request["RoleName"], request["PolicyName"])


@operation("DeleteUserPolicy")
async def delete_user_policy(call: Call, request: shapes.DeleteUserPolicyRequest) -> None:
    """Delete a policy from a user."""
    await _delete(call, USER, request["UserName"], request["PolicyName"])


@operation("DeleteGroupPolicy")
async def delete_group_policy(call: Call, request: shapes.DeleteGroupPolicyRequest) -> None:
    """Delete a policy from a group."""
    await _delete(call, GROUP, request["GroupName"], request["PolicyName"])


async def _put(call: Call, kind: EntityKind, name: str, request: Mapping[str, Any]) -> None:
    text = request["PolicyDocument"]
    check_identity_policy(text)

    def changed(document: Document) -> Document:
        inline = {**document["inline"], request["PolicyName"]: text}
        most = MOST_INLINE_CHARACTERS[kind.name]
        if sum(map(characters, inline.values())) > most:
            raise shapes.LimitExceededException(
                f"Maximum policy size of {most} bytes exceeded for {kind.name} {document['name']}"
            )
        return {**document, "inline": inline}

    await change_entity(call, kind, name, changed)


async def _delete(call: Call, kind: EntityKind, name: str, policy: str) -> None:
    def changed(document: Document) -> Document:
        _text(document, kind, policy)
        return {**document, "inline": {k: v for k, v in document["inline"].items() if k != policy}}

    await change_entity(call, kind, name, changed)


class PolicyNames(Ending):
    """What the three lists answer."""

    PolicyNames: list[str]


async def _list(call: Call, kind: EntityKind, name: str, request: Mapping[str, Any]) -> PolicyNames:
    entity = await find_entity(call, kind, name)
    page = page_of_names(list(entity.document["inline"]), request)
    return {"PolicyNames": list(page.items), **ended(page)}


def _text(document: Mapping[str, Any], kind: EntityKind, policy: str) -> str:
    text: str | None = document["inline"].get(policy)
    if text is None:
        raise shapes.NoSuchEntityException(
            f"The {kind.name} policy with name {policy} cannot be found."
        )
    return text
