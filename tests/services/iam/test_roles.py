"""Roles, the default one among them, and instance profiles."""

import json
from typing import Any

import pytest

from tests.services.direct import error_of
from tests.services.iam.conftest import TRUST


def test_a_role_is_shown_as_it_was_made(iam: Any, account: str) -> None:
    made = iam.create_role(
        RoleName="Worker",
        Path="/ml/",
        AssumeRolePolicyDocument=TRUST,
        Description="works",
        MaxSessionDuration=7200,
        Tags=[{"Key": "team", "Value": "x"}],
    )["Role"]

    found = iam.get_role(RoleName="Worker")["Role"]

    assert found == {**made, "RoleLastUsed": {}}
    assert made.pop("RoleId").startswith("AROA")
    assert made.pop("CreateDate") is not None
    assert made == {
        "Path": "/ml/",
        "RoleName": "Worker",
        "Arn": f"arn:aws:iam::{account}:role/ml/Worker",
        "AssumeRolePolicyDocument": json.loads(TRUST),
        "MaxSessionDuration": 7200,
        "Description": "works",
        "Tags": [{"Key": "team", "Value": "x"}],
    }


def test_an_unknown_role_is_no_such_entity(iam: Any) -> None:
    assert error_of(iam.get_role, RoleName="none") == {
        "Code": "NoSuchEntity",
        "Message": "The role with name none cannot be found.",
    }


def test_names_are_unique_whatever_their_case(iam: Any, role: str) -> None:
    again = error_of(iam.create_role, RoleName=role.upper(), AssumeRolePolicyDocument=TRUST)

    assert again == {
        "Code": "EntityAlreadyExists",
        "Message": "Role with name WORKER already exists.",
    }


def test_every_account_has_the_default_role_until_it_is_deleted(iam: Any, account: str) -> None:
    found = iam.get_role(RoleName="outcrop")["Role"]
    services = found["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]
    attached = iam.list_attached_role_policies(RoleName="outcrop")["AttachedPolicies"]
    iam.detach_role_policy(RoleName="outcrop", PolicyArn=attached[0]["PolicyArn"])
    iam.delete_role(RoleName="outcrop")

    assert found["Arn"] == f"arn:aws:iam::{account}:role/outcrop"
    assert "sagemaker.amazonaws.com" in services
    assert [policy["PolicyName"] for policy in attached] == ["AdministratorAccess"]
    assert error_of(iam.get_role, RoleName="outcrop")["Code"] == "NoSuchEntity"
    assert iam.list_roles()["Roles"] == []


def test_roles_are_listed_by_page_and_path(iam: Any) -> None:
    for name, path in (("a", "/x/"), ("b", "/y/"), ("c", "/x/y/"), ("d", "/x/")):
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=TRUST)

    pages = iam.get_paginator("list_roles").paginate(
        PathPrefix="/x/", PaginationConfig={"PageSize": 2}
    )

    assert [[role["RoleName"] for role in page["Roles"]] for page in pages] == [["a", "c"], ["d"]]


def test_a_role_is_updated(iam: Any, role: str) -> None:
    trust = json.loads(TRUST)
    trust["Statement"][0]["Principal"] = {"Service": "ec2.amazonaws.com"}

    iam.update_role(RoleName=role, Description="new", MaxSessionDuration=43200)
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))

    found = iam.get_role(RoleName=role)["Role"]
    assert (found["Description"], found["MaxSessionDuration"]) == ("new", 43200)
    assert found["AssumeRolePolicyDocument"] == trust


def test_a_trust_policy_is_about_assuming_roles(iam: Any, role: str) -> None:
    for actions in (["sts:assumeRole", "sts:TagSession"], "sts:Assume*"):
        trust = json.loads(TRUST)
        trust["Statement"][0]["Action"] = actions
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))

    for actions in ("sts:AssumeRoles", ["sts:AssumeRole", "s3:GetObject"]):
        trust["Statement"][0]["Action"] = actions
        refused = error_of(
            iam.update_assume_role_policy, RoleName=role, PolicyDocument=json.dumps(trust)
        )
        assert refused == {
            "Code": "MalformedPolicyDocument",
            "Message": "AssumeRole policy may only specify STS AssumeRole actions.",
        }


def test_a_trust_policy_that_breaks_the_grammar_is_refused(iam: Any) -> None:
    refused = error_of(iam.create_role, RoleName="r", AssumeRolePolicyDocument="{}")

    assert refused == {"Code": "MalformedPolicyDocument", "Message": "Syntax errors in policy."}


def test_a_role_in_use_stays(iam: Any, role: str) -> None:
    iam.put_role_policy(
        RoleName=role,
        PolicyName="p",
        PolicyDocument=json.dumps(
            {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        ),
    )
    iam.create_instance_profile(InstanceProfileName="ip")
    iam.add_role_to_instance_profile(InstanceProfileName="ip", RoleName=role)

    in_profile = error_of(iam.delete_role, RoleName=role)
    iam.remove_role_from_instance_profile(InstanceProfileName="ip", RoleName=role)
    with_policy = error_of(iam.delete_role, RoleName=role)
    iam.delete_role_policy(RoleName=role, PolicyName="p")
    iam.delete_role(RoleName=role)

    assert in_profile == {
        "Code": "DeleteConflict",
        "Message": "Cannot delete entity, must remove roles from instance profile first.",
    }
    assert with_policy == {
        "Code": "DeleteConflict",
        "Message": "Cannot delete entity, must delete policies first.",
    }


def test_an_instance_profile_holds_one_role(iam: Any, role: str, account: str) -> None:
    iam.create_instance_profile(InstanceProfileName="ip", Path="/p/")
    iam.add_role_to_instance_profile(InstanceProfileName="ip", RoleName=role)

    second = error_of(
        iam.add_role_to_instance_profile, InstanceProfileName="ip", RoleName="outcrop"
    )
    found = iam.get_instance_profile(InstanceProfileName="ip")["InstanceProfile"]
    by_role = iam.list_instance_profiles_for_role(RoleName=role)["InstanceProfiles"]

    assert second["Code"] == "LimitExceeded"
    assert found["Arn"] == f"arn:aws:iam::{account}:instance-profile/p/ip"
    assert [each["RoleName"] for each in found["Roles"]] == [role]
    assert [each["InstanceProfileName"] for each in by_role] == ["ip"]


def test_tags_of_a_role(iam: Any, role: str) -> None:
    iam.tag_role(RoleName=role, Tags=[{"Key": "b", "Value": "1"}, {"Key": "a", "Value": "2"}])
    iam.untag_role(RoleName=role, TagKeys=["b"])
    reserved = error_of(iam.tag_role, RoleName=role, Tags=[{"Key": "aws:x", "Value": "1"}])

    assert iam.list_role_tags(RoleName=role)["Tags"] == [{"Key": "a", "Value": "2"}]
    assert reserved == {
        "Code": "InvalidInput",
        "Message": "Tag keys beginning with 'aws:' are reserved for system use",
    }


@pytest.mark.parametrize("kind", ["role", "user"])
def test_keys_of_tags_of_roles_and_users_are_the_same_in_any_case(iam: Any, kind: str) -> None:
    named = {"RoleName": "r"} if kind == "role" else {"UserName": "u"}
    made = {**named, "AssumeRolePolicyDocument": TRUST} if kind == "role" else named

    twice = error_of(
        getattr(iam, f"create_{kind}"),
        **made,
        Tags=[{"Key": "Team", "Value": "1"}, {"Key": "team", "Value": "2"}],
    )
    getattr(iam, f"create_{kind}")(**made, Tags=[{"Key": "Team", "Value": "1"}])
    getattr(iam, f"tag_{kind}")(**named, Tags=[{"Key": "team", "Value": "2"}])
    tagged = getattr(iam, f"list_{kind}_tags")(**named)["Tags"]
    getattr(iam, f"untag_{kind}")(**named, TagKeys=["TEAM"])

    assert twice == {
        "Code": "InvalidInput",
        "Message": "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    }
    assert tagged == [{"Key": "team", "Value": "2"}]
    assert getattr(iam, f"list_{kind}_tags")(**named)["Tags"] == []


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("elasticbeanstalk", "ElasticBeanstalk"),
        ("sagemaker.application-autoscaling", "ApplicationAutoScaling_SageMakerEndpoint"),
    ],
)
def test_service_linked_roles_have_the_names_of_aws(iam: Any, service: str, name: str) -> None:
    made = iam.create_service_linked_role(AWSServiceName=f"{service}.amazonaws.com")["Role"]

    assert made["RoleName"] == f"AWSServiceRoleFor{name}"
    assert made["Path"] == f"/aws-service-role/{service}.amazonaws.com/"


def test_a_service_linked_role_is_deleted_by_its_own_operation(iam: Any) -> None:
    made = iam.create_service_linked_role(AWSServiceName="kendra.amazonaws.com")["Role"]

    refused = error_of(iam.delete_role, RoleName=made["RoleName"])
    task = iam.delete_service_linked_role(RoleName=made["RoleName"])["DeletionTaskId"]

    assert made["Path"] == "/aws-service-role/kendra.amazonaws.com/"
    assert made["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["kendra.amazonaws.com"]},
            "Action": ["sts:AssumeRole"],
        }
    ]
    assert refused["Code"] == "UnmodifiableEntity"
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
