"""What botocore signs, as a server sees it, and a server that verifies it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import Body, HttpRequest
from outcrop.aws.session_tokens import SessionTokens
from outcrop.gateway.authentication import (
    AccessKey,
    AuthenticationSettings,
    Authenticator,
    Caller,
)

KEY = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
TOKENS = SessionTokens(b"s" * 32)
SETTINGS = AuthenticationSettings(
    mode="keys",
    keys={KEY.access_key: AccessKey(secret=KEY.secret_key, account="777777777777", user="ada")},
    bearer_tokens={"a-token": "888888888888"},
)
CONTENT_TYPE = "application/x-www-form-urlencoded; charset=utf-8"
ADA = "arn:aws:iam::777777777777:user/ada"


def at(offset: timedelta) -> Authenticator:
    """A server whose clock is off by so much."""
    return Authenticator(SETTINGS, session_tokens=TOKENS, now=lambda: datetime.now(UTC) + offset)


KEYS = at(timedelta(0))


def wire(signed: AWSRequest) -> HttpRequest:
    """Return what a server sees of a request that botocore prepared."""
    prepared = signed.prepare()
    url = urlsplit(prepared.url)
    headers = {"host": url.netloc}
    for name, value in prepared.headers.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        headers[name.lower()] = text.encode().decode("latin-1")
    return HttpRequest(
        method=prepared.method,
        raw_path=url.path,
        query_string=url.query,
        headers=headers,
        body=Body.of(cast("bytes", prepared.body or b"")),
    )


def sts_call(**changes: Any) -> AWSRequest:
    return AWSRequest(
        **{
            "method": "POST",
            "url": "http://127.0.0.1:4566/",
            "data": b"Action=GetCallerIdentity&Version=2011-06-15",
            "headers": {"Content-Type": CONTENT_TYPE},
        }
        | changes
    )


def signed_sts_call(credentials: Credentials = KEY, **changes: Any) -> HttpRequest:
    asked = sts_call(**changes)
    SigV4Auth(credentials, "sts", "eu-west-3").add_auth(asked)
    return wire(asked)


async def believe(
    asked: HttpRequest, service: str, authenticator: Authenticator = KEYS
) -> tuple[Caller, bytes]:
    caller = await authenticator.authenticate(asked, service=service)
    return caller, await caller.request.body.read()


async def refusal(
    asked: HttpRequest, service: str, authenticator: Authenticator = KEYS
) -> tuple[str, int, str]:
    with pytest.raises(ServiceError) as caught:
        await believe(asked, service, authenticator)
    error = caught.value
    return error.code, error.http_status, error.message.partition("\n")[0]


def with_header(seen: HttpRequest, name: str, value: str) -> HttpRequest:
    return replace(seen, headers={**seen.headers, name: value})


def without(seen: HttpRequest, *names: str) -> HttpRequest:
    headers = {name: value for name, value in seen.headers.items() if name not in names}
    return replace(seen, headers=headers)


def form(fields: Mapping[str, str], file: bytes = b"hello") -> HttpRequest:
    parts = b"".join(
        f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    file_part = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    return HttpRequest(
        method="POST",
        raw_path="/bucket",
        headers={"host": "127.0.0.1:4566", "content-type": "multipart/form-data; boundary=cut"},
        body=Body.of(parts + file_part + file + b"\r\n--cut--\r\n"),
    )


def signed_fields(signer: Any, credentials: Credentials = KEY) -> dict[str, str]:
    asked = AWSRequest(method="POST", url="http://127.0.0.1:4566/bucket")
    asked.context["s3-presign-post-fields"] = {"key": "notes.txt"}
    asked.context["s3-presign-post-policy"] = {"conditions": [{"bucket": "bucket"}]}
    signer(credentials, "s3", "eu-west-3").add_auth(asked)
    return asked.context["s3-presign-post-fields"]


def session(lifetime: timedelta = timedelta(hours=1)) -> Credentials:
    issued = TOKENS.issue(
        account="777777777777",
        arn="arn:aws:sts::777777777777:assumed-role/reader/me",
        user_id="AROAEXAMPLE:me",
        expires_at=datetime.now(UTC) + lifetime,
    )
    return Credentials(issued.access_key_id, issued.secret_access_key, issued.session_token)
