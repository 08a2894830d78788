"""A client of IAM, and documents that tests need."""

import json
from collections.abc import Callable
from typing import Any

import pytest

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sagemaker.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


@pytest.fixture
def iam(client: Callable[..., Any]) -> Any:
    return client("iam")


@pytest.fixture
def role(iam: Any) -> str:
    """The name of a new role."""
    iam.create_role(RoleName="Worker", AssumeRolePolicyDocument=TRUST)
    return "Worker"


@pytest.fixture
def policy(iam: Any) -> Callable[..., str]:
    """Make a managed policy of some statements; gives its ARN."""

    def make(name: str, *statements: dict[str, Any]) -> str:
        answer = iam.create_policy(PolicyName=name, PolicyDocument=document(*statements))
        return str(answer["Policy"]["Arn"])

    return make


def document(*statements: dict[str, Any]) -> str:
    """A policy, as text."""
    default = {"Effect": "Allow", "Resource": "*"}
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{**default, **each} for each in statements]}
    )
