"""Valid requests of every wire protocol, which the fuzzing damages."""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import botocore.session
import cbor2
from botocore import UNSIGNED, xform_name
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config

from tests.fuzz.wire import WireRequest

HOST = (b"Host", b"127.0.0.1")
SIGNED = (
    b"AWS4-HMAC-SHA256 Credential=123456789012/20260102/us-east-1/%s/aws4_request, "
    b"SignedHeaders=host, Signature=" + b"0" * 64
)
ROLE = "arn:aws:iam::123456789012:role/role"
MESSAGES = [{"role": "user", "content": [{"text": "Hello"}]}]
OPERATIONS: list[tuple[str, str, dict[str, Any]]] = [
    ("sts", "GetCallerIdentity", {}),
    ("sts", "AssumeRole", {"RoleArn": ROLE, "RoleSessionName": "name"}),
    ("sts", "AssumeRoleWithWebIdentity", {
        "RoleArn": ROLE, "RoleSessionName": "name", "WebIdentityToken": "e30.e30.e30"}),
    ("iam", "CreateUser", {"UserName": "user", "Tags": [{"Key": "team", "Value": "blue"}]}),
    ("iam", "CreatePolicy", {"PolicyName": "policy", "PolicyDocument": '{"Statement": []}'}),
    ("iam", "SimulateCustomPolicy", {
        "PolicyInputList": ['{"Version":"2012-10-17","Statement":[]}'],
        "ActionNames": ["s3:GetObject"]}),
    ("ec2", "DescribeInstances", {"InstanceIds": ["i-1"], "MaxResults": 5}),
    ("logs", "CreateLogGroup", {"logGroupName": "group", "tags": {"team": "blue"}}),
    ("logs", "PutLogEvents", {
        "logGroupName": "group", "logStreamName": "stream",
        "logEvents": [{"timestamp": 1767323045000, "message": "hello"}]}),
    ("logs", "FilterLogEvents", {"logGroupName": "group", "filterPattern": '{ $.a = "b" }'}),
    ("logs", "TestMetricFilter", {"filterPattern": "[a, b]", "logEventMessages": ["1 2"]}),
    ("ecr", "CreateRepository", {"repositoryName": "repository"}),
    ("ecr", "PutImage", {"repositoryName": "repository", "imageManifest": "{}"}),
    ("application-autoscaling", "DescribeScalableTargets", {"ServiceNamespace": "sagemaker"}),
    ("cloudwatch", "PutMetricData", {
        "Namespace": "App", "MetricData": [{"MetricName": "Latency", "Value": 1.5}]}),
    ("cloudwatch", "GetMetricData", {
        "MetricDataQueries": [{"Id": "e1", "Expression": "SUM(METRICS()) / 2"}],
        "StartTime": 1767323045, "EndTime": 1767326645}),
    ("bedrock-runtime", "Converse", {"modelId": "some.model", "messages": MESSAGES}),
    ("bedrock-runtime", "ConverseStream", {"modelId": "some.model", "messages": MESSAGES}),
    ("bedrock-runtime", "InvokeModel", {
        "modelId": "anthropic.claude-3-sonnet", "contentType": "application/json",
        "body": b'{"max_tokens": 1, "messages": [{"role": "user", "content": "Hello"}]}'}),
    ("bedrock", "ListFoundationModels", {"byProvider": "Meta"}),
    ("s3", "ListBuckets", {}),
    ("s3", "CreateBucket", {"Bucket": "bucket"}),
    ("s3", "PutObject", {
        "Bucket": "bucket", "Key": "folder/ob ject", "Body": b"bytes", "Metadata": {"a": "b"},
        "Tagging": "team=blue", "ContentType": "text/plain"}),
    ("s3", "GetObject", {"Bucket": "bucket", "Key": "folder/ob ject", "Range": "bytes=1-2"}),
    ("s3", "CopyObject", {"Bucket": "bucket", "Key": "b", "CopySource": "bucket/folder/ob ject"}),
    ("s3", "ListObjectsV2", {"Bucket": "bucket", "Prefix": "f", "Delimiter": "/", "MaxKeys": 3}),
    ("s3", "DeleteObjects", {"Bucket": "bucket", "Delete": {"Objects": [{"Key": "a"}]}}),
    ("s3", "CompleteMultipartUpload", {
        "Bucket": "bucket", "Key": "a", "UploadId": "upload",
        "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": '"e"'}]}}),
    ("s3", "PutBucketTagging", {
        "Bucket": "bucket", "Tagging": {"TagSet": [{"Key": "team", "Value": "blue"}]}}),
    ("s3", "PutBucketLifecycleConfiguration", {
        "Bucket": "bucket", "LifecycleConfiguration": {"Rules": [
            {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
        ]}}),
    ("s3", "PutBucketPolicy", {"Bucket": "bucket", "Policy": '{"Statement": []}'}),
    ("rekognition", "DetectLabels", {"Image": {"Bytes": b"not a photo"}}),
]  # fmt: skip


@cache
def seeds() -> tuple[WireRequest, ...]:
    """Return valid requests of every wire protocol, signed as open mode takes them."""
    return (*_written_by_botocore(), *_cbor(), *beside_operations())


def _cbor() -> Iterator[WireRequest]:
    for operation, values in (
        ("ListMetrics", {"Namespace": "App"}),
        ("PutMetricData", {"Namespace": "App", "MetricData": [{"MetricName": "L", "Value": 1.5}]}),
        ("DescribeAlarms", {"MaxRecords": 5}),
    ):
        yield WireRequest(
            b"POST",
            f"/service/GraniteServiceVersion20100801/operation/{operation}".encode(),
            [
                HOST,
                (b"smithy-protocol", b"rpc-v2-cbor"),
                (b"Content-Type", b"application/cbor"),
                (b"Accept", b"application/cbor"),
                (b"Authorization", SIGNED % b"monitoring"),
            ],
            cbor2.dumps(values),
        )


def beside_operations() -> Iterator[WireRequest]:
    """Give requests that are no operation of AWS: forms, preflights and other vendors' paths."""
    form = (
        b'--line\r\nContent-Disposition: form-data; name="key"\r\n\r\nobject\r\n'
        b'--line\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nbytes\r\n'
        b"--line--\r\n"
    )
    yield WireRequest(
        b"POST", b"/bucket", [HOST, (b"Content-Type", b"multipart/form-data; boundary=line")], form
    )
    yield WireRequest(
        b"OPTIONS",
        b"/bucket/object",
        [HOST, (b"Origin", b"https://a.example"), (b"Access-Control-Request-Method", b"PUT")],
    )
    chat = b'{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "Hello"}]}'
    for path in (b"/openai/v1/chat/completions", b"/anthropic/v1/messages", b"/v1/messages"):
        headers = [HOST, (b"Content-Type", b"application/json"), (b"Authorization", b"Bearer key")]
        yield WireRequest(b"POST", path, headers, chat)
    yield WireRequest(b"GET", b"/health", [HOST])
    yield WireRequest(b"GET", b"/metrics", [HOST])


def _written_by_botocore() -> Iterator[WireRequest]:
    for service, operation, parameters in OPERATIONS:
        request = _captured(service, operation, parameters)
        found = re.fullmatch(r"https?://[^/]+([^?]*\??.*)", request.url, re.DOTALL)
        assert found is not None
        headers = [
            (name.encode(), value if isinstance(value, bytes) else str(value).encode())
            for name, value in request.headers.items()
            if name.lower() not in ("content-length", "expect", "user-agent", "host")
        ]
        scope = SIGNED % _signing_name(service)
        yield WireRequest(
            request.method.encode(),
            (found[1] or "/").encode(),
            [HOST, *headers, (b"Authorization", scope)],
            _content(request.body),
        )


def _signing_name(service: str) -> bytes:
    names = {"bedrock-runtime": b"bedrock", "cloudwatch": b"monitoring"}
    return names.get(service, service.encode())


def _captured(service: str, operation: str, parameters: dict[str, Any]) -> AWSPreparedRequest:
    client = botocore.session.Session().create_client(
        service,
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1",
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )
    captured: list[AWSPreparedRequest] = []

    def capture(request: AWSPreparedRequest, **_: Any) -> None:
        captured.append(request)
        raise _CapturedError

    client.meta.events.register("before-send", capture)
    with suppress(_CapturedError):
        getattr(client, xform_name(operation))(**parameters)
    return captured[0]


class _CapturedError(Exception):
    """The request is known; nothing is sent."""


def _content(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else body.read() if body is not None else b""
