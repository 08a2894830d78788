"""Who sends a request, and to which region: signatures, presigned URLs and bearer tokens."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl

from outcrop.aws.credential_scope import Credential
from outcrop.aws.http import HttpRequest
from outcrop.operations.call import Principal

_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z0-9-]{1,32}")
_CREDENTIAL = re.compile(r"Credential=([^,\s]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """The secret half of an access key, and whose it is."""

    secret: str = field(repr=False)
    account: str
    """Twelve digits."""
    user: str = ""
    """An IAM user's name; empty for the account's root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationSettings:
    """Whom the server believes."""

    mode: Literal["open", "keys"] = "open"
    """`open` believes every claim, for loopback only; `keys` verifies each signature."""
    keys: Mapping[str, AccessKey] = field(default_factory=dict[str, AccessKey])
    """By access key id."""
    bearer_tokens: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Account by token."""
    default_account: str = "123456789012"
    default_region: str = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What authentication makes of a request."""

    principal: Principal
    region: str
    request: HttpRequest
    """The request to go on with: its body may have been read, or be checked as it is read."""


class Authenticator:
    """Tells the caller of each request."""

    def __init__(self, settings: AuthenticationSettings) -> None:
        """Believe whom the settings name."""
        self._settings = settings

    async def authenticate(
        self, request: HttpRequest, *, service: str, body_limit: int | None = None
    ) -> Caller:
        """Return who sent the request and the region that it is for.

        Args:
            request: As the client sent it, before any rewriting of path or host.
            service: The service that the gateway found, such as `s3` or `bedrock-runtime`.
            body_limit: The longest body, in bytes, that is read whole to check its hash.

        Raises:
            ServiceError: The caller is unknown, or the request is not what was signed.
        """
        del service, body_limit
        credential = _claimed_credential(request)
        access_key_id = credential.access_key_id if credential else ""
        account = (
            access_key_id if _ACCOUNT.fullmatch(access_key_id) else self._settings.default_account
        )
        region = credential.scope.region if credential else ""
        return Caller(
            principal=_root(account, access_key_id),
            region=region if _REGION.fullmatch(region) else self._settings.default_region,
            request=request,
        )


def _root(account: str, access_key_id: str) -> Principal:
    return Principal(
        account=account,
        arn=f"arn:aws:iam::{account}:root",
        user_id=account,
        access_key_id=access_key_id,
    )


def _claimed_credential(request: HttpRequest) -> Credential | None:
    found = _CREDENTIAL.search(request.headers.get("authorization", ""))
    claim = found[1] if found else dict(parse_qsl(request.query_string)).get("X-Amz-Credential", "")
    try:
        return Credential.parse(claim)
    except ValueError:
        return None
