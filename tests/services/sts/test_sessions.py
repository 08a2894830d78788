"""Temporary credentials, and what they sign."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from outcrop import LocalServer
from tests.services.direct import error_of

TRUSTS_EC2 = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
)


@pytest.fixture
def sts(client: Callable[..., Any]) -> Any:
    return client("sts")


def caller(server: LocalServer, credentials: dict[str, str]) -> dict[str, str]:
    """Who credentials say that they are."""
    answer = signing_with("sts", server, credentials).get_caller_identity()
    return {name: answer[name] for name in ("UserId", "Account", "Arn")}


def signing_with(service: str, server: LocalServer, credentials: dict[str, str]) -> Any:
    make: Any = boto3.client
    return make(
        service,
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


def trusting(principal: Any, **condition: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:*", **condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_an_assumed_role_acts_as_a_session_of_the_role(
    sts: Any, client: Callable[..., Any], server: LocalServer, account: str
) -> None:
    role = client("iam").create_role(
        RoleName="Reader", Path="/team/", AssumeRolePolicyDocument=trusting({"AWS": account})
    )["Role"]

    answer = sts.assume_role(
        RoleArn=role["Arn"], RoleSessionName="s1", DurationSeconds=900, SourceIdentity="ann"
    )

    arn = f"arn:aws:sts::{account}:assumed-role/Reader/s1"
    assert answer["AssumedRoleUser"] == {"AssumedRoleId": f"{role['RoleId']}:s1", "Arn": arn}
    assert answer["SourceIdentity"] == "ann"
    left = answer["Credentials"]["Expiration"] - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    assert caller(server, answer["Credentials"]) == {
        "UserId": f"{role['RoleId']}:s1",
        "Account": account,
        "Arn": arn,
    }


def test_a_role_that_nobody_made_can_be_assumed_in_its_own_account(
    sts: Any, server: LocalServer, account: str
) -> None:
    answer = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/anything", RoleSessionName="s1")

    assert caller(server, answer["Credentials"])["Arn"].endswith(":assumed-role/anything/s1")


def test_a_role_that_trusts_others_is_refused(
    sts: Any, client: Callable[..., Any], account: str
) -> None:
    client("iam").create_role(RoleName="Machine", AssumeRolePolicyDocument=TRUSTS_EC2)
    arn = f"arn:aws:iam::{account}:role/Machine"

    refused = error_of(sts.assume_role, RoleArn=arn, RoleSessionName="s1")

    assert refused == {
        "Code": "AccessDenied",
        "Message": f"User: arn:aws:iam::{account}:root is not authorized to perform:"
        f" sts:AssumeRole on resource: {arn}",
    }


def test_an_external_id_must_be_the_one_that_the_role_wants(
    sts: Any, client: Callable[..., Any], account: str
) -> None:
    client("iam").create_role(
        RoleName="R",
        AssumeRolePolicyDocument=trusting(
            {"AWS": account}, Condition={"StringEquals": {"sts:ExternalId": "secret"}}
        ),
    )
    asked = {"RoleArn": f"arn:aws:iam::{account}:role/R", "RoleSessionName": "s1"}

    wrong = error_of(sts.assume_role, **asked, ExternalId="guess")
    right = sts.assume_role(**asked, ExternalId="secret")

    assert wrong["Code"] == "AccessDenied"
    assert right["AssumedRoleUser"]["Arn"].endswith("/R/s1")


def test_another_accounts_role_must_name_the_caller(
    sts: Any, client: Callable[..., Any], server: LocalServer, account: str
) -> None:
    other = f"{(int(account) + 7 * 10**11) % 10**12:012d}"
    theirs = boto3.client(
        "iam",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=other,
        aws_secret_access_key="x",
    )
    theirs.create_role(RoleName="open", AssumeRolePolicyDocument=trusting({"AWS": account}))

    opened = sts.assume_role(RoleArn=f"arn:aws:iam::{other}:role/open", RoleSessionName="s1")
    closed = error_of(
        sts.assume_role, RoleArn=f"arn:aws:iam::{other}:role/unknown", RoleSessionName="s1"
    )

    assert caller(server, opened["Credentials"])["Account"] == other
    assert closed["Code"] == "AccessDenied"


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        (
            {"DurationSeconds": 7200},
            {
                "Code": "ValidationError",
                "Message": "The requested DurationSeconds exceeds the MaxSessionDuration set for"
                " this role.",
            },
        ),
        (
            {"Policy": "{"},
            {"Code": "MalformedPolicyDocument", "Message": "Syntax errors in policy."},
        ),
        (
            {"RoleArn": "arn:aws:iam::123456789012:user/ann"},
            {"Code": "ValidationError", "Message": "Request ARN is invalid"},
        ),
    ],
)
def test_a_request_that_breaks_the_rules_is_refused(
    sts: Any,
    client: Callable[..., Any],
    account: str,
    parameters: dict[str, Any],
    error: dict[str, str],
) -> None:
    client("iam").create_role(
        RoleName="R", AssumeRolePolicyDocument=trusting({"AWS": account}), MaxSessionDuration=3600
    )
    asked = {"RoleArn": f"arn:aws:iam::{account}:role/R", "RoleSessionName": "s1"}

    assert error_of(sts.assume_role, **{**asked, **parameters}) == error


def test_a_chain_of_roles_lasts_an_hour_at_most(
    sts: Any, server: LocalServer, account: str
) -> None:
    asked = {"RoleArn": f"arn:aws:iam::{account}:role/any", "RoleSessionName": "s1"}
    session = signing_with("sts", server, sts.assume_role(**asked)["Credentials"])

    refused = error_of(session.assume_role, **asked, DurationSeconds=3601)

    assert refused == {
        "Code": "ValidationError",
        "Message": "The requested DurationSeconds exceeds the 1 hour session limit for roles"
        " assumed by role chaining",
    }


def test_a_session_token_acts_as_its_owner_and_makes_no_other(
    sts: Any, server: LocalServer, account: str
) -> None:
    credentials = sts.get_session_token(DurationSeconds=900)["Credentials"]
    session = signing_with("sts", server, credentials)

    again = error_of(session.get_session_token)

    assert caller(server, credentials)["Arn"] == f"arn:aws:iam::{account}:root"
    assert again == {
        "Code": "AccessDenied",
        "Message": "Cannot call GetSessionToken with session credentials",
    }


def test_a_federated_user_has_a_name_of_its_own(
    sts: Any, server: LocalServer, account: str
) -> None:
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'

    answer = sts.get_federation_token(Name="guest", Policy=policy)

    arn = f"arn:aws:sts::{account}:federated-user/guest"
    assert answer["FederatedUser"] == {"FederatedUserId": f"{account}:guest", "Arn": arn}
    assert 0 < answer["PackedPolicySize"] < 10
    assert caller(server, answer["Credentials"])["Arn"] == arn
