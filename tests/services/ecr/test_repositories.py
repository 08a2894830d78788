"""Repositories, their policies and the login to them."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.services.direct import error_of


@pytest.fixture
def ecr(client: Callable[..., Any]) -> Any:
    return client("ecr")


def test_a_repository_is_described_as_it_was_made(ecr: Any, account: str) -> None:
    made = ecr.create_repository(repositoryName="team/app", tags=[{"Key": "a", "Value": "1"}])

    [found] = ecr.describe_repositories(repositoryNames=["team/app"])["repositories"]

    assert found == made["repository"]
    assert found.pop("createdAt") is not None
    assert found == {
        "repositoryArn": f"arn:aws:ecr:us-east-1:{account}:repository/team/app",
        "registryId": account,
        "repositoryName": "team/app",
        "repositoryUri": f"{account}.dkr.ecr.us-east-1.amazonaws.com/team/app",
        "imageTagMutability": "MUTABLE",
        "imageScanningConfiguration": {"scanOnPush": False},
        "encryptionConfiguration": {"encryptionType": "AES256"},
    }
    tags = ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"]
    assert tags == [{"Key": "a", "Value": "1"}]


def test_a_repository_is_made_once_and_deleted_once(ecr: Any, account: str) -> None:
    ecr.create_repository(repositoryName="app")

    again = error_of(ecr.create_repository, repositoryName="app")
    ecr.delete_repository(repositoryName="app")
    gone = error_of(ecr.describe_repositories, repositoryNames=["app"])

    assert again == {
        "Code": "RepositoryAlreadyExistsException",
        "Message": "The repository with name 'app' already exists in the registry with id"
        f" '{account}'",
    }
    assert gone == {
        "Code": "RepositoryNotFoundException",
        "Message": "The repository with name 'app' does not exist in the registry with id"
        f" '{account}'",
    }


def test_repositories_are_listed_by_page(ecr: Any) -> None:
    for name in ("cc", "aa", "bb"):
        ecr.create_repository(repositoryName=name)

    pages = ecr.get_paginator("describe_repositories").paginate(PaginationConfig={"PageSize": 2})

    names = [[each["repositoryName"] for each in page["repositories"]] for page in pages]
    assert names == [["aa", "bb"], ["cc"]]


def test_a_name_that_breaks_the_model_is_refused_in_the_services_words(ecr: Any) -> None:
    assert error_of(ecr.create_repository, repositoryName="UPPER")["Code"] == (
        "InvalidParameterException"
    )


def test_policies_are_kept_and_removed(ecr: Any, account: str) -> None:
    ecr.create_repository(repositoryName="app")
    policy = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage"]}],
        }
    )
    lifecycle = json.dumps(
        {
            "rules": [
                {
                    "rulePriority": 1,
                    "selection": {
                        "tagStatus": "untagged",
                        "countType": "imageCountMoreThan",
                        "countNumber": 1,
                    },
                    "action": {"type": "expire"},
                }
            ]
        }
    )

    ecr.set_repository_policy(repositoryName="app", policyText=policy)
    ecr.put_lifecycle_policy(repositoryName="app", lifecyclePolicyText=lifecycle)

    assert ecr.get_repository_policy(repositoryName="app")["policyText"] == policy
    assert ecr.get_lifecycle_policy(repositoryName="app")["lifecyclePolicyText"] == lifecycle
    ecr.delete_repository_policy(repositoryName="app")
    assert error_of(ecr.get_repository_policy, repositoryName="app") == {
        "Code": "RepositoryPolicyNotFoundException",
        "Message": "Repository policy does not exist for the repository with name 'app' in the"
        f" registry with id '{account}'",
    }
    assert error_of(ecr.set_repository_policy, repositoryName="app", policyText="{}")["Code"] == (
        "InvalidParameterException"
    )


def test_a_token_logs_in_for_twelve_hours(ecr: Any, account: str) -> None:
    [data] = ecr.get_authorization_token()["authorizationData"]

    user, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
    left = data["expiresAt"] - datetime.now(UTC)
    assert (user, bool(password)) == ("AWS", True)
    assert timedelta(hours=11, minutes=59) < left <= timedelta(hours=12)
    assert data["proxyEndpoint"] == f"https://{account}.dkr.ecr.us-east-1.amazonaws.com"
