"""Mode `keys`: who may ask for what, as boto3 and plain HTTP clients meet it."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from outcrop import LocalServer

KEY_ID, SECRET, ACCOUNT = "AKIACONFIGURED", "a configured secret", "111122223333"
SETTINGS = f"""
[authentication]
mode = "keys"

[authentication.keys.{KEY_ID}]
secret = "{SECRET}"
account = "{ACCOUNT}"
"""
Keys = Mapping[str, str]
CONFIGURED = {"aws_access_key_id": KEY_ID, "aws_secret_access_key": SECRET}


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    folder = tmp_path_factory.mktemp("keyed")
    file = folder / "outcrop.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    with LocalServer(folder / "data", settings={"OUTCROP_CONFIG": str(file)}).running() as server:
        yield server


@pytest.fixture
def connect(keyed: LocalServer) -> Callable[..., Any]:
    make: Any = boto3.client

    def to(service: str, keys: Keys = CONFIGURED) -> Any:
        config = Config(retries={"total_max_attempts": 1})
        return make(service, endpoint_url=keyed.url, region_name="us-east-1", config=config, **keys)

    return to


@pytest.fixture
def made(connect: Callable[..., Any], request: pytest.FixtureRequest) -> dict[str, str]:
    """A key of a new user called after the test."""
    iam = connect("iam")
    iam.create_user(UserName=request.node.name[:60], Path="/team/")
    key = iam.create_access_key(UserName=request.node.name[:60])["AccessKey"]
    return {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }


def refusal(call: Callable[..., Any], **parameters: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_a_key_that_iam_made_signs_in_as_its_user(connect: Any, made: Keys) -> None:
    user = connect("iam").get_user(UserName="test_a_key_that_iam_made_signs_in_as_its_user")["User"]

    answer = connect("sts", made).get_caller_identity()

    assert {name: answer[name] for name in ("Account", "Arn", "UserId")} == {
        "Account": ACCOUNT,
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/team/test_a_key_that_iam_made_signs_in_as_its_user",
        "UserId": user["UserId"],
    }


def test_a_user_under_another_name_keeps_the_key(connect: Any, made: Keys) -> None:
    iam = connect("iam")
    iam.update_user(UserName="test_a_user_under_another_name_keeps_the_key", NewUserName="Renamed")

    arn = connect("sts", made).get_caller_identity()["Arn"]
    iam.delete_access_key(UserName="Renamed", AccessKeyId=made["aws_access_key_id"])

    assert arn == f"arn:aws:iam::{ACCOUNT}:user/team/Renamed"


def test_an_inactive_key_is_refused_until_it_is_active_again(connect: Any, made: Keys) -> None:
    key = {"AccessKeyId": made["aws_access_key_id"]}
    connect("iam").update_access_key(Status="Inactive", **key)

    refused = [
        refusal(connect("sts", made).get_caller_identity),
        refusal(connect("s3", made).list_buckets),
        refusal(connect("logs", made).describe_log_groups),
        refusal(connect("bedrock", made).list_foundation_models),
    ]
    connect("iam").update_access_key(Status="Active", **key)

    assert refused == [
        ("InvalidClientTokenId", 403),
        ("InvalidAccessKeyId", 403),
        ("UnrecognizedClientException", 400),
        ("UnrecognizedClientException", 403),
    ]
    assert connect("sts", made).get_caller_identity()["Account"] == ACCOUNT


def test_a_deleted_key_is_refused(connect: Any, made: Keys) -> None:
    connect("iam").delete_access_key(
        UserName="test_a_deleted_key_is_refused", AccessKeyId=made["aws_access_key_id"]
    )

    assert refusal(connect("sts", made).get_caller_identity) == ("InvalidClientTokenId", 403)


def test_the_right_key_with_another_secret_is_refused(connect: Any, made: Keys) -> None:
    forged = {**made, "aws_secret_access_key": SECRET}

    assert refusal(connect("sts", forged).get_caller_identity) == ("SignatureDoesNotMatch", 403)


def test_open_mode_knows_the_user_of_a_key_too(
    server: LocalServer, client: Callable[..., Any], account: str
) -> None:
    client("iam").create_user(UserName="Ada")
    key = client("iam").create_access_key(UserName="Ada")["AccessKey"]

    make: Any = boto3.client
    answer = make(
        "sts",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    ).get_caller_identity()

    assert answer["Arn"] == f"arn:aws:iam::{account}:user/Ada"


@pytest.fixture
def bucket(connect: Any, request: pytest.FixtureRequest) -> str:
    """The name of a bucket with an object in it."""
    name = request.node.name.replace("_", "-")[:63].strip("-")
    connect("s3").create_bucket(Bucket=name)
    connect("s3").put_object(Bucket=name, Key="open/hello", Body=b"hello")
    connect("s3").put_object(Bucket=name, Key="closed/hello", Body=b"secret")
    return name


def allow(connect: Any, bucket: str, *statements: Mapping[str, Any]) -> None:
    policy = {"Version": "2012-10-17", "Statement": statements}
    connect("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def reading(bucket: str, **changes: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/open/*",
    } | changes


def statuses(server: LocalServer, bucket: str) -> dict[str, int]:
    """What anybody gets."""
    url = f"{server.url}/{bucket}"
    return {
        "read": httpx.get(f"{url}/open/hello").status_code,
        "head": httpx.head(f"{url}/open/hello").status_code,
        "read closed": httpx.get(f"{url}/closed/hello").status_code,
        "list": httpx.get(f"{url}?list-type=2").status_code,
        "write": httpx.put(f"{url}/open/other", content=b"x").status_code,
        "delete": httpx.delete(f"{url}/open/hello").status_code,
        "policy": httpx.get(f"{url}?policy").status_code,
        "buckets": httpx.get(server.url, headers={"host": "s3.localhost"}).status_code,
    }


NOTHING = dict.fromkeys(
    ("read", "head", "read closed", "list", "write", "delete", "policy", "buckets"), 403
)


def test_nobody_reads_a_bucket_without_a_policy(keyed: LocalServer, bucket: str) -> None:
    answer = httpx.get(f"{keyed.url}/{bucket}/open/hello")

    assert "<Code>AccessDenied</Code>" in answer.text
    assert statuses(keyed, bucket) == NOTHING


def test_anybody_reads_what_a_policy_opens(connect: Any, keyed: LocalServer, bucket: str) -> None:
    allow(connect, bucket, reading(bucket))

    assert httpx.get(f"{keyed.url}/{bucket}/open/hello").content == b"hello"
    assert statuses(keyed, bucket) == NOTHING | {"read": 200, "head": 200}


def test_nobody_unknown_says_as_what_an_object_is_taken(
    connect: Any, keyed: LocalServer, bucket: str
) -> None:
    allow(connect, bucket, reading(bucket))

    answer = httpx.get(f"{keyed.url}/{bucket}/open/hello?response-content-type=text/html")

    assert (answer.status_code, "cannot be used for anonymous GET" in answer.text) == (400, True)


def test_anybody_lists_what_a_policy_opens(connect: Any, keyed: LocalServer, bucket: str) -> None:
    listing = {"Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"}
    allow(connect, bucket, reading(bucket, Principal={"AWS": "*"}, **listing))

    assert statuses(keyed, bucket) == NOTHING | {"list": 200}


def test_a_policy_opens_nothing_but_reads_to_anybody(
    connect: Any, keyed: LocalServer, bucket: str
) -> None:
    everything = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    allow(connect, bucket, reading(bucket, Action="s3:*", Resource=everything))

    open_to_all = {"read": 200, "head": 200, "read closed": 200, "list": 200}
    assert statuses(keyed, bucket) == NOTHING | open_to_all


@pytest.mark.parametrize(
    "changes",
    [
        {"Principal": {"AWS": ACCOUNT}},
        {"Principal": {"AWS": ""}},
        {"Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}},
        {"Effect": "Deny"},
    ],
    ids=["an account", "nobody", "a condition", "a denial"],
)
def test_a_policy_for_others_opens_nothing(
    connect: Any, keyed: LocalServer, changes: Mapping[str, Any], tmp_path: Any
) -> None:
    bucket = tmp_path.name.replace("_", "-").lower()
    connect("s3").create_bucket(Bucket=bucket)
    connect("s3").put_object(Bucket=bucket, Key="open/hello", Body=b"hello")
    allow(connect, bucket, reading(bucket, **changes))

    assert httpx.get(f"{keyed.url}/{bucket}/open/hello").status_code == 403


def test_a_denial_to_all_but_some_closes_what_another_statement_opens(
    connect: Any, keyed: LocalServer, bucket: str
) -> None:
    denial = {
        name: it for name, it in reading(bucket, Effect="Deny").items() if name != "Principal"
    }
    allow(connect, bucket, reading(bucket), {**denial, "NotPrincipal": {"AWS": ACCOUNT}})

    assert statuses(keyed, bucket) == NOTHING


def test_a_bucket_that_may_not_be_public_is_not(
    connect: Any, keyed: LocalServer, bucket: str
) -> None:
    allow(connect, bucket, reading(bucket))
    connect("s3").put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True}
    )
    while_restricted = statuses(keyed, bucket)
    connect("s3").delete_public_access_block(Bucket=bucket)

    assert while_restricted == NOTHING
    assert statuses(keyed, bucket) == NOTHING | {"read": 200, "head": 200}


def test_what_aws_never_asks_a_signature_for_needs_none(keyed: LocalServer) -> None:
    form = {
        "Version": "2011-06-15",
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/Reader",
        "RoleSessionName": "me",
    }
    web = {"Action": "AssumeRoleWithWebIdentity", "WebIdentityToken": "no token"}
    saml = {
        "Action": "AssumeRoleWithSAML",
        "PrincipalArn": f"arn:aws:iam::{ACCOUNT}:saml-provider/none",
        "SAMLAssertion": "bm9uZQ==",
    }

    answers = [httpx.post(keyed.url, data={**form, **one}) for one in (web, saml)]
    identity = httpx.post(keyed.url, data={**form, "Action": "GetCallerIdentity"})

    for answer in answers:
        assert (answer.status_code, "<Code>InvalidIdentityToken</Code>" in answer.text) == (
            400,
            True,
        )
    assert (identity.status_code, "<Code>MissingAuthenticationToken</Code>" in identity.text) == (
        403,
        True,
    )


def test_nobody_empties_an_account(keyed: LocalServer) -> None:
    answer = httpx.post(f"{keyed.url}/_outcrop/reset", params={"account": ACCOUNT})

    assert (answer.status_code, answer.json()) == (
        403,
        {"message": "Accounts are emptied in open mode only."},
    )
