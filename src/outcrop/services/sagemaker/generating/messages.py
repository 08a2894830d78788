"""What containers of language models are asked and answer, whatever their form."""

import json
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

JSON, EVENTS, JSON_LINES = "application/json", "text/event-stream", "application/jsonlines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A container's answer."""

    pieces: AsyncGenerator[bytes, None]
    content_type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Respond: TypeAlias = Callable[[bytes], Coroutine[Any, Any, Response]]
"""Answers the body of a request to `/invocations`; raises `RefusalError`."""


class RefusalError(Exception):
    """A container answers an error."""

    def __init__(self, status: int, body: Mapping[str, Any] | str) -> None:
        """Say which.

        Args:
            status: Of HTTP.
            body: As JSON, or as it is.
        """
        super().__init__(str(body))
        self.status = status
        self.body = body


def whole(value: Any, *, status: int = 200) -> Response:
    """Return a value as the whole answer."""
    return Response(pieces=_once(as_json(value)), status=status)


def refused(error: RefusalError) -> Response:
    """Return an error as an answer."""
    if isinstance(error.body, str):
        pieces = _once(error.body.encode())
        return Response(pieces=pieces, status=error.status, content_type="text/plain")
    return whole(error.body, status=error.status)


def as_json(value: Any) -> bytes:
    """Return the JSON text of a value, in one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
