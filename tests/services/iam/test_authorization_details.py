"""An account's users, groups, roles and policies in one list."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.services.iam.conftest import TRUST, document

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def furnished(iam: Any, policy: Callable[..., str]) -> str:
    """An account with one of everything; gives the ARN of its policy, which has two versions."""
    arn = policy("mine", {"Action": "s3:GetObject"})
    iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=document({"Action": "s3:*"}), SetAsDefault=True
    )
    iam.create_user(UserName="ann", Tags=[{"Key": "team", "Value": "a"}])
    iam.create_group(GroupName="Staff")
    iam.add_user_to_group(GroupName="Staff", UserName="ann")
    iam.attach_group_policy(GroupName="Staff", PolicyArn=READ_ONLY)
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=document({"Action": "*"}))
    iam.create_role(RoleName="Worker", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=arn)
    iam.attach_role_policy(RoleName="Worker", PolicyArn=arn)
    iam.create_instance_profile(InstanceProfileName="Web")
    iam.add_role_to_instance_profile(InstanceProfileName="Web", RoleName="Worker")
    return arn


def test_entities_are_told_with_what_they_hold(iam: Any, furnished: str) -> None:
    details = iam.get_account_authorization_details()

    [user] = details["UserDetailList"]
    [group] = details["GroupDetailList"]
    _, role = details["RoleDetailList"]
    assert (user["UserName"], user["GroupList"], user["AttachedManagedPolicies"]) == (
        "ann",
        ["Staff"],
        [],
    )
    assert user["Tags"] == [{"Key": "team", "Value": "a"}]
    assert user["UserPolicyList"] == [
        {"PolicyName": "p", "PolicyDocument": json.loads(document({"Action": "*"}))}
    ]
    assert group["AttachedManagedPolicies"] == [
        {"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}
    ]
    assert role["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == furnished
    assert [each["InstanceProfileName"] for each in role["InstanceProfileList"]] == ["Web"]
    assert role["AttachedManagedPolicies"] == [{"PolicyName": "mine", "PolicyArn": furnished}]


def test_policies_are_told_with_their_versions(iam: Any, furnished: str) -> None:
    policies = iam.get_account_authorization_details()["Policies"]

    shown = {each["Arn"]: each for each in policies}
    assert list(shown) == [furnished, "arn:aws:iam::aws:policy/AdministratorAccess", READ_ONLY]
    mine = shown[furnished]
    assert (mine["AttachmentCount"], mine["PermissionsBoundaryUsageCount"]) == (1, 1)
    assert [
        (each["VersionId"], each["IsDefaultVersion"], each["Document"]["Statement"][0]["Action"])
        for each in mine["PolicyVersionList"]
    ] == [("v2", True, "s3:*"), ("v1", False, "s3:GetObject")]
    [version] = shown[READ_ONLY]["PolicyVersionList"]
    assert version["IsDefaultVersion"]


@pytest.mark.usefixtures("furnished")
def test_pages_and_filters_lead_through_all_kinds(iam: Any) -> None:
    lists = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
    pages = list(
        iam.get_paginator("get_account_authorization_details").paginate(
            PaginationConfig={"PageSize": 2}
        )
    )
    own = iam.get_account_authorization_details(Filter=["LocalManagedPolicy", "Group"])

    assert [sum(len(page[each]) for each in lists) for page in pages] == [2, 2, 2, 1]
    assert [sum(len(page[each]) for page in pages) for each in lists] == [1, 1, 2, 3]
    assert [len(own[each]) for each in lists] == [0, 1, 0, 1]
