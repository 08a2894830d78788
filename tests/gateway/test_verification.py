"""Keys mode: what botocore signed is believed."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from botocore.auth import (
    HmacV1Auth,
    HmacV1PostAuth,
    HmacV1QueryAuth,
    S3SigV4Auth,
    S3SigV4PostAuth,
    S3SigV4QueryAuth,
    SigV4Auth,
    SigV4QueryAuth,
)
from botocore.awsrequest import AWSRequest
from hypothesis import example, given
from hypothesis import strategies as some

from outcrop.aws.chunk_signatures import ChunkVerifier, EventVerifier
from outcrop.aws.http import Body, HttpRequest
from outcrop.gateway.authentication import AccessKey, AuthenticationSettings, Authenticator
from outcrop.operations.call import Principal
from tests.signing import (
    ADA,
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
    without,
)

pytestmark = pytest.mark.anyio


async def test_a_signed_call_is_of_the_user_whose_key_signed_it():
    caller, body = await believe(signed_sts_call(), "sts")

    assert (caller.principal, caller.region, body) == (
        Principal(
            account="777777777777",
            arn=ADA,
            user_id=caller.principal.user_id,
            access_key_id=KEY.access_key,
        ),
        "eu-west-3",
        b"Action=GetCallerIdentity&Version=2011-06-15",
    )
    assert caller.principal.user_id.startswith("AIDA")
    assert len(caller.principal.user_id) == 21


ODD_KEYS = [
    "plain.txt",
    "with space.txt",
    "ünï/çødé 文字.txt",
    "100%.txt",
    "a+b=c&d.txt",
    "//double//slashes/",
    "dots/../and/./more",
    "quo'te\"(paren)!*~;:@,$",
    "%2F encoded already",
]


@pytest.mark.parametrize("key", ODD_KEYS)
@pytest.mark.parametrize("signer", [S3SigV4Auth, S3SigV4QueryAuth])
async def test_any_key_of_s3_can_be_signed(key: str, signer: Any):
    asked = AWSRequest(method="PUT", url=f"http://127.0.0.1:4566/bucket/{quote(key, safe='/~')}")
    signer(KEY, "s3", "us-east-1").add_auth(asked)

    assert (await believe(wire(asked), "s3"))[0].principal.arn == ADA


@given(key=some.text(min_size=1, max_size=60))
async def test_every_key_of_s3_can_be_signed(key: str):
    path = quote(key.encode("utf-8", "surrogatepass"), safe="/~")
    asked = AWSRequest(method="GET", url=f"http://127.0.0.1:4566/bucket/{path}")
    S3SigV4Auth(KEY, "s3", "us-east-1").add_auth(asked)

    assert (await believe(wire(asked), "s3"))[0].principal.arn == ADA


@given(
    pairs=some.lists(
        some.tuples(some.text(min_size=1, max_size=9), some.text(max_size=9)), max_size=6
    )
)
@example(pairs=[("b", "2"), ("b", "1"), ("a", "")])
@example(pairs=[("prefix", "a b/c+d%"), ("delimiter", "/")])
async def test_every_query_can_be_signed(pairs: list[tuple[str, str]]):
    encoded = "&".join(
        f"{quote(name.encode('utf-8', 'replace'), safe='-_.~')}"
        f"={quote(value.encode('utf-8', 'replace'), safe='-_.~')}"
        for name, value in pairs
    )
    asked = AWSRequest(method="GET", url=f"http://127.0.0.1:4566/bucket?{encoded}")
    S3SigV4Auth(KEY, "s3", "us-east-1").add_auth(asked)

    assert (await believe(wire(asked), "s3"))[0].principal.arn == ADA


async def test_a_library_that_sends_a_plus_for_a_space_is_believed():
    asked = AWSRequest(
        method="GET", url="http://127.0.0.1:4566/bucket", params={"prefix": "a b", "delimiter": "/"}
    )
    S3SigV4Auth(KEY, "s3", "us-east-1").add_auth(asked)
    seen = wire(asked)

    assert "prefix=a+b" in seen.query_string
    assert (await believe(seen, "s3"))[0].principal.arn == ADA


@pytest.mark.parametrize(
    "path",
    [
        "/model/anthropic.claude-3-sonnet-20240229-v1%3A0/converse",
        "/model/anthropic.claude-3-sonnet-20240229-v1:0/converse",
        "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fx/invoke",
        "/a//b/../c/./d/",
        "/with%20space/100%25/%C3%BC",
    ],
)
async def test_paths_of_other_services_are_encoded_twice_and_normalised(path: str):
    asked = AWSRequest(
        method="POST",
        url=f"http://127.0.0.1:4566{path}",
        data=b"{}",
        headers={"Content-Type": "application/json"},
    )
    SigV4Auth(KEY, "bedrock", "us-east-1").add_auth(asked)

    assert (await believe(wire(asked), "bedrock-runtime"))[0].principal.arn == ADA


@given(value=some.text(some.characters(min_codepoint=32, max_codepoint=0x2FFF), max_size=30))
@example(value="  many   spaces  ")
@example(value="à la carte")
async def test_headers_of_any_text_and_spacing_can_be_signed(value: str):
    asked = sts_call(headers={"X-Amz-Meta-Note": value, "Content-Type": "text/plain"})
    SigV4Auth(KEY, "sts", "us-east-1").add_auth(asked)
    # botocore makes one space of all that Unicode calls one; the wire knows ASCII only.
    asked.headers.replace_header("X-Amz-Meta-Note", " ".join(value.split()))

    assert (await believe(wire(asked), "sts"))[0].principal.arn == ADA


async def test_a_presigned_call_of_sts_is_believed():
    asked = AWSRequest(
        method="GET",
        url="http://127.0.0.1:4566/?Action=GetCallerIdentity&Version=2011-06-15",
    )
    SigV4QueryAuth(KEY, "sts", "us-east-1", expires=60).add_auth(asked)

    assert (await believe(wire(asked), "sts"))[0].principal.arn == ADA


async def test_a_body_that_is_not_signed_may_be_any():
    asked = sts_call(headers={"Content-Type": "application/x-amz-json-1.1"})
    asked.context["payload_signing_enabled"] = False
    asked.url = "https://127.0.0.1:4567/"
    SigV4Auth(KEY, "sagemaker", "us-east-1").add_auth(asked)
    seen = wire(asked)

    assert seen.headers["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD"
    _, body = await believe(seen.with_body(b"anything"), "sagemaker")
    assert body == b"anything"


S3_HOSTS = ["127.0.0.1:4566/bucket/", "bucket.s3.localhost:4566/", "bucket.localhost:4566/"]


def v2_auth_path(url: str) -> str:
    path = urlsplit(url).path
    return path if path.startswith("/bucket") else f"/bucket{path}"


@pytest.mark.parametrize("host", S3_HOSTS)
@pytest.mark.parametrize("signer", [HmacV1QueryAuth, HmacV1Auth])
@pytest.mark.parametrize("query", ["", "?acl", "?versionId=a%2Bb&response-content-type=a%2Fb&x=y"])
async def test_sigv2_of_s3_is_believed(host: str, signer: Any, query: str):
    url = f"http://{host}some%20key.txt{query}"
    asked = AWSRequest(
        method="GET", url=url, auth_path=v2_auth_path(url), headers={"x-amz-meta-a": "b"}
    )
    signer(KEY).add_auth(asked)
    seen = wire(asked)
    if signer is HmacV1QueryAuth:  # Its x-amz- headers are in the URL now.
        seen = without(seen, "x-amz-meta-a", "date")

    caller, _ = await believe(seen, "s3")

    assert (caller.principal.arn, caller.region) == (ADA, "us-east-1")


@pytest.mark.parametrize("signer", [S3SigV4PostAuth, HmacV1PostAuth])
async def test_an_upload_by_form_is_of_whom_signed_its_policy(signer: Any):
    seen = form(signed_fields(signer))

    caller, body = await believe(seen, "s3")

    assert caller.principal.arn == ADA
    assert body.endswith(b"hello\r\n--cut--\r\n")


@pytest.mark.parametrize("query", ["", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00"])
async def test_a_browsers_preflight_is_not_held_to_a_signature(query: str):
    seen = HttpRequest(
        method="OPTIONS", raw_path="/bucket/key", query_string=query, body=Body.of(b"")
    )

    caller = await KEYS.authenticate(seen, service="s3", takes_anonymous=True)

    assert caller.principal.user_id == "anonymous"


async def test_a_client_may_sign_the_date_header_instead():
    asked = sts_call()
    asked.headers["Date"] = "set by botocore"
    SigV4Auth(KEY, "sts", "us-east-1").add_auth(asked)
    seen = wire(asked)

    assert "x-amz-date" not in seen.headers
    assert (await believe(seen, "sts"))[0].principal.arn == ADA


SIGNERS = [
    pytest.param(lambda key: SigV4Auth(key, "sts", "us-east-1"), "sts", id="header"),
    pytest.param(lambda key: SigV4QueryAuth(key, "sts", "us-east-1"), "sts", id="URL"),
    pytest.param(lambda key: S3SigV4Auth(key, "s3", "us-east-1"), "s3", id="s3 header"),
    pytest.param(lambda key: S3SigV4QueryAuth(key, "s3", "us-east-1"), "s3", id="s3 URL"),
    pytest.param(HmacV1QueryAuth, "s3", id="SigV2 URL"),
]


@pytest.mark.parametrize(("signer", "service"), SIGNERS)
async def test_a_session_signs_as_its_role(signer: Any, service: str):
    asked = AWSRequest(method="GET", url="http://127.0.0.1:4566/?Action=GetCallerIdentity")
    signer(session()).add_auth(asked)

    caller, _ = await believe(wire(asked), service)

    assert caller.principal.arn == "arn:aws:sts::777777777777:assumed-role/reader/me"


async def test_a_session_uploads_by_form():
    caller, _ = await believe(form(signed_fields(S3SigV4PostAuth, session())), "s3")

    assert caller.principal.arn == "arn:aws:sts::777777777777:assumed-role/reader/me"


async def test_the_root_of_an_account_may_have_keys():
    settings = AuthenticationSettings(
        mode="keys", keys={KEY.access_key: AccessKey(secret=KEY.secret_key, account="777777777777")}
    )

    caller, _ = await believe(signed_sts_call(), "sts", Authenticator(settings))

    assert caller.principal.arn == "arn:aws:iam::777777777777:root"


async def test_a_form_may_arrive_in_pieces():
    whole = await form(signed_fields(S3SigV4PostAuth)).body.read()

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(whole), 7):
            yield whole[start : start + 7]

    seen = replace(form({}), body=Body(pieces(), length=len(whole)))

    caller, body = await believe(seen, "s3")

    assert (caller.principal.arn, body) == (ADA, whole)


async def test_a_presigned_url_may_sign_the_body():
    asked = AWSRequest(method="PUT", url="http://127.0.0.1:4566/bucket/key")
    digest = hashlib.sha256(b"hello").hexdigest()
    asked.headers["x-amz-content-sha256"] = digest
    signer = S3SigV4QueryAuth(KEY, "s3", "us-east-1")
    signer.payload = lambda request: digest
    signer.add_auth(asked)

    assert (await believe(wire(asked).with_body(b"hello"), "s3"))[1] == b"hello"
    assert (await refusal(wire(asked).with_body(b"HELLO"), "s3"))[0] == "XAmzContentSHA256Mismatch"


@pytest.mark.parametrize(
    ("payload", "verifier"),
    [
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", ChunkVerifier),
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", ChunkVerifier),
        ("STREAMING-AWS4-HMAC-SHA256-EVENTS", EventVerifier),
        ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", None),
        ("UNSIGNED-PAYLOAD", None),
    ],
)
async def test_a_body_brings_the_verifier_of_the_signatures_in_it(payload: str, verifier: Any):
    asked = AWSRequest(method="PUT", url="http://127.0.0.1:4566/bucket/key", data=b"framed")
    signer = S3SigV4Auth(KEY, "s3", "us-east-1")
    signer.payload = lambda request: payload
    signer.add_auth(asked)

    caller, body = await believe(wire(asked), "s3")

    assert type(caller.request.body.verifier) is (verifier or type(None))
    assert body == b"framed"
