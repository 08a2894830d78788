"""Keys mode: what is not signed well is refused, in the words of each service."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.auth import (
    HmacV1Auth,
    HmacV1PostAuth,
    HmacV1QueryAuth,
    S3SigV4Auth,
    S3SigV4PostAuth,
    S3SigV4QueryAuth,
    SigV4Auth,
)
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import Body, HttpRequest
from tests.signing import (
    CONTENT_TYPE,
    KEY,
    KEYS,
    believe,
    form,
    refusal,
    session,
    signed_fields,
    signed_sts_call,
    sts_call,
    wire,
    with_header,
    without,
)

pytestmark = pytest.mark.anyio


async def test_a_wrong_secret_is_told_with_what_should_have_been_signed():
    seen = signed_sts_call(Credentials(KEY.access_key, "wrong"))

    with pytest.raises(ServiceError) as caught:
        await believe(seen, "sts")

    body_sha256 = hashlib.sha256(b"Action=GetCallerIdentity&Version=2011-06-15").hexdigest()
    assert caught.value.code == "SignatureDoesNotMatch"
    assert caught.value.message.startswith(
        "The request signature we calculated does not match the signature you provided. Check your "
        "AWS Secret Access Key and signing method. Consult the service documentation for details."
        "\n\nThe Canonical String for this request should have been\n'POST\n/\n\n"
        "content-type:application/x-www-form-urlencoded; charset=utf-8\nhost:127.0.0.1:4566\n"
        f"x-amz-date:{seen.headers['x-amz-date']}\n\ncontent-type;host;x-amz-date\n{body_sha256}'"
    )


async def test_s3_tells_a_mismatch_by_members():
    asked = AWSRequest(method="GET", url="http://127.0.0.1:4566/bucket")
    S3SigV4Auth(Credentials(KEY.access_key, "wrong"), "s3", "us-east-1").add_auth(asked)

    with pytest.raises(ServiceError) as caught:
        await believe(wire(asked), "s3")

    assert (caught.value.code, caught.value.message) == (
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check "
        "your key and signing method.",
    )
    assert caught.value.members["AWSAccessKeyId"] == KEY.access_key
    assert caught.value.members["CanonicalRequest"].startswith("GET\n/bucket\n\nhost:127.0.0.1")


UNKNOWN = "The security token included in the request is invalid."


@pytest.mark.parametrize(
    ("service", "headers", "expected"),
    [
        ("sts", {}, ("InvalidClientTokenId", 403, UNKNOWN)),
        (
            "sagemaker",
            {"X-Amz-Target": "SageMaker.ListModels", "Content-Type": "application/x-amz-json-1.1"},
            ("UnrecognizedClientException", 400, UNKNOWN),
        ),
        (
            "bedrock-runtime",
            {"Content-Type": "application/json"},
            ("UnrecognizedClientException", 403, UNKNOWN),
        ),
        (
            "s3",
            {},
            (
                "InvalidAccessKeyId",
                403,
                "The AWS Access Key Id you provided does not exist in our records.",
            ),
        ),
    ],
)
async def test_an_unknown_key_is_told_in_the_words_of_the_service(
    service: str, headers: dict[str, str], expected: tuple[str, int, str]
):
    asked = sts_call(headers=headers or sts_call().headers)
    S3SigV4Auth(Credentials("AKIAUNKNOWN", "secret"), service, "us-east-1").add_auth(asked)

    assert await refusal(wire(asked), service) == expected


@pytest.mark.parametrize(
    ("service", "headers", "expected"),
    [
        (
            "sts",
            {"content-type": "application/x-www-form-urlencoded"},
            ("MissingAuthenticationToken", 403, "Request is missing Authentication Token"),
        ),
        (
            "bedrock-runtime",
            {},
            ("MissingAuthenticationTokenException", 403, "Request is missing Authentication Token"),
        ),
        ("s3", {}, ("AccessDenied", 403, "Access Denied")),
    ],
)
async def test_an_unsigned_request_is_refused(
    service: str, headers: dict[str, str], expected: tuple[str, int, str]
):
    seen = HttpRequest(
        method="POST", raw_path="/", headers={"host": "x"} | headers, body=Body.of(b"")
    )

    assert await refusal(seen, service) == expected


async def test_an_unsigned_form_is_refused():
    assert (await refusal(form({"key": "notes.txt"}), "s3"))[0] == "AccessDenied"


TAMPERINGS = [
    pytest.param(lambda seen: replace(seen, method="PUT"), id="method"),
    pytest.param(lambda seen: seen.with_path("/other"), id="path"),
    pytest.param(lambda seen: replace(seen, query_string="a=1"), id="query"),
    pytest.param(lambda seen: with_header(seen, "host", "elsewhere"), id="host"),
    pytest.param(lambda seen: with_header(seen, "content-type", "text/plain"), id="header"),
    pytest.param(
        lambda seen: with_header(
            seen,
            "authorization",
            seen.headers["authorization"].replace("eu-west-3", "eu-west-1"),
        ),
        id="region",
    ),
    pytest.param(
        lambda seen: with_header(
            seen, "authorization", seen.headers["authorization"].replace("content-type;", "")
        ),
        id="signed headers",
    ),
    pytest.param(
        lambda seen: with_header(seen, "authorization", seen.headers["authorization"][:-1]),
        id="signature",
    ),
    pytest.param(lambda seen: seen.with_body(b"Action=DeleteAll"), id="body"),
    pytest.param(lambda seen: seen.with_body(b""), id="no body"),
]


@pytest.mark.parametrize("tamper", TAMPERINGS)
async def test_no_signed_part_can_be_changed(tamper: Any):
    seen = tamper(signed_sts_call())

    code, status, _ = await refusal(seen, "sts")

    assert code in {"SignatureDoesNotMatch", "InvalidSignatureException"}
    assert status == 403


async def test_the_time_of_a_signature_cannot_be_changed():
    seen = signed_sts_call()
    later = seen.headers["x-amz-date"][:-3] + "00Z"
    later = later if later != seen.headers["x-amz-date"] else later[:-3] + "01Z"

    code, _, _ = await refusal(with_header(seen, "x-amz-date", later), "sts")

    assert code == "SignatureDoesNotMatch"


async def test_a_host_that_is_not_signed_is_refused():
    seen = signed_sts_call()
    bare = seen.headers["authorization"].replace("content-type;host;", "")

    assert await refusal(with_header(seen, "authorization", bare), "sts") == (
        "SignatureDoesNotMatch",
        403,
        "'Host' must be a 'SignedHeader' in the AWS Authorization.",
    )


async def test_the_target_must_be_signed():
    seen = with_header(signed_sts_call(), "x-amz-target", "SageMaker.DeleteModel")

    assert await refusal(seen, "sagemaker") == (
        "InvalidSignatureException",
        400,
        "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.",
    )


async def test_s3_wants_every_header_of_its_own_signed():
    asked = AWSRequest(method="PUT", url="http://127.0.0.1:4566/bucket/key", data=b"hello")
    S3SigV4Auth(KEY, "s3", "us-east-1").add_auth(asked)
    seen = with_header(wire(asked), "x-amz-acl", "public-read")

    assert await refusal(seen, "s3") == (
        "AccessDenied",
        403,
        "There were headers present in the request which were not signed",
    )


async def test_a_body_of_s3_is_checked_as_it_is_read():
    asked = AWSRequest(method="PUT", url="http://127.0.0.1:4566/bucket/key", data=b"hello")
    S3SigV4Auth(KEY, "s3", "us-east-1").add_auth(asked)

    caller = await KEYS.authenticate(wire(asked).with_body(b"HELLO"), service="s3")

    assert caller.request.body.length == 5
    with pytest.raises(ServiceError) as caught:
        await caller.request.body.read()
    assert (caught.value.code, caught.value.members) == (
        "XAmzContentSHA256Mismatch",
        {
            "ClientComputedContentSHA256": hashlib.sha256(b"hello").hexdigest(),
            "S3ComputedContentSHA256": hashlib.sha256(b"HELLO").hexdigest(),
        },
    )


@pytest.mark.parametrize("signer", [S3SigV4PostAuth, HmacV1PostAuth])
@pytest.mark.parametrize("change", [{"policy": "e30="}, {"policy": ""}, {"x-amz-date": ""}])
async def test_a_forms_policy_cannot_be_changed(signer: Any, change: dict[str, str]):
    fields = signed_fields(signer) | change
    if "x-amz-date" in change:
        fields["signature"] = fields["x-amz-signature"] = "bm90IGl0"

    assert (await refusal(form(fields), "s3"))[0] == "SignatureDoesNotMatch"


async def test_sigv2_is_for_s3_alone():
    asked = sts_call()
    HmacV1Auth(KEY).add_auth(asked)

    assert await refusal(wire(asked), "sts") == (
        "IncompleteSignature",
        403,
        "Unsupported AWS 'algorithm': 'AWS'. Sign with AWS4-HMAC-SHA256.",
    )


@pytest.mark.parametrize("name", ["key", "Expires", "acl", "x-amz-meta-a"])
async def test_no_signed_part_of_a_sigv2_url_can_be_changed(name: str):
    asked = AWSRequest(
        method="GET",
        url="http://127.0.0.1:4566/bucket/key?acl=1",
        headers={"x-amz-meta-a": "value"},
    )
    HmacV1QueryAuth(KEY).add_auth(asked)
    seen = wire(asked)
    seen = without(seen, "x-amz-meta-a", "date")
    await believe(seen, "s3")
    changed = replace(
        seen,
        raw_path=seen.raw_path.replace(name, "other"),
        query_string=seen.query_string.replace(f"{name}=", f"{name}=1"),
    )

    assert changed != seen
    assert (await refusal(changed, "s3"))[0] == "SignatureDoesNotMatch"


async def test_sigv4a_is_refused_clearly():
    seen = with_header(
        signed_sts_call(),
        "authorization",
        "AWS4-ECDSA-P256-SHA256 Credential=AKIA/20261122/s3/aws4_request, Signature=00",
    )

    assert await refusal(seen, "bedrock-runtime") == (
        "IncompleteSignature",
        403,
        "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'. Sign with AWS4-HMAC-SHA256.",
    )
    assert (await refusal(seen, "s3"))[::2] == ("InvalidArgument", "Unsupported Authorization Type")


MALFORMED = [
    (
        "AWS4-HMAC-SHA256 FooBar",
        "'FooBar' not a valid key=value pair (missing equal-sign) in Authorization header.",
    ),
    (
        "AWS4-HMAC-SHA256 Credential=AKIA",
        "Authorization header requires 'Signature' parameter. "
        "Authorization header requires 'SignedHeaders' parameter.",
    ),
    (
        "AWS4-HMAC-SHA256 Credential=AKIA, Signature=00, SignedHeaders=host",
        "Credential must be ACCESS-KEY-ID/YYYYMMDD/REGION/SERVICE/aws4_request, not 'AKIA'",
    ),
]


@pytest.mark.parametrize(("authorization", "message"), MALFORMED)
async def test_a_malformed_header_is_told(authorization: str, message: str):
    seen = with_header(signed_sts_call(), "authorization", authorization)

    assert await refusal(seen, "sts") == ("IncompleteSignature", 403, message)
    seen = with_header(seen, "x-amz-content-sha256", "UNSIGNED-PAYLOAD")
    assert await refusal(seen, "s3") == (
        "AuthorizationHeaderMalformed",
        400,
        f"The authorization header is malformed; {message}",
    )


async def test_a_request_without_a_date_is_told():
    seen = signed_sts_call()
    seen = without(seen, "x-amz-date")

    assert (await refusal(seen, "sts"))[2] == (
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
    )


async def test_a_date_that_is_none_is_told():
    seen = with_header(signed_sts_call(), "x-amz-date", "20261399T000000Z")

    assert (await refusal(seen, "sts"))[2] == (
        "Date must be in ISO-8601 'basic format'. Got '20261399T000000Z'. "
        "See http://en.wikipedia.org/wiki/ISO_8601"
    )


async def test_a_scope_of_another_day_is_told():
    seen = signed_sts_call()
    day = seen.headers["x-amz-date"][:8]
    authorization = seen.headers["authorization"].replace(f"/{day}/", "/20150830/")

    assert (await refusal(with_header(seen, "authorization", authorization), "sts"))[2] == (
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        f"'20150830' != '{day}', from '{seen.headers['x-amz-date']}'."
    )


async def test_a_signature_in_two_places_is_refused():
    asked = AWSRequest(method="GET", url="http://127.0.0.1:4566/bucket")
    S3SigV4QueryAuth(KEY, "s3", "us-east-1").add_auth(asked)
    seen = with_header(wire(asked), "authorization", "AWS a:b")

    assert (await refusal(seen, "s3"))[0] == "InvalidArgument"


async def test_s3_wants_to_know_the_body():
    asked = AWSRequest(method="GET", url="http://127.0.0.1:4566/bucket")
    SigV4Auth(KEY, "s3", "us-east-1").add_auth(asked)
    seen = wire(asked)

    assert await refusal(seen, "s3") == (
        "InvalidRequest",
        400,
        "Missing required header for this request: x-amz-content-sha256",
    )
    assert (await refusal(with_header(seen, "x-amz-content-sha256", "maybe"), "s3"))[0] == (
        "InvalidArgument"
    )


@pytest.mark.parametrize(
    ("service", "headers", "expected"),
    [
        ("sts", {}, ("ExpiredToken", 403, "The security token included in the request is expired")),
        (
            "sagemaker",
            {"X-Amz-Target": "SageMaker.ListModels"},
            (
                "ExpiredTokenException",
                400,
                "The security token included in the request is expired",
            ),
        ),
        ("s3", {}, ("ExpiredToken", 400, "The provided token has expired.")),
    ],
)
async def test_a_session_that_is_over_is_refused(
    service: str, headers: dict[str, str], expected: tuple[str, int, str]
):
    asked = sts_call(headers={"Content-Type": CONTENT_TYPE} | headers)
    S3SigV4Auth(session(-timedelta(seconds=1)), service, "us-east-1").add_auth(asked)

    assert await refusal(wire(asked), service) == expected


async def test_a_session_token_goes_with_its_own_key_only():
    one, other = session(), session()
    stolen = Credentials(one.access_key, one.secret_key, other.token)

    assert (await refusal(signed_sts_call(stolen), "sts"))[0] == "InvalidClientTokenId"


async def test_a_session_token_of_another_server_is_refused():
    foreign = Credentials("ASIAEXAMPLE", "secret", "FwoGZXIvYXdzEXAMPLE")
    asked = AWSRequest(method="GET", url="http://127.0.0.1:4566/bucket")
    S3SigV4Auth(foreign, "s3", "us-east-1").add_auth(asked)

    assert await refusal(wire(asked), "s3") == (
        "InvalidToken",
        400,
        "The provided token is malformed or otherwise invalid.",
    )


async def test_a_refusal_does_not_repeat_the_session_token():
    key = session()
    seen = signed_sts_call(Credentials(key.access_key, "wrong", key.token))

    with pytest.raises(ServiceError) as caught:
        await believe(seen, "sts")

    assert "x-amz-security-token:(session token)" in caught.value.message
    assert str(key.token) not in caught.value.message


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"x-amz-algorithm": "AWS5"}, "InvalidArgument"),
        ({"x-amz-credential": "AKIAIOSFODNN7EXAMPLE"}, "AuthorizationQueryParametersError"),
        ({"x-amz-credential": "AKIAUNKNOWN/2/r/s3/aws4_request"}, "InvalidAccessKeyId"),
    ],
)
async def test_a_forms_signature_must_be_whole(changes: dict[str, str], expected: str):
    fields = signed_fields(S3SigV4PostAuth) | changes

    assert (await refusal(form(fields), "s3"))[0] == expected


async def test_a_body_of_other_services_is_checked_as_it_is_read():
    asked = sts_call()
    S3SigV4Auth(KEY, "sts", "us-east-1").add_auth(asked)

    assert await refusal(wire(asked).with_body(b"Action=DeleteAll"), "sts") == (
        "SignatureDoesNotMatch",
        403,
        "The SHA-256 of the body is not the one that was signed: the request says "
        f"{hashlib.sha256(b'Action=GetCallerIdentity&Version=2011-06-15').hexdigest()}, "
        f"the body has {hashlib.sha256(b'Action=DeleteAll').hexdigest()}.",
    )


async def test_what_other_services_are_told_of_a_body_must_be_known():
    seen = with_header(signed_sts_call(), "x-amz-content-sha256", "maybe")

    assert await refusal(seen, "sts") == (
        "IncompleteSignature",
        403,
        "x-amz-content-sha256 cannot be 'maybe'.",
    )


@pytest.mark.parametrize(
    ("query_string", "message"),
    [
        (
            "AWSAccessKeyId=a&Signature=b",
            "Query-string authentication requires the Signature, Expires and AWSAccessKeyId "
            "parameters",
        ),
        (
            "AWSAccessKeyId=a&Signature=b&Expires=soon",
            "Invalid date (should be seconds since epoch): soon",
        ),
        (
            "X-Amz-Algorithm=AWS4-HMAC-SHA256",
            "Query-string authentication version 4 requires the X-Amz-Algorithm, "
            "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
            "X-Amz-Expires parameters; missing: X-Amz-Credential, X-Amz-Signature, X-Amz-Date, "
            "X-Amz-SignedHeaders, X-Amz-Expires.",
        ),
    ],
)
async def test_a_malformed_url_is_told(query_string: str, message: str):
    seen = HttpRequest(
        method="GET",
        raw_path="/bucket/key",
        query_string=query_string,
        headers={"host": "x"},
        body=Body.of(b""),
    )

    assert await refusal(seen, "s3") == ("AuthorizationQueryParametersError", 400, message)


async def test_a_url_of_another_algorithm_is_told():
    asked = AWSRequest(method="GET", url="http://127.0.0.1:4566/bucket/key")
    S3SigV4QueryAuth(KEY, "s3", "us-east-1").add_auth(asked)
    seen = wire(asked)
    sigv4a = seen.query_string.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")

    assert (await refusal(replace(seen, query_string=sigv4a), "s3"))[0] == "InvalidArgument"


@pytest.mark.parametrize("changes", [{"date": ""}, {"date": "soon"}, {"authorization": "AWS a"}])
async def test_a_malformed_sigv2_header_is_told(changes: dict[str, str]):
    asked = AWSRequest(method="GET", url="http://127.0.0.1:4566/bucket/key")
    HmacV1Auth(KEY).add_auth(asked)
    seen = wire(asked)

    assert (await refusal(replace(seen, headers={**seen.headers, **changes}), "s3"))[0] == (
        "AuthorizationHeaderMalformed"
    )
