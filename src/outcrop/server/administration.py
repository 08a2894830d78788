"""Outcrop's own paths: `/health`, `/metrics` and `/_outcrop/…`."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from outcrop.aws.access_key_ids import is_account
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.server.measures import Measures

Reset = Callable[[str], Awaitable[None]]
"""Empties an account."""
State = Callable[[], Mapping[str, Any]]
"""What `/health` tells beyond `"status": "ok"`, ready for JSON."""


class Administration:
    """Answers Outcrop's own paths."""

    def __init__(
        self,
        *,
        state: State,
        measures: Measures,
        reset: Reset | None,
        default_account: str,
    ) -> None:
        """Offer what is given.

        Args:
            state: What there is to say of the server's health.
            measures: What `/metrics` exposes.
            reset: Empties an account; `None` outside open mode, where nobody may.
            default_account: The account that is emptied when the request names none.
        """
        self._state = state
        self._measures = measures
        self._reset = reset
        self._default_account = default_account

    async def answer(self, request: HttpRequest) -> HttpResponse | None:
        """Return the answer of one of Outcrop's own paths, or `None` for any other request."""
        if "authorization" in request.headers:
            return None  # A signed request for /health means an S3 bucket of that name.
        match request.method, request.raw_path:
            case (("GET" | "HEAD"), "/health"):
                return _json(200, {"status": "ok", **self._state()})
            case "GET", "/metrics":
                return self._measures.expose()
            case "POST", "/_outcrop/reset":
                return await self._answer_reset(request)
            case _:
                return None

    async def _answer_reset(self, request: HttpRequest) -> HttpResponse:
        if self._reset is None:
            return _json(403, {"message": "Accounts are emptied in open mode only."})
        if "origin" in request.headers:
            # A page of the web that its reader's browser has open reaches loopback, too.
            return _json(403, {"message": "Accounts are not emptied by pages of the web."})
        named = parse_qs(request.query_string).get("account", [self._default_account])[0]
        if not is_account(named):
            return _json(400, {"message": f"account {named!r} is not 12 digits."})
        await self._reset(named)
        return _json(200, {"account": named})


def _json(status: int, value: Mapping[str, Any]) -> HttpResponse:
    return HttpResponse(
        status=status,
        headers={"content-type": "application/json"},
        body=json.dumps(value).encode() + b"\n",
    )
