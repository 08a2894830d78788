import pytest

from outcrop.aws.http import Body, HttpRequest
from outcrop.gateway.authentication import AuthenticationSettings, Authenticator
from outcrop.operations.call import Principal

pytestmark = pytest.mark.anyio

OPEN = Authenticator(AuthenticationSettings())


def request(headers: dict[str, str] | None = None, query_string: str = "") -> HttpRequest:
    return HttpRequest(
        method="POST",
        raw_path="/",
        query_string=query_string,
        headers={"host": "127.0.0.1:4566"} | (headers or {}),
        body=Body.of(b""),
    )


async def test_an_access_key_of_twelve_digits_names_its_account():
    authorization = (
        "AWS4-HMAC-SHA256 Credential=210987654321/20260101/eu-west-3/sts/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=00"
    )

    caller = await OPEN.authenticate(request({"authorization": authorization}), service="sts")

    assert (caller.principal, caller.region) == (
        Principal(
            account="210987654321",
            arn="arn:aws:iam::210987654321:root",
            user_id="210987654321",
            access_key_id="210987654321",
        ),
        "eu-west-3",
    )


async def test_an_unsigned_request_is_of_the_default_account_and_region():
    caller = await OPEN.authenticate(request(), service="sts")

    assert (caller.principal.account, caller.region) == ("123456789012", "us-east-1")
