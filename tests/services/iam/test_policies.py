"""Managed and inline policies."""

import json
from collections.abc import Callable
from typing import Any

from tests.services.direct import error_of
from tests.services.iam.conftest import document

READ = {"Action": "s3:Get*"}
WRITE = {"Action": "s3:Put*"}


def test_a_policy_is_shown_with_its_counts(
    iam: Any, role: str, policy: Callable[..., str], account: str
) -> None:
    arn = policy("Read", READ)
    iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    iam.attach_role_policy(RoleName=role, PolicyArn=arn)

    found = iam.get_policy(PolicyArn=arn)["Policy"]
    entities = iam.list_entities_for_policy(PolicyArn=arn)

    assert arn == f"arn:aws:iam::{account}:policy/Read"
    assert (found["DefaultVersionId"], found["AttachmentCount"], found["IsAttachable"]) == (
        "v1",
        1,
        True,
    )
    assert [each["RoleName"] for each in entities["PolicyRoles"]] == [role]
    assert entities["PolicyUsers"] == []
    assert error_of(iam.delete_policy, PolicyArn=arn) == {
        "Code": "DeleteConflict",
        "Message": "Cannot delete a policy attached to entities.",
    }


def test_keys_of_tags_of_a_policy_differ_by_case(iam: Any) -> None:
    tags = [{"Key": "Team", "Value": "1"}, {"Key": "team", "Value": "2"}]

    made = iam.create_policy(PolicyName="P", PolicyDocument=document(READ), Tags=tags)["Policy"]

    assert made["Tags"] == tags
    assert iam.get_policy(PolicyArn=made["Arn"])["Policy"]["Tags"] == tags


def test_versions_come_and_go(iam: Any, policy: Callable[..., str]) -> None:
    arn = policy("P", READ)
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(WRITE), SetAsDefault=True)

    too_many = error_of(iam.create_policy_version, PolicyArn=arn, PolicyDocument=document(READ))
    in_force = error_of(iam.delete_policy_version, PolicyArn=arn, VersionId="v5")
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy_version(PolicyArn=arn, VersionId="v5")
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    first = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]

    assert too_many["Code"] == "LimitExceeded"
    assert in_force == {
        "Code": "DeleteConflict",
        "Message": "Cannot delete the default version of a policy.",
    }
    assert [(each["VersionId"], each["IsDefaultVersion"]) for each in versions] == [
        ("v4", False),
        ("v3", False),
        ("v2", False),
        ("v1", True),
    ]
    assert first["Document"] == json.loads(document(READ))


def test_aws_own_policies_are_there(iam: Any) -> None:
    arn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"

    found = iam.get_policy(PolicyArn=arn)["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])
    listed = iam.list_policies(Scope="AWS", MaxItems=1000)

    statements = version["PolicyVersion"]["Document"]["Statement"]
    assert any("sagemaker:*" in statement["Action"] for statement in statements)
    assert (len(listed["Policies"]), listed["IsTruncated"]) == (1000, True)
    assert error_of(iam.get_policy, PolicyArn="arn:aws:iam::aws:policy/Nothing") == {
        "Code": "NoSuchEntity",
        "Message": "Policy arn:aws:iam::aws:policy/Nothing was not found.",
    }


def test_only_policies_that_exist_are_attached(iam: Any, role: str) -> None:
    iam.attach_role_policy(
        RoleName=role, PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    )
    unknown = error_of(
        iam.attach_role_policy, RoleName=role, PolicyArn="arn:aws:iam::aws:policy/Nothing"
    )

    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["AWSLambdaBasicExecutionRole"]
    assert unknown == {
        "Code": "NoSuchEntity",
        "Message": "Policy arn:aws:iam::aws:policy/Nothing does not exist or is not attachable.",
    }


def test_inline_policies_belong_to_their_role(iam: Any, role: str) -> None:
    iam.put_role_policy(RoleName=role, PolicyName="b", PolicyDocument=document(READ))
    iam.put_role_policy(RoleName=role, PolicyName="a", PolicyDocument=document(WRITE))

    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    found = iam.get_role_policy(RoleName=role, PolicyName="b")
    missing = error_of(iam.get_role_policy, RoleName=role, PolicyName="c")

    assert names == ["a", "b"]
    assert found["PolicyDocument"] == json.loads(document(READ))
    assert missing == {
        "Code": "NoSuchEntity",
        "Message": "The role policy with name c cannot be found.",
    }


def test_a_policy_that_breaks_the_grammar_is_refused(iam: Any) -> None:
    refused = error_of(
        iam.create_policy,
        PolicyName="p",
        PolicyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}',
    )

    assert refused == {
        "Code": "MalformedPolicyDocument",
        "Message": "Policy statement must contain actions.",
    }


def test_a_boundary_is_counted_apart(iam: Any, role: str, policy: Callable[..., str]) -> None:
    arn = policy("Limit", READ)

    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=arn)

    found = iam.get_policy(PolicyArn=arn)["Policy"]
    shown = iam.get_role(RoleName=role)["Role"]["PermissionsBoundary"]
    assert (found["AttachmentCount"], found["PermissionsBoundaryUsageCount"]) == (0, 1)
    assert shown["PermissionsBoundaryArn"] == arn
