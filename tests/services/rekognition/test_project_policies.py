"""The policies of projects: put, revised, listed, deleted."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def rekognition(client: Callable[..., Any]) -> Any:
    return client("rekognition")


@pytest.fixture
def project(rekognition: Any) -> str:
    return rekognition.create_project(ProjectName="cats")["ProjectArn"]


def policy(**more: Any) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "rekognition:CopyProjectVersion",
        "Resource": "*",
        **more,
    }
    kept = {name: value for name, value in statement.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [kept]})


def code(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return caught.value.response["Error"]["Code"]


def test_policies_have_revisions(rekognition: Any, project: str):
    given = {"ProjectArn": project, "PolicyName": "share"}
    first = rekognition.put_project_policy(PolicyDocument=policy(), **given)["PolicyRevisionId"]
    with pytest.raises(ClientError) as again:
        rekognition.put_project_policy(PolicyDocument=policy(), **given)
    with pytest.raises(ClientError) as wrong:
        rekognition.put_project_policy(PolicyDocument=policy(), PolicyRevisionId="0", **given)
    denial = policy(Effect="Deny")
    second = rekognition.put_project_policy(PolicyDocument=denial, PolicyRevisionId=first, **given)[
        "PolicyRevisionId"
    ]

    (told,) = rekognition.list_project_policies(ProjectArn=project)["ProjectPolicies"]
    with pytest.raises(ClientError) as outdated:
        rekognition.delete_project_policy(PolicyRevisionId=first, **given)
    rekognition.delete_project_policy(PolicyRevisionId=second, **given)

    assert code(again) == "ResourceAlreadyExistsException"
    assert (code(wrong), code(outdated)) == ("InvalidPolicyRevisionIdException",) * 2
    assert (told["PolicyName"], told["PolicyRevisionId"]) == ("share", second)
    assert (told["ProjectArn"], told["PolicyDocument"]) == (project, denial)
    assert told["LastUpdatedTimestamp"] >= told["CreationTimestamp"]
    assert rekognition.list_project_policies(ProjectArn=project)["ProjectPolicies"] == []


@pytest.mark.parametrize(
    "document",
    [
        "no policy",
        policy(Action="rekognition:*"),
        policy(Principal=None),
        policy(Principal=None, NotPrincipal={"AWS": "111122223333"}),
        policy(Resource=None),
    ],
    ids=["no JSON", "another action", "no principal", "NotPrincipal", "no resource"],
)
def test_other_policies_are_refused(rekognition: Any, project: str, document: str):
    with pytest.raises(ClientError) as caught:
        rekognition.put_project_policy(
            ProjectArn=project, PolicyName="share", PolicyDocument=document
        )

    assert code(caught) == "MalformedPolicyDocumentException"
