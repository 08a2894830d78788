"""Keys mode: a signature has its time."""

from datetime import timedelta
from typing import Any, cast

import pytest
from botocore.auth import HmacV1Auth, HmacV1QueryAuth, S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest

from outcrop.aws.http import Body, HttpRequest
from tests.signing import KEY, at, believe, refusal, sts_call, wire, without

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("service", "minutes"), [("sts", 15), ("s3", 15), ("bedrock-runtime", 5), ("sagemaker", 5)]
)
@pytest.mark.parametrize("direction", [1, -1])
async def test_clocks_may_differ_by_minutes(service: str, minutes: int, direction: int):
    headers = {"Content-Type": "application/x-www-form-urlencoded" if service == "sts" else "a/b"}
    if service == "sagemaker":
        headers["X-Amz-Target"] = "SageMaker.ListModels"
    asked = sts_call(headers=headers)
    S3SigV4Auth(KEY, service, "us-east-1").add_auth(asked)
    seen, skew = wire(asked), timedelta(minutes=minutes)

    await believe(seen, service, at(direction * (skew - timedelta(seconds=10))))

    code, _, message = await refusal(seen, service, at(direction * (skew + timedelta(seconds=10))))
    if service == "s3":
        assert (code, message) == (
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        )
    else:
        assert code in {"SignatureDoesNotMatch", "InvalidSignatureException"}
        assert message.startswith(
            "Signature expired: " if direction == 1 else "Signature not yet current: "
        )
        assert message.endswith(f"{'-+'[direction == -1]} {minutes} min.)")


@pytest.mark.parametrize(
    ("signer", "expected"),
    [
        (
            lambda: S3SigV4QueryAuth(KEY, "s3", "us-east-1", expires=100),
            ("AccessDenied", 403, "Request has expired"),
        ),
        (lambda: HmacV1QueryAuth(KEY, expires=100), ("AccessDenied", 403, "Request has expired")),
    ],
)
async def test_a_presigned_url_holds_as_long_as_it_says(
    signer: Any, expected: tuple[str, int, str]
):
    asked = AWSRequest(method="GET", url="http://127.0.0.1:4566/bucket/key")
    signer().add_auth(asked)
    seen = without(wire(asked), "date")

    await believe(seen, "s3", at(timedelta(seconds=95)))

    assert await refusal(seen, "s3", at(timedelta(seconds=105))) == expected


@pytest.mark.parametrize("expires", ["604801", "soon", "-1", "٣", "9" * 30])
async def test_a_presigned_url_holds_a_week_at_most(expires: str):
    asked = AWSRequest(method="GET", url="http://127.0.0.1:4566/bucket/key")
    S3SigV4QueryAuth(KEY, "s3", "us-east-1", expires=cast("int", expires)).add_auth(asked)

    assert (await refusal(wire(asked), "s3"))[0] == "AuthorizationQueryParametersError"


async def test_a_presigned_url_without_all_its_parts_is_told():
    seen = HttpRequest(
        method="GET",
        raw_path="/bucket",
        query_string="X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z",
        headers={"host": "x"},
        body=Body.of(b""),
    )

    assert (await refusal(seen, "s3"))[:2] == ("AuthorizationQueryParametersError", 400)


@pytest.mark.parametrize("minutes", [16, -16])
async def test_sigv2_has_its_time_too(minutes: int):
    asked = AWSRequest(method="GET", url="http://127.0.0.1:4566/bucket/key")
    HmacV1Auth(KEY).add_auth(asked)

    code, _, _ = await refusal(wire(asked), "s3", at(timedelta(minutes=minutes)))

    assert code == "RequestTimeTooSkewed"
