"""ASGI messages to HTTP requests and back.

Source: https://asgi.readthedocs.io/en/latest/specs/www.html
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from outcrop.aws.http import Body, FileBody, HttpRequest, HttpResponse
from outcrop.server.channel import EVENT_STREAM, ClientDisconnectedError, may_pause, silence
from outcrop.server.files import pieces

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PATHSEND = "http.response.pathsend"
"""The extension of ASGI by which the server itself reads a file."""
_BODILESS = frozenset(("GET", "HEAD", "DELETE", "OPTIONS"))


class AsgiChannel:
    """One request of an ASGI server; see `Channel`."""

    def __init__(
        self, scope: Message, receive: Receive, send: Send, *, body_idle_seconds: float
    ) -> None:
        """Wrap what the server gives for one request."""
        self._receive = receive
        self._send = send
        self._is_head = scope["method"] == "HEAD"
        self._takes_paths = PATHSEND in scope.get("extensions", ())
        self.status = 0
        self.bytes_sent = 0
        length = _content_length(scope)
        self._is_read = False
        self._has_no_body = not length and scope["method"] in _BODILESS
        self._answering: asyncio.Task[Any] | None = None
        self._was_seen = False
        self._watch: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[Any] | None = None
        """Who waits for more of the body."""
        self._reading_since = 0.0
        self._is_overdue = False
        self._body_idle_seconds = body_idle_seconds
        self.request = read_request(scope, Body(self._chunks(), length=length))

    async def _chunks(self) -> AsyncIterator[bytes]:
        while not self._is_read:
            message = await self._next()
            if message["type"] == "http.disconnect":
                raise ClientDisconnectedError
            self._is_read = not message.get("more_body", False)
            if chunk := message.get("body", b""):
                yield chunk

    async def _next(self) -> Message:
        self._reading, self._reading_since = asyncio.current_task(), time.monotonic()
        try:
            return await self._receive()
        except asyncio.CancelledError:
            if self._is_overdue and self._reading is not None and not self._reading.uncancel():
                raise silence() from None
            raise
        finally:
            self._reading = None

    def look(self, now: float) -> None:
        """See `Channel.look`."""
        self._check_reading(now)
        # Who reads the body hears of a disconnect there.
        may_watch = self._was_seen and (self._is_read or self._has_no_body)
        if may_watch and self._watch is None:
            self._watch = asyncio.create_task(self._cancel_at_disconnect())
        self._was_seen = True

    def _check_reading(self, now: float) -> None:
        if self._reading is None or self._is_overdue or may_pause(self.request):
            return
        if now - self._reading_since >= self._body_idle_seconds:
            self._is_overdue = True
            self._reading.cancel()

    async def _cancel_at_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if self._answering is not None:
            self._answering.cancel()

    def cancel_when_gone(self, task: "asyncio.Task[Any]") -> None:
        """See `Channel.cancel_when_gone`."""
        self._answering = task

    def close(self) -> None:
        """See `Channel.close`."""
        self._answering = None
        if self._watch is not None:
            self._watch.cancel()

    async def send(self, response: HttpResponse) -> None:
        """See `Channel.send`; the answer to HEAD goes without its body."""
        body = response.body
        self.status = response.status
        await self._send(
            {
                "type": "http.response.start",
                "status": response.status,
                "headers": raw_headers(response),
            }
        )
        if self._is_head:
            await self._send({"type": "http.response.body", "body": b""})
        elif isinstance(body, bytes):
            await self._send({"type": "http.response.body", "body": body})
            self.bytes_sent = len(body)
        elif not isinstance(body, FileBody):
            if _is_of_events(response):
                # Granian keeps the head back until there is a body, and whoever speaks in events
                # may wait for the head before they begin.
                await self._send({"type": "http.response.body", "body": b"", "more_body": True})
            await self._send_chunks(body)
        elif self._takes_paths:
            await self._send({"type": PATHSEND, "path": str(body.path)})
            self.bytes_sent = body.size
        else:
            await self._send_chunks(pieces(body))

    async def _send_chunks(self, chunks: AsyncIterator[bytes]) -> None:
        try:
            async for chunk in chunks:
                await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
                self.bytes_sent += len(chunk)
            await self._send({"type": "http.response.body", "body": b""})
        finally:
            # A generation must not go on for a client that went away.
            close = getattr(chunks, "aclose", None)
            if close is not None:
                await close()


def _is_of_events(response: HttpResponse) -> bool:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return headers.get("content-type") == EVENT_STREAM


def raw_headers(response: HttpResponse) -> list[tuple[bytes, bytes]]:
    """Return the headers of a response as ASGI takes them, its length among them if it is known."""
    names = {name.lower() for name in response.headers}
    headers = [
        (name.lower().encode("latin-1"), value.encode("utf-8"))
        for name, value in response.headers.items()
    ]
    size = response.size
    if size is not None and "content-length" not in names:
        headers.append((b"content-length", str(size).encode()))
    return headers


def read_request(scope: Message, body: Body) -> HttpRequest:
    """Return the request of an ASGI scope, around a body."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    client = scope.get("client") or ("", 0)
    return HttpRequest(
        method=scope["method"],
        raw_path=scope["raw_path"].decode("latin-1"),
        query_string=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
        scheme=scope["scheme"],
        client=client[0],
    )


def _content_length(scope: Message) -> int | None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return None
