"""Every operation that botocore can send is recognised among all the services of the surface."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from outcrop.aws.errors import UnknownOperationError
from outcrop.aws.http import Body, HttpRequest
from outcrop.gateway.identify import Identifier, Identity, signing_name_of
from outcrop.protocol.service_index import ServiceIndex
from outcrop.protocol.service_models import ServiceModels

SERVICES = [
    "application-autoscaling", "athena", "bedrock", "bedrock-agent", "bedrock-agent-runtime",
    "bedrock-agentcore", "bedrock-agentcore-control", "bedrock-data-automation",
    "bedrock-data-automation-runtime", "bedrock-runtime", "cloudwatch", "comprehend",
    "comprehendmedical", "ec2", "ecr", "glue", "iam", "kendra", "kendra-ranking", "logs", "polly",
    "qapps", "qbusiness", "rekognition", "s3", "s3vectors", "sagemaker", "sagemaker-a2i-runtime",
    "sagemaker-edge", "sagemaker-featurestore-runtime", "sagemaker-geospatial",
    "sagemaker-metrics", "sagemaker-runtime", "sts", "textract", "transcribe", "translate",
]  # fmt: skip

SAME_ON_THE_WIRE = {
    # A deprecated operation and its successor have one method, path and input.
    ("s3", "GetBucketLifecycle"): "GetBucketLifecycleConfiguration",
    ("s3", "PutBucketLifecycle"): "PutBucketLifecycleConfiguration",
    ("s3", "GetBucketNotification"): "GetBucketNotificationConfiguration",
    ("s3", "PutBucketNotification"): "PutBucketNotificationConfiguration",
    # Only the host, that of a directory bucket's zone, tells them apart.
    ("s3", "ListDirectoryBuckets"): "ListBuckets",
}

ARNS = {
    "bedrock": "arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdefghijkl",
    "bedrock-data-automation": "arn:aws:bedrock:us-east-1:123456789012:blueprint/abcdef123456",
    "bedrock-agent": "arn:aws:bedrock:us-east-1:123456789012:agent/ABCDEFGHIJ",
    "bedrock-agent-runtime": (
        "arn:aws:bedrock:us-east-1:123456789012:session/01234567-89ab-cdef-0123-456789abcdef"
    ),
}


@pytest.fixture(scope="module")
def identifier() -> Identifier:
    return Identifier(
        ServiceIndex(SERVICES),
        ServiceModels(),
        before_parse=lambda _, request: request,
        guesses_unsigned=True,
    )


@pytest.mark.anyio
@pytest.mark.parametrize("service", SERVICES)
async def test_every_callable_operation_is_found_at_itself(
    service: str, identifier: Identifier
) -> None:
    wrong: list[tuple[str, object]] = []
    sent = 0
    for operation, request in requests(service):
        sent += 1
        expected = SAME_ON_THE_WIRE.get((service, operation), operation)
        try:
            found, _ = await identifier.identify(request, signing_name_of(request))
        except UnknownOperationError as error:
            wrong.append((operation, error.message))
            continue
        if found != Identity(service, expected):
            wrong.append((operation, found))

    assert wrong == []
    assert sent > 0


def requests(service: str) -> Iterator[tuple[str, HttpRequest]]:
    """Give a minimal request of every operation that a boto3 client can send."""
    client = _client(service)
    captured: list[AWSPreparedRequest] = []

    def capture(request: AWSPreparedRequest, **_: Any) -> None:
        captured.append(request)
        raise _CapturedError

    client.meta.events.register("before-send", capture)
    for method, operation in client.meta.method_to_api_mapping.items():
        if not hasattr(client, method):
            continue  # Streams in both directions need HTTP/2, which boto3 does not speak.
        shape = client.meta.service_model.operation_model(operation).input_shape
        captured.clear()
        call: Callable[..., Any] = getattr(client, method)
        with suppress(_CapturedError):
            call(**(minimal(shape, service) if shape is not None else {}))
        yield operation, as_received(captured[0])


def _client(service: str) -> BaseClient:
    session = botocore.session.Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    return session.create_client(
        service,
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:4566",
        config=Config(
            retries={"total_max_attempts": 1},
            parameter_validation=False,
            inject_host_prefix=False,
        ),
    )


class _CapturedError(Exception):
    """The request is known; nothing is sent."""


def as_received(request: AWSPreparedRequest) -> HttpRequest:
    """Return the request as a server sees it."""
    found = re.fullmatch(r"(https?)://[^/]+([^?]*)(?:\?(.*))?", request.url, re.DOTALL)
    assert found is not None
    return HttpRequest(
        method=request.method,
        raw_path=found[2] or "/",
        query_string=found[3] or "",
        headers={
            name.lower(): value.decode() if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
        },
        body=Body.of(_content(request.body)),
    )


def _content(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else body.read() if body is not None else b""


def minimal(shape: Shape, service: str, depth: int = 0, name: str = "") -> Any:
    """Return the least input that holds all required members."""
    match shape:
        case StructureShape():
            required = shape.required_members
            members = shape.members
            wanted = list(members)[:1] if shape.is_tagged_union else required
            return (
                {m: minimal(members[m], service, depth + 1, m) for m in wanted} if depth < 9 else {}
            )
        case ListShape():
            return [minimal(shape.member, service, depth + 1)]
        case MapShape():
            return {}
        case StringShape():
            return _text(shape, service, name)
        case _:
            return _scalar(shape)


def _text(shape: StringShape, service: str, name: str) -> str:
    if shape.enum:
        return str(shape.enum[0])
    if name == "Bucket":
        return "my-bucket"
    if name.lower() == "resourcearn" and service in ARNS:
        return ARNS[service]
    least = int(shape.metadata.get("min", 1))
    if "arn" in name.lower():
        return "arn:aws:svc:us-east-1:123456789012:thing/abc" + "x" * least
    return "x" * max(1, least)


def _scalar(shape: Shape) -> Any:
    match shape.type_name:
        case "integer" | "long":
            return max(1, int(shape.metadata.get("min", 1)))
        case "float" | "double":
            return 1.0
        case "boolean":
            return True
        case "blob":
            return b"blob"
        case "timestamp":
            return "2024-01-01T00:00:00Z"
        case _:
            return "x"
