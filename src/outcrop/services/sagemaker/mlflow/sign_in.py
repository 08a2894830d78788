"""How browsers sign in to a tracking server: by a URL that works once, which sets a cookie.

Of the URL's token and of the cookie only hashes are kept.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/mlflow-launch-ui.html
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from outcrop.aws.arn import Arn
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.operations import Backends, Call
from outcrop.operations.records import every
from outcrop.services.sagemaker.mlflow.paths import SIGN_IN, Tracked, path_of
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Record,
    RecordNotFoundError,
    RecordStore,
    Scope,
)

COOKIE = "outcrop-mlflow"
URL_SECONDS, SESSION_SECONDS = 300, 43200
"""If the request names none: the longest that AWS takes."""


async def presigned_url(call: Call, tracker: Record, arn: str, asked: Mapping[str, Any]) -> str:
    """Return a URL that signs a browser in, once.

    Args:
        call: Who asks for it.
        tracker: The tracking server.
        arn: Its own.
        asked: The operation's input, with its times.
    """
    now = call.backends.now()
    place = _sessions(tracker.scope, tracker.name)
    await _forget_old(call, place)
    token = secrets.token_urlsafe(32)
    document = {
        "is_url": True,
        "until": now + timedelta(seconds=asked.get("ExpiresInSeconds", URL_SECONDS)),
        "seconds": asked.get("SessionExpirationDurationInSeconds", SESSION_SECONDS),
    }
    await call.backends.records.write(Create(scope=place, name=_hash(token), document=document))
    home = path_of(Arn.parse(arn))
    return f"{call.endpoint_url}{home}{SIGN_IN}?authToken={token}"


async def sign_in(call: Call, tracked: Tracked, request: HttpRequest) -> HttpResponse | None:
    """Return the answer to a presigned URL: a cookie and the way on; `None` if it is none."""
    token = parse_qs(request.query_string).get("authToken", [""])[0]
    records, place = call.backends.records, _sessions_of(tracked)
    url = await _valid(call, place, token, is_url=True)
    if url is None:
        return None
    seconds: int = url.document["seconds"]
    cookie = secrets.token_urlsafe(32)
    session = {"is_url": False, "until": call.backends.now() + timedelta(seconds=seconds)}
    try:
        await records.write(
            Delete(scope=place, name=url.name),
            Create(scope=place, name=_hash(cookie), document=session),
        )
    except RecordNotFoundError:  # Somebody else was faster.
        return None
    said = f"{COOKIE}={cookie}; Path={tracked.home}; Max-Age={seconds}; HttpOnly; SameSite=Lax"
    if request.scheme == "https":
        said += "; Secure"
    headers = {"location": f"{tracked.home}/", "set-cookie": said, "cache-control": "no-store"}
    return HttpResponse(status=302, headers=headers)


async def is_signed_in(call: Call, tracked: Tracked, request: HttpRequest) -> bool:
    """Tell whether a request bears the cookie of a session that lasts."""
    try:
        cookies = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return False
    if COOKIE not in cookies:
        return False
    session = await _valid(call, _sessions_of(tracked), cookies[COOKIE].value, is_url=False)
    return session is not None


async def forget_sessions(backends: Backends, tracker: Record) -> None:
    """Let nobody be signed in to a tracking server any more."""
    place = _sessions(tracker.scope, tracker.name)
    async for one in every(backends.records, place):
        await _forget(backends.records, one)


async def _forget_old(call: Call, place: Scope) -> None:
    async for one in every(call.backends.records, place):
        if one.document["until"] < call.backends.now():
            await _forget(call.backends.records, one)


async def _forget(records: RecordStore, session: Record) -> None:
    await records.write(Delete(scope=session.scope, name=session.name, must_exist=False))


async def _valid(call: Call, place: Scope, token: str, *, is_url: bool) -> Record | None:
    found = await call.backends.records.find(place, _hash(token))
    if found is None or found.document["is_url"] != is_url:
        return None
    return found if found.document["until"] >= call.backends.now() else None


def _sessions_of(tracked: Tracked) -> Scope:
    place = Scope(tracked.account, tracked.region, "sagemaker", tracked.kind)
    return _sessions(place, tracked.name)


def _sessions(place: Scope, name: str) -> Scope:
    return Scope(place.account, place.region, place.service, f"{place.kind}-session/{name}")


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
