"""Open mode: every claim is believed, and no request is too odd for it."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from outcrop.aws.errors import ExpiredTokenError, ServiceError
from outcrop.aws.http import Body, HttpRequest
from outcrop.aws.session_tokens import SessionTokens
from outcrop.gateway.authentication import AccessKey, AuthenticationSettings, Authenticator
from outcrop.operations.call import Principal

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOKENS = SessionTokens(b"s" * 32)
OPEN = Authenticator(
    AuthenticationSettings(
        keys={"AKIAKNOWN": AccessKey(secret="secret", account="777777777777", user="ada")},
        bearer_tokens={"a-token": "888888888888"},
    ),
    session_tokens=TOKENS,
    now=lambda: NOW,
)

pytestmark = pytest.mark.anyio


def request(
    headers: dict[str, str] | None = None,
    query_string: str = "",
    *,
    method: str = "POST",
    body: bytes = b"",
) -> HttpRequest:
    return HttpRequest(
        method=method,
        raw_path="/",
        query_string=query_string,
        headers={"host": "127.0.0.1:4566"} | (headers or {}),
        body=Body.of(body),
    )


def signed_by(access_key_id: str, region: str = "us-east-1") -> dict[str, str]:
    return {
        "authorization": (
            f"AWS4-HMAC-SHA256 Credential={access_key_id}/20261122/{region}/sts/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=00"
        )
    }


async def who(asked: HttpRequest, service: str = "sts") -> tuple[str, str]:
    caller = await OPEN.authenticate(asked, service=service)
    return caller.principal.account, caller.region


async def test_an_access_key_of_twelve_digits_names_its_account():
    caller = await OPEN.authenticate(request(signed_by("210987654321", "eu-west-3")), service="sts")

    assert (caller.principal, caller.region) == (
        Principal(
            account="210987654321",
            arn="arn:aws:iam::210987654321:root",
            user_id="210987654321",
            access_key_id="210987654321",
        ),
        "eu-west-3",
    )


async def test_a_configured_key_is_its_users_without_a_right_signature():
    caller = await OPEN.authenticate(request(signed_by("AKIAKNOWN")), service="sts")

    assert caller.principal.arn == "arn:aws:iam::777777777777:user/ada"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(request(), ("123456789012", "us-east-1"), id="unsigned"),
        pytest.param(request(signed_by("test")), ("123456789012", "us-east-1"), id="another key"),
        pytest.param(
            request(signed_by("test", "aws-global")),
            ("123456789012", "us-east-1"),
            id="a global endpoint",
        ),
        pytest.param(
            request(signed_by("test", "No/Region")),
            ("123456789012", "us-east-1"),
            id="no region",
        ),
        pytest.param(
            request({"authorization": "AWS 210987654321:c2lnbmF0dXJl"}),
            ("210987654321", "us-east-1"),
            id="SigV2 header",
        ),
        pytest.param(
            request(query_string="AWSAccessKeyId=210987654321&Signature=x&Expires=1"),
            ("210987654321", "us-east-1"),
            id="SigV2 URL",
        ),
        pytest.param(
            request(
                query_string="X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
                "210987654321%2F20261122%2Feu-west-3%2Fs3%2Faws4_request"
            ),
            ("210987654321", "eu-west-3"),
            id="SigV4 URL",
        ),
        pytest.param(
            request(
                {
                    "authorization": "AWS4-ECDSA-P256-SHA256 Credential=210987654321/20261122/s3/"
                    "aws4_request, SignedHeaders=host;x-amz-region-set, Signature=00"
                }
            ),
            ("210987654321", "us-east-1"),
            id="SigV4A",
        ),
        pytest.param(
            request({"authorization": "Bearer 210987654321"}),
            ("210987654321", "us-east-1"),
            id="a bearer token of twelve digits",
        ),
        pytest.param(
            request({"authorization": "bearer a-token"}),
            ("888888888888", "us-east-1"),
            id="a configured bearer token",
        ),
        pytest.param(
            request({"authorization": "Bearer anything"}),
            ("123456789012", "us-east-1"),
            id="any bearer token",
        ),
        pytest.param(
            request({"host": "bedrock-runtime.ap-south-1.amazonaws.com"}),
            ("123456789012", "ap-south-1"),
            id="a region in the host",
        ),
        pytest.param(
            request({"authorization": "AWS4-HMAC-SHA256 Credential="}),
            ("123456789012", "us-east-1"),
            id="a malformed header",
        ),
    ],
)
async def test_account_and_region_are_those_that_a_request_claims(
    asked: HttpRequest, expected: tuple[str, str]
):
    assert await who(asked) == expected


async def test_a_long_term_bedrock_key_names_its_account():
    key = "ABSK" + base64.b64encode(b"BedrockAPIKey-ab12-at-210987654321:c2VjcmV0").decode()

    account, _ = await who(request({"authorization": f"Bearer {key}"}), "bedrock-runtime")

    assert account == "210987654321"


async def test_clients_of_anthropics_api_send_a_key_of_their_own_name():
    asked = request({"x-api-key": "210987654321"})

    assert (await who(asked, "bedrock-runtime"))[0] == "210987654321"
    assert (await who(asked, "s3"))[0] == "123456789012"


async def test_a_session_acts_as_its_role():
    credentials = TOKENS.issue(
        account="210987654321",
        arn="arn:aws:sts::210987654321:assumed-role/reader/me",
        user_id="AROAEXAMPLE:me",
        expires_at=NOW + timedelta(hours=1),
    )
    headers = signed_by(credentials.access_key_id)

    caller = await OPEN.authenticate(
        request(headers | {"x-amz-security-token": credentials.session_token}), service="sts"
    )

    assert caller.principal == Principal(
        account="210987654321",
        arn="arn:aws:sts::210987654321:assumed-role/reader/me",
        user_id="AROAEXAMPLE:me",
        access_key_id=credentials.access_key_id,
    )


async def test_a_session_that_is_over_is_refused_so_that_refreshing_can_be_tried():
    credentials = TOKENS.issue(
        account="210987654321", arn="arn", user_id="id", expires_at=NOW - timedelta(seconds=1)
    )
    headers = signed_by(credentials.access_key_id) | {
        "x-amz-security-token": credentials.session_token,
        "content-type": "application/x-www-form-urlencoded",
    }

    with pytest.raises(ExpiredTokenError):
        await OPEN.authenticate(request(headers), service="sts")


async def test_a_session_token_of_elsewhere_is_ignored():
    headers = signed_by("210987654321") | {"x-amz-security-token": "FwoGZXIvYXdzEXAMPLE"}

    assert await who(request(headers)) == ("210987654321", "us-east-1")


FORM = (
    b'--cut\r\nContent-Disposition: form-data; name="key"\r\n\r\nnotes.txt\r\n'
    b'--cut\r\nContent-Disposition: form-data; name="X-Amz-Credential"\r\n\r\n'
    b"210987654321/20261122/eu-west-3/s3/aws4_request\r\n"
    b'--cut\r\nContent-Disposition: form-data; name="file"; filename="notes.txt"\r\n\r\n'
    b"--cut is not the end\r\n--cut--\r\n"
)


async def test_an_upload_by_form_is_of_the_account_in_its_fields_and_keeps_its_body():
    asked = request({"content-type": 'multipart/form-data; boundary="cut"'}, body=FORM)

    caller = await OPEN.authenticate(asked, service="s3")

    assert (caller.principal.account, caller.region) == ("210987654321", "eu-west-3")
    assert await caller.request.body.read() == FORM


TEXT = some.text(some.characters(codec="latin-1"), max_size=80)
ODD_CREDENTIAL = some.builds(
    "{}{}".format,
    some.sampled_from(["AWS4-HMAC-SHA256 Credential=", "AWS ", "Bearer ", "Bearer ABSK", ""]),
    TEXT,
) | some.builds(
    lambda content: f"Bearer bedrock-api-key-{base64.b64encode(content).decode()}",
    some.binary(max_size=60),
)


@given(
    authorization=ODD_CREDENTIAL,
    token=TEXT,
    host=TEXT,
    query=TEXT | TEXT.map("X-Amz-Credential={}".format) | TEXT.map("AWSAccessKeyId={}".format),
    body=some.binary(max_size=200) | some.binary(max_size=50).map(FORM[:200].__add__),
    service=some.sampled_from(["s3", "sts", "bedrock-runtime"]),
)
async def test_no_request_is_refused_whatever_it_claims(
    authorization: str, token: str, host: str, query: str, body: bytes, service: str
):
    headers = {
        "authorization": authorization,
        "x-amz-security-token": token,
        "x-api-key": token,
        "host": host,
        "content-type": "multipart/form-data; boundary=cut",
    }

    caller = await OPEN.authenticate(request(headers, query, body=body), service=service)

    assert len(caller.principal.account) == 12
    assert await caller.request.body.read() == body


async def test_a_form_that_never_comes_to_its_file_is_refused():
    asked = request(
        {"content-type": "multipart/form-data; boundary=cut"}, body=FORM[:100] + b"x" * 70_000
    )

    with pytest.raises(ServiceError) as caught:
        await OPEN.authenticate(asked, service="s3")

    assert caught.value.code == "MaxPostPreDataLengthExceededError"
