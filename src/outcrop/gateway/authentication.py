"""Who sends a request, and to which region: signatures, presigned URLs, forms and bearer tokens."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from outcrop.aws.claimed_identity import claimed_identity, claimed_in_form
from outcrop.aws.http import HttpRequest
from outcrop.aws.refusals import Refusals
from outcrop.aws.session_tokens import SessionTokens
from outcrop.gateway.bearer_tokens import BearerTokens, bearer_token
from outcrop.gateway.form_uploads import read_form_upload
from outcrop.gateway.principals import ANONYMOUS, AccessKey, Principals
from outcrop.gateway.verification import Verified, Verifier, is_signed
from outcrop.gateway.wording import refusals_for
from outcrop.operations.backends import utc_now
from outcrop.operations.call import Principal
from outcrop.operations.key_holder import IssuedKeys

_is_region_name = re.compile(r"[a-z0-9-]{1,32}").fullmatch
_region_in_host = re.compile(r"(?:^|[.-])([a-z]{2}(?:-[a-z]+)+-[0-9])\.").search
_GLOBAL_REGIONS = frozenset(("", "aws-global", "global", "auto"))


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

    def __init__(
        self,
        settings: AuthenticationSettings,
        *,
        session_tokens: SessionTokens | None = None,
        issued_keys: IssuedKeys | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Believe whom the settings name, and whom this server gave a key or a session.

        Args:
            settings: Whom to believe.
            session_tokens: The seal of sessions; without it none outlives this object.
            issued_keys: Finds the keys that IAM hands out; `None`: it hands out none.
            now: The clock.
        """
        self._settings = settings
        self._now = now
        self._principals = Principals(
            settings.keys,
            session_tokens or SessionTokens(os.urandom(32)),
            default_account=settings.default_account,
            issued_keys=issued_keys,
        )
        self._verifier = Verifier(self._principals, now)
        self._bearers = BearerTokens(settings.bearer_tokens, self._verifier)

    async def authenticate(
        self,
        request: HttpRequest,
        *,
        service: str,
        takes_anonymous: bool = False,
        body_limit: int | None = None,
    ) -> Caller:
        """Return who sent the request and the region that it is for.

        Args:
            request: As the client sent it, before any rewriting of path or host.
            service: The service that the gateway found, such as `s3` or `bedrock-runtime`.
            takes_anonymous: Whether the operation may be asked for without a signature.
            body_limit: The longest body, in bytes, that is read whole to check its hash.

        Raises:
            ServiceError: The caller is unknown, or the request is not what was signed.
        """
        refusals = refusals_for(request, service=service)
        token = bearer_token(request, service=service)
        if self._settings.mode == "open":
            return await self._believe(request, refusals, service=service, token=token)
        if token:
            verified = await self._bearers.verified(token, request, refusals, service=service)
        elif takes_anonymous and (request.method == "OPTIONS" or not is_signed(request)):
            # A preflight may bear the signature of the request that is to follow.
            verified = Verified(principal=ANONYMOUS, request=request)
        elif form := await read_form_upload(request, service=service):
            verified = await self._verifier.verify_form(form, refusals)
        else:
            verified = await self._verifier.verify(request, refusals, body_limit=body_limit)
        return Caller(
            principal=verified.principal,
            region=self._region(verified.region, request),
            request=verified.request,
        )

    async def _believe(
        self, request: HttpRequest, refusals: Refusals, *, service: str, token: str
    ) -> Caller:
        claim = self._bearers.claimed(token) if token else claimed_identity(request)
        if not claim.access_key_id and (form := await read_form_upload(request, service=service)):
            request, claim = form.request, claimed_in_form(form.fields)
        principal = await self._principals.claimed(
            claim.access_key_id, claim.session_token, now=self._now(), refusals=refusals
        )
        return Caller(
            principal=principal, region=self._region(claim.region, request), request=request
        )

    def _region(self, signed: str, request: HttpRequest) -> str:
        """Return the region that was signed, else that of the host, else the default."""
        if signed not in _GLOBAL_REGIONS and _is_region_name(signed):
            return signed
        found = _region_in_host(request.headers.get("host", ""))
        return found[1] if found else self._settings.default_region
