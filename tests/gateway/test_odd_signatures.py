"""Keys mode: nothing but a refusal ever comes of an odd request."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import Body, HttpRequest
from tests.signing import KEY, KEYS, form, signed_sts_call, with_header

pytestmark = pytest.mark.anyio

ODD = some.text(some.characters(max_codepoint=0x10FFFF), max_size=40)
GOOD = signed_sts_call()
PARTS = ["Credential=", "Signature=", "SignedHeaders=", "AKIA/2/r/s/aws4_request", ",", "=", "/"]
ODD_HEADER = ODD | some.builds(
    lambda scheme, parts: f"{scheme} {''.join(parts)}",
    some.sampled_from(["AWS4-HMAC-SHA256", "AWS", "Bearer", "AWS4-ECDSA-P256-SHA256", "Basic"]),
    some.lists(some.sampled_from(PARTS) | ODD, max_size=8),
)
ODD_QUERY = ODD | some.lists(
    some.builds(
        "{}={}".format,
        some.sampled_from(
            [
                "X-Amz-Algorithm",
                "X-Amz-Credential",
                "X-Amz-Date",
                "X-Amz-Expires",
                "X-Amz-SignedHeaders",
                "X-Amz-Signature",
                "AWSAccessKeyId",
                "Expires",
                "Signature",
            ]
        ),
        ODD | some.sampled_from(["AWS4-HMAC-SHA256", "20260101T000000Z", "60", "host", "%zz"]),
    ),
    max_size=8,
).map("&".join)


@settings(max_examples=300)
@given(
    authorization=ODD_HEADER,
    date=ODD | some.just("20260101T000000Z") | some.just("Tue, 99 Foo 99999 99:99:99 +9999"),
    token=ODD,
    query=ODD_QUERY,
    path=ODD,
    service=some.sampled_from(["s3", "sts", "bedrock-runtime"]),
)
async def test_whatever_is_sent_is_refused_and_no_more(
    authorization: str, date: str, token: str, query: str, path: str, service: str
):
    seen = HttpRequest(
        method="POST",
        raw_path=path,
        query_string=query,
        headers={
            "authorization": authorization,
            "x-amz-date": date,
            "x-amz-security-token": token,
            "x-amz-content-sha256": token,
        },
        body=Body.of(b""),
    )

    with pytest.raises(ServiceError):
        await KEYS.authenticate(seen, service=service)


@settings(max_examples=300)
@given(name=some.sampled_from(sorted(GOOD.headers)), value=ODD)
async def test_a_good_request_with_one_odd_header_is_refused_or_the_same(name: str, value: str):
    seen = with_header(GOOD.with_body(b"Action=GetCallerIdentity&Version=2011-06-15"), name, value)
    is_same = " ".join(value.split()) == GOOD.headers[name]

    try:
        await KEYS.authenticate(seen, service="sts")
    except ServiceError:
        assert not is_same


@settings(max_examples=200)
@given(
    fields=some.dictionaries(
        some.sampled_from(
            [
                "x-amz-algorithm",
                "x-amz-credential",
                "x-amz-signature",
                "x-amz-security-token",
                "policy",
                "awsaccesskeyid",
                "signature",
            ]
        ),
        ODD
        | some.sampled_from(
            [f"{KEY.access_key}/20260101/r/s3/aws4_request", KEY.access_key, "AWS4-HMAC-SHA256"]
        ),
    )
)
async def test_whatever_a_form_holds_is_refused_and_no_more(fields: dict[str, str]):
    clean = {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}

    with pytest.raises(ServiceError):
        await KEYS.authenticate(form(clean), service="s3")
