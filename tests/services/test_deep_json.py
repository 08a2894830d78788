"""JSON nested beyond measure, wherever a caller may put some: the caller's error, never ours."""

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer

LEVELS = (300, 950, 100_000)
TRUST = '{"Version": "2012-10-17", "Statement": %s}'


def lists(levels: int) -> str:
    return "[" * levels + "]" * levels


def objects(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


@pytest.fixture(params=[lists, objects], ids=["lists", "objects"])
def deep(request: pytest.FixtureRequest) -> Callable[[int], str]:
    return request.param


@pytest.mark.parametrize("levels", LEVELS)
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/openai/v1/chat/completions", "%s"),
        ("/openai/v1/chat/completions", '{"model": "m", "messages": %s}'),
        (
            "/openai/v1/chat/completions",
            '{"model": "m", "messages": [{"role": "user", "content": "a"}], "tools": [{"type": '
            '"function", "function": {"name": "f", "parameters": %s}}]}',
        ),
        ("/openai/v1/responses", '{"model": "m", "input": %s}'),
        ("/openai/v1/embeddings", '{"model": "m", "input": %s}'),
        ("/anthropic/v1/messages", "%s"),
        (
            "/anthropic/v1/messages",
            '{"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "a"}], '
            '"tools": [{"name": "f", "input_schema": %s}]}',
        ),
        ("/v1/messages", '{"model": "m", "max_tokens": 9, "messages": %s}'),
        ("/model/anthropic.claude-3-sonnet/invoke", "%s"),
        ("/model/anthropic.claude-3-sonnet/invoke", '{"max_tokens": 9, "messages": %s}'),
        ("/model/anthropic.claude-3-sonnet/invoke-with-response-stream", '{"messages": %s}'),
        ("/model/amazon.nova-lite-v1:0/invoke", '{"messages": %s}'),
        ("/model/meta.llama3-8b-instruct-v1:0/invoke", '{"prompt": "a", "b": %s}'),
        ("/model/cohere.embed-multilingual-v3/invoke", '{"texts": %s}'),
        ("/model/mistral.mixtral-8x7b-instruct-v0:1/converse", "%s"),
        (
            "/model/mistral.mixtral-8x7b-instruct-v0:1/converse",
            '{"messages": [{"role": "user", "content": [{"text": "a"}]}], '
            '"additionalModelRequestFields": %s}',
        ),
        (
            "/model/mistral.mixtral-8x7b-instruct-v0:1/converse-stream",
            '{"messages": [{"role": "user", "content": [{"text": "a"}]}], "toolConfig": {"tools": '
            '[{"toolSpec": {"name": "f", "inputSchema": {"json": %s}}}]}}',
        ),
    ],
)
def test_bodies_of_models(
    server: LocalServer, path: str, body: str, levels: int, deep: Callable[[int], str]
) -> None:
    answer = httpx.post(
        server.url + path, content=body % deep(levels), headers={"content-type": "application/json"}
    )

    assert (answer.status_code, "InternalFailure" in answer.text) == (400, False), answer.text[:300]


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def tokens(text: str) -> str:
    return f"{encoded(text)}.{encoded(text)}.{encoded('signature')}"


@pytest.mark.parametrize("levels", LEVELS)
@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        (
            "iam",
            "create_policy",
            lambda text: {"PolicyName": "p", "PolicyDocument": TRUST % text},
        ),
        (
            "iam",
            "create_role",
            lambda text: {"RoleName": "r", "AssumeRolePolicyDocument": TRUST % text},
        ),
        (
            "iam",
            "simulate_custom_policy",
            lambda text: {"PolicyInputList": [text], "ActionNames": ["s3:GetObject"]},
        ),
        ("s3", "put_bucket_policy", lambda text: {"Bucket": "bucket", "Policy": text}),
        (
            "sts",
            "assume_role_with_web_identity",
            lambda text: {
                "RoleArn": "arn:aws:iam::123456789012:role/outcrop",
                "RoleSessionName": "me",
                "WebIdentityToken": tokens(text),
            },
        ),
        ("iam", "list_users", lambda text: {"Marker": encoded(text)}),
        (
            "ecr",
            "put_lifecycle_policy",
            lambda text: {"repositoryName": "deep", "lifecyclePolicyText": text},
        ),
        (
            "ecr",
            "put_image",
            lambda text: {"repositoryName": "deep", "imageManifest": text},
        ),
        (
            "cloudwatch",
            "put_dashboard",
            lambda text: {"DashboardName": "d", "DashboardBody": TRUST % text},
        ),
        (
            "cloudwatch",
            "set_alarm_state",
            lambda text: {
                "AlarmName": "a",
                "StateValue": "OK",
                "StateReason": "r",
                "StateReasonData": text,
            },
        ),
    ],
)
def test_documents_inside_requests(
    client: Callable[..., Any],
    service: str,
    operation: str,
    parameters: Callable[[str], dict[str, Any]],
    levels: int,
) -> None:
    if service == "ecr":
        client("ecr").create_repository(repositoryName="deep")
    made = client(service)
    given = parameters(lists(levels))
    if "Bucket" in given:
        given["Bucket"] = f"deep-{json.dumps(levels)}-{id(given)}"
        made.create_bucket(Bucket=given["Bucket"])

    with pytest.raises(ClientError) as caught:
        getattr(made, operation)(**given)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] // 100 == 4
