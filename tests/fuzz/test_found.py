"""What fuzzing has found, each once more."""

import json
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.fuzz.wire import ANSWER_WITHIN_SECONDS, exchange

CHUNKED = b"Host: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "body", [b"{}", b"zz\r\nab\r\n0\r\n\r\n", b"-1\r\n", b"2\r\nabc\r\n0\r\n\r\n"]
)
def test_a_body_in_broken_chunks_is_refused(fuzzed: LocalServer, body: bytes) -> None:
    target = b"X-Amz-Target: Logs_20140328.DescribeLogGroups\r\n"

    sent = b"POST / HTTP/1.1\r\n" + target + CHUNKED + body
    answer = exchange(fuzzed.port, sent, pause_seconds=ANSWER_WITHIN_SECONDS)

    assert answer.statuses == [400]
    assert b"IncompleteBody" in answer.raw


DEEP = "[" * 5_000 + "]" * 5_000


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("cloudwatch", "put_dashboard", {"DashboardName": "a", "DashboardBody": DEEP}),
        ("s3", "put_bucket_policy", {"Bucket": "fuzzed-deep", "Policy": DEEP}),
        ("iam", "create_policy", {"PolicyName": "a", "PolicyDocument": DEEP}),
    ],
)
def test_documents_nested_too_deeply_are_refused(
    fuzzed_client: Callable[[str], Any], service: str, operation: str, parameters: dict[str, str]
) -> None:
    fuzzed_client("s3").create_bucket(Bucket="fuzzed-deep")

    with pytest.raises(ClientError) as caught:
        getattr(fuzzed_client(service), operation)(**parameters)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize("audience", [5, True, None, {"a": 1}, [["a"]], [{}], []])
def test_tokens_for_an_audience_of_another_kind_are_refused(
    fuzzed_client: Callable[[str], Any], audience: Any
) -> None:
    iam = fuzzed_client("iam")
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_open_id_connect_provider(Url="https://issuer.example.com", ClientIDList=["app"])
    claims = {"iss": "https://issuer.example.com", "aud": audience, "exp": 4_000_000_000}
    parts = (b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims))

    with pytest.raises(ClientError) as caught:
        fuzzed_client("sts").assume_role_with_web_identity(
            RoleArn="arn:aws:iam::123456789012:role/outcrop",
            RoleSessionName="name",
            WebIdentityToken=".".join((*parts, "AAAA")),
        )

    assert caught.value.response["Error"] == {
        "Type": "Sender",
        "Code": "InvalidIdentityToken",
        "Message": "Incorrect token audience",
    }


def test_errors_that_quote_control_characters_can_be_read(
    fuzzed_client: Callable[[str], Any],
) -> None:
    with pytest.raises(ClientError) as caught:
        fuzzed_client("iam").get_user(UserName="a\x01")

    error = caught.value.response["Error"]
    assert error["Code"] == "ValidationError"
    assert "Value 'a\ufffd' at 'userName'" in error["Message"]


def test_pages_of_less_than_nothing_are_refused(fuzzed_client: Callable[[str], Any]) -> None:
    scaling = fuzzed_client("application-autoscaling")

    with pytest.raises(ClientError) as caught:
        scaling.describe_scalable_targets(ServiceNamespace="sagemaker", MaxResults=-1)

    assert caught.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "MaxResults must be greater than or equal to 1",
    }


def test_simulations_refuse_malformed_policies_as_invalid_input(
    fuzzed_client: Callable[[str], Any],
) -> None:
    with pytest.raises(ClientError) as caught:
        fuzzed_client("iam").simulate_custom_policy(
            PolicyInputList=["{"], ActionNames=["s3:GetObject"]
        )

    assert caught.value.response["Error"] == {
        "Type": "Sender",
        "Code": "InvalidInput",
        "Message": "Syntax errors in policy.",
    }


def test_a_body_that_stops_coming_is_given_up(fuzzed: LocalServer) -> None:
    target = b"X-Amz-Target: Logs_20140328.DescribeLogGroups\r\n"
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n" + target

    answer = exchange(fuzzed.port, head + b"\r\n{", pause_seconds=ANSWER_WITHIN_SECONDS)

    assert answer.statuses == [400]
    assert b"RequestTimeout" in answer.raw
