"""What policies permit, simulated."""

import json
from collections.abc import Callable
from typing import Any

from tests.services.direct import error_of
from tests.services.iam.conftest import document

OBJECT = "arn:aws:s3:::bucket/key"


def decisions(answer: dict[str, Any]) -> dict[str, str]:
    return {each["EvalActionName"]: each["EvalDecision"] for each in answer["EvaluationResults"]}


def test_a_role_may_do_what_its_policies_say(
    iam: Any, role: str, policy: Callable[..., str], account: str
) -> None:
    iam.attach_role_policy(RoleName=role, PolicyArn=policy("Read", {"Action": "s3:Get*"}))
    iam.put_role_policy(
        RoleName=role,
        PolicyName="NoSecrets",
        PolicyDocument=document({"Effect": "Deny", "Action": "s3:GetObjectAcl"}),
    )

    answer = iam.simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{account}:role/{role}",
        ActionNames=["s3:GetObject", "s3:GetObjectAcl", "s3:PutObject"],
        ResourceArns=[OBJECT],
    )

    assert decisions(answer) == {
        "s3:GetObject": "allowed",
        "s3:GetObjectAcl": "explicitDeny",
        "s3:PutObject": "implicitDeny",
    }
    allowed, denied, _ = answer["EvaluationResults"]
    assert [each["SourcePolicyId"] for each in allowed["MatchedStatements"]] == ["Read"]
    assert [each["SourcePolicyId"] for each in denied["MatchedStatements"]] == [
        f"role_{role}_NoSecrets"
    ]


def test_the_default_role_may_do_what_sagemaker_needs(iam: Any, account: str) -> None:
    answer = iam.simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{account}:role/outcrop",
        ActionNames=["sagemaker:CreateTrainingJob", "s3:GetObject", "ecr:GetAuthorizationToken"],
    )

    assert set(decisions(answer).values()) == {"allowed"}


def test_a_managed_policy_of_aws_counts(iam: Any, role: str, account: str) -> None:
    iam.attach_role_policy(
        RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
    )

    answer = iam.simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{account}:role/{role}",
        ActionNames=["sagemaker:CreateTrainingJob", "iam:CreateUser"],
    )

    assert decisions(answer) == {
        "sagemaker:CreateTrainingJob": "allowed",
        "iam:CreateUser": "implicitDeny",
    }


def test_a_user_has_the_policies_of_its_groups_and_variables_of_its_own(
    iam: Any, account: str
) -> None:
    iam.create_user(UserName="ann")
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName="ann")
    iam.put_group_policy(
        GroupName="staff",
        PolicyName="Home",
        PolicyDocument=document(
            {"Action": "s3:*", "Resource": "arn:aws:s3:::homes/${aws:username}/*"}
        ),
    )

    answer = iam.simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{account}:user/ann",
        ActionNames=["s3:GetObject"],
        ResourceArns=["arn:aws:s3:::homes/ann/x", "arn:aws:s3:::homes/bob/x"],
    )

    found = {each["EvalResourceName"]: each["EvalDecision"] for each in answer["EvaluationResults"]}
    assert found == {
        "arn:aws:s3:::homes/ann/x": "allowed",
        "arn:aws:s3:::homes/bob/x": "implicitDeny",
    }


def test_a_boundary_takes_away(
    iam: Any, role: str, policy: Callable[..., str], account: str
) -> None:
    iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.put_role_permissions_boundary(
        RoleName=role, PermissionsBoundary=policy("Limit", {"Action": "s3:*"})
    )

    answer = iam.simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{account}:role/{role}",
        ActionNames=["s3:GetObject", "ec2:RunInstances"],
    )

    assert decisions(answer) == {"s3:GetObject": "allowed", "ec2:RunInstances": "implicitDeny"}
    within = [
        each["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"]
        for each in answer["EvaluationResults"]
    ]
    assert within == [True, False]


def test_conditions_ask_for_context(iam: Any) -> None:
    text = document(
        {"Action": "s3:*", "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-3"}}}
    )
    asked = {"PolicyInputList": [text], "ActionNames": ["s3:GetObject"]}
    region = {
        "ContextKeyName": "aws:RequestedRegion",
        "ContextKeyValues": ["eu-west-3"],
        "ContextKeyType": "string",
    }

    without = iam.simulate_custom_policy(**asked)["EvaluationResults"][0]
    with_region = iam.simulate_custom_policy(**asked, ContextEntries=[region])
    keys = iam.get_context_keys_for_custom_policy(PolicyInputList=[text])

    assert (without["EvalDecision"], without["MissingContextValues"]) == (
        "implicitDeny",
        ["aws:RequestedRegion"],
    )
    assert decisions(with_region) == {"s3:GetObject": "allowed"}
    assert keys["ContextKeyNames"] == ["aws:RequestedRegion"]


def test_a_resource_policy_allows_by_itself(iam: Any, account: str) -> None:
    resource_policy = {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": account},
            "Action": "s3:GetObject",
            "Resource": OBJECT,
        }
    }

    answer = iam.simulate_custom_policy(
        PolicyInputList=[document({"Action": "ec2:*"})],
        ActionNames=["s3:GetObject", "s3:PutObject"],
        ResourceArns=[OBJECT],
        ResourcePolicy=json.dumps(resource_policy),
        CallerArn=f"arn:aws:iam::{account}:user/ann",
    )

    assert decisions(answer) == {"s3:GetObject": "allowed", "s3:PutObject": "implicitDeny"}


def test_results_come_in_pages(iam: Any) -> None:
    pages = iam.get_paginator("simulate_custom_policy").paginate(
        PolicyInputList=[document({"Action": "s3:*"})],
        ActionNames=[f"s3:Action{number}" for number in range(5)],
        PaginationConfig={"PageSize": 2},
    )

    assert [len(page["EvaluationResults"]) for page in pages] == [2, 2, 1]


def test_an_arn_of_something_else_is_refused(iam: Any) -> None:
    refused = error_of(
        iam.simulate_principal_policy,
        PolicySourceArn="arn:aws:s3:::bucket-of-mine",
        ActionNames=["s3:GetObject"],
    )

    assert refused == {
        "Code": "InvalidInput",
        "Message": "Invalid Entity Arn: arn:aws:s3:::bucket-of-mine",
    }
