"""GetAccountAuthorizationDetails: an account's users, groups, roles and policies in one list.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of
from outcrop.operations.records import every
from outcrop.services.iam import shapes
from outcrop.services.iam.attached_policies import as_attached
from outcrop.services.iam.default_role import add_default_role
from outcrop.services.iam.entities import (
    GROUP,
    ROLE,
    USER,
    encoded,
    ended,
    page_request,
    scope,
)
from outcrop.services.iam.groups import as_group, groups_of
from outcrop.services.iam.instance_profiles import as_profile, profiles_of
from outcrop.services.iam.managed_policies import arn_of, policies_in
from outcrop.services.iam.policy_versions import versions_of
from outcrop.services.iam.roles import as_role
from outcrop.services.iam.users import as_user
from outcrop.storage.records.interface import Record

ENTITIES = (USER, GROUP, ROLE)
OWN_POLICIES = "LocalManagedPolicy"
AWS_POLICIES = "AWSManagedPolicy"
EVERYTHING = (*(kind.title for kind in ENTITIES), OWN_POLICIES, AWS_POLICIES)


@dataclass(frozen=True, slots=True)
class Listed:
    """One thing of the list, and its place in it."""

    place: str
    kind: str
    """A kind of entity by its title, or `Policy`."""
    thing: Any


@operation("GetAccountAuthorizationDetails")
async def get_account_authorization_details(
    call: Call, request: shapes.GetAccountAuthorizationDetailsRequest
) -> shapes.GetAccountAuthorizationDetailsResponse:
    """Answer with users, groups, roles and policies, and how they hang together."""
    wanted = request.get("Filter") or EVERYTHING
    listed = [*await _entities(call, wanted), *await _policies(call, wanted)]
    page = page_of(listed, key=lambda each: each.place, page=page_request(request))

    def of(kind: str) -> Iterable[Any]:
        return (each.thing for each in page.items if each.kind == kind)

    return {
        "UserDetailList": [await _user(call, user) for user in of(USER.title)],
        "GroupDetailList": [_group(call, group) for group in of(GROUP.title)],
        "RoleDetailList": [await _role(call, role) for role in of(ROLE.title)],
        "Policies": [await _policy(call, policy) for policy in of("Policy")],
        **ended(page),
    }


async def _entities(call: Call, wanted: Iterable[str]) -> list[Listed]:
    await add_default_role(call)
    listed: list[Listed] = []
    for position, kind in enumerate(ENTITIES):
        if kind.title in wanted:
            listed += [
                Listed(f"{position}/{record.name}", kind.title, record)
                async for record in every(call.backends.records, scope(call, kind.name))
            ]
    return listed


async def _policies(call: Call, wanted: Iterable[str]) -> list[Listed]:
    """Return the account's own policies, and those of AWS's that something here holds."""
    policies: list[shapes.Policy] = []
    if OWN_POLICIES in wanted:
        policies += await policies_in(call, "Local")
    if AWS_POLICIES in wanted:
        policies += [
            policy
            for policy in await policies_in(call, "AWS")
            if policy.get("AttachmentCount") or policy.get("PermissionsBoundaryUsageCount")
        ]
    policies.sort(key=arn_of)
    return [Listed(f"{len(ENTITIES)}/{arn_of(policy)}", "Policy", policy) for policy in policies]


async def _user(call: Call, user: Record) -> shapes.UserDetail:
    groups = await groups_of(call, user)
    return {
        **as_user(call, user.document),
        "UserPolicyList": _inline(user.document),
        "GroupList": [group.document["name"] for group in groups],
        "AttachedManagedPolicies": as_attached(user.document["attached"]),
    }


def _group(call: Call, group: Record) -> shapes.GroupDetail:
    return {
        **as_group(call, group.document),
        "GroupPolicyList": _inline(group.document),
        "AttachedManagedPolicies": as_attached(group.document["attached"]),
    }


async def _role(call: Call, role: Record) -> shapes.RoleDetail:
    profiles = await profiles_of(call, role)
    detail: Any = {
        **as_role(call, role.document),
        "InstanceProfileList": [await as_profile(call, profile.document) for profile in profiles],
        "RolePolicyList": _inline(role.document),
        "AttachedManagedPolicies": as_attached(role.document["attached"]),
        "RoleLastUsed": {},
    }
    for not_told in ("Description", "MaxSessionDuration"):
        detail.pop(not_told, None)
    return detail


async def _policy(call: Call, policy: shapes.Policy) -> shapes.ManagedPolicyDetail:
    versions = await versions_of(call, arn_of(policy))
    detail: Any = {**policy, "PolicyVersionList": versions}
    return detail


def _inline(document: Mapping[str, Any]) -> list[shapes.PolicyDetail]:
    return [
        {"PolicyName": name, "PolicyDocument": encoded(text)}
        for name, text in sorted(document["inline"].items())
    ]
