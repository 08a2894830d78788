"""Who may sign requests: the configured access keys, and the sessions that STS hands out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from outcrop.aws.access_key_ids import is_account, unique_id
from outcrop.aws.refusals import Refusals
from outcrop.aws.session_tokens import InvalidSessionTokenError, Session, SessionTokens
from outcrop.operations.call import Principal
from outcrop.operations.key_holder import IssuedKeys, KeyHolder


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """The secret half of an access key, and whose it is."""

    secret: str = field(repr=False)
    account: str
    """Twelve digits."""
    user: str = ""
    """An IAM user's name; empty for the account's root."""


ANONYMOUS = Principal(account="", arn="", user_id="anonymous")
"""Whoever signs nothing: of no account, so the owner of nothing."""


async def _no_issued_key(access_key_id: str) -> KeyHolder | None:
    """Know no key."""
    del access_key_id
    return None


class Principals:
    """Finds who signs with an access key id."""

    def __init__(
        self,
        keys: Mapping[str, AccessKey],
        tokens: SessionTokens,
        *,
        default_account: str,
        issued_keys: IssuedKeys | None = None,
    ) -> None:
        """Know the configured keys, those that IAM issues, and the sessions sealed by `tokens`."""
        self._issued_keys = issued_keys or _no_issued_key
        self._keys = keys
        self._tokens = tokens
        self._default_account = default_account

    async def holder(
        self, access_key_id: str, session_token: str, *, now: datetime, refusals: Refusals
    ) -> KeyHolder:
        """Return who holds a key.

        Raises:
            ServiceError: Nobody does, or the session is over.
        """
        if session_token:
            session = self._session(access_key_id, session_token)
            if session is None:
                raise refusals.invalid_token()
            if session.expires_at <= now:
                raise refusals.expired_token()
            secret = self._tokens.secret_access_key(session_token)
            return KeyHolder(principal=_acting(session), secret=secret)
        if key := self._keys.get(access_key_id):
            return KeyHolder(principal=_owner(key, access_key_id), secret=key.secret)
        holder = await self._issued_keys(access_key_id)
        if holder is None:
            raise refusals.unknown_key(access_key_id)
        return holder

    async def claimed(
        self, access_key_id: str, session_token: str, *, now: datetime, refusals: Refusals
    ) -> Principal:
        """Return whom a key id stands for, without a proof: twelve digits are their own account.

        Raises:
            ServiceError: The session is over.
        """
        session = self._session(access_key_id, session_token) if session_token else None
        if session is not None:
            if session.expires_at <= now:
                raise refusals.expired_token()
            return _acting(session)
        if key := self._keys.get(access_key_id):
            return _owner(key, access_key_id)
        if holder := await self._issued_keys(access_key_id):
            return holder.principal
        account = access_key_id if is_account(access_key_id) else self._default_account
        return root(account, access_key_id)

    def _session(self, access_key_id: str, session_token: str) -> Session | None:
        try:
            session = self._tokens.open(session_token)
        except InvalidSessionTokenError:
            return None
        return session if session.access_key_id == access_key_id else None


@lru_cache(maxsize=1024)
def root(account: str, access_key_id: str = "") -> Principal:
    """Return an account's root."""
    return Principal(
        account=account,
        arn=f"arn:aws:iam::{account}:root",
        user_id=account,
        access_key_id=access_key_id,
    )


def _owner(key: AccessKey, access_key_id: str) -> Principal:
    if not key.user:
        return root(key.account, access_key_id)
    return Principal(
        account=key.account,
        arn=f"arn:aws:iam::{key.account}:user/{key.user}",
        user_id=unique_id("AIDA", key.account, key.user),
        access_key_id=access_key_id,
    )


def _acting(session: Session) -> Principal:
    return Principal(
        account=session.account,
        arn=session.arn,
        user_id=session.user_id,
        access_key_id=session.access_key_id,
    )
