"""Temporary credentials that need no table: the session token says whose they are, under a seal.

The token holds the session in plain JSON behind an HMAC that only this server can make, and the
secret access key is derived from the token. So every process that knows the server's secret can
verify a request of a session, and nothing is stored that could be lost or stolen.
"""

import base64
import hmac
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from outcrop.aws.access_key_ids import make_access_key_id

_VERSION = b"\x01"
_SEAL_BYTES = 32
_SECRET_BYTES = 30
"""Forty letters of Base64, as AWS's secret access keys have."""


class InvalidSessionTokenError(ValueError):
    """A token that this server did not make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who acts, and until when."""

    access_key_id: str
    account: str
    """Twelve digits."""
    arn: str
    """Of the acting principal: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`."""
    user_id: str
    """Such as `AROA…:SESSION`."""
    expires_at: datetime
    """Aware, whole seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCredentials:
    """What a client signs with, as STS hands it out."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expires_at: datetime


class SessionTokens:
    """Issues and opens session tokens under one server's secret."""

    def __init__(self, secret: bytes, *, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        """Take the server's secret, at least 32 random bytes; who knows it can be anyone."""
        if len(secret) < 32:
            raise ValueError("the secret of session tokens must have at least 32 bytes")
        self._seal_key = hmac.digest(secret, b"outcrop session token seal", "sha256")
        self._secret_key = hmac.digest(secret, b"outcrop session secret key", "sha256")
        self._random_bytes = random_bytes

    def issue(
        self, *, account: str, arn: str, user_id: str, expires_at: datetime
    ) -> SessionCredentials:
        """Return new credentials for a principal, valid until `expires_at`, cut to the second."""
        session = Session(
            access_key_id=make_access_key_id("ASIA", account, self._random_bytes(5)),
            account=account,
            arn=arn,
            user_id=user_id,
            expires_at=expires_at.astimezone(UTC).replace(microsecond=0),
        )
        content = _pack(session)
        token = base64.urlsafe_b64encode(_VERSION + self._seal(content) + content).decode()
        return SessionCredentials(
            access_key_id=session.access_key_id,
            secret_access_key=self.secret_access_key(token),
            session_token=token,
            expires_at=session.expires_at,
        )

    def open(self, token: str) -> Session:
        """Return the session of a token; it may be over.

        Raises:
            InvalidSessionTokenError: The token is not from this server, or not as it was.
        """
        try:
            raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        except ValueError as error:
            raise InvalidSessionTokenError("the session token is not Base64") from error
        sealed, content = raw[: 1 + _SEAL_BYTES], raw[1 + _SEAL_BYTES :]
        # Base64 has spare bits at its end, and the secret key follows from the text.
        is_text_of_raw = base64.urlsafe_b64encode(raw).decode() == token
        if not (is_text_of_raw and hmac.compare_digest(sealed, _VERSION + self._seal(content))):
            raise InvalidSessionTokenError("the session token is not of this server")
        return _unpack(json.loads(content))

    def secret_access_key(self, token: str) -> str:
        """Return the secret access key that goes with a token."""
        digest = hmac.digest(self._secret_key, token.encode(), "sha256")
        return base64.b64encode(digest[:_SECRET_BYTES]).decode()

    def _seal(self, content: bytes) -> bytes:
        return hmac.digest(self._seal_key, _VERSION + content, "sha256")


def _pack(session: Session) -> bytes:
    values = [
        session.access_key_id,
        session.account,
        session.arn,
        session.user_id,
        int(session.expires_at.timestamp()),
    ]
    return json.dumps(values, separators=(",", ":")).encode()


def _unpack(values: list[Any]) -> Session:
    access_key_id, account, arn, user_id, expires_at = values
    return Session(
        access_key_id=access_key_id,
        account=account,
        arn=arn,
        user_id=user_id,
        expires_at=datetime.fromtimestamp(expires_at, UTC),
    )
