"""ASGI messages to HTTP requests and back.

Source: https://asgi.readthedocs.io/en/latest/specs/www.html
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from io import FileIO
from typing import Any

from outcrop.aws.errors import RequestTimeoutError
from outcrop.aws.http import Body, FileBody, HttpRequest, HttpResponse

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PATHSEND = "http.response.pathsend"
"""The extension of ASGI by which the server itself reads a file."""
FILE_PIECE_BYTES = 1 << 20
EVENT_STREAM = "application/vnd.amazon.eventstream"
_BODILESS = frozenset(("GET", "HEAD", "DELETE", "OPTIONS"))


class ClientDisconnectedError(Exception):
    """The client went away before its request was whole."""


class Connection:
    """One request's channel: its body, and the news that the client has gone."""

    def __init__(self, scope: Message, receive: Receive, *, body_idle_seconds: float) -> None:
        """Wrap what the server gives for one request."""
        self._receive = receive
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
        self.request = read_request(scope, Body(self._chunks(), length=length))
        self._body_idle_seconds = body_idle_seconds
        self._is_stream = self.request.headers.get("content-type", "").startswith(EVENT_STREAM)

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
                # S3's words: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
                raise RequestTimeoutError(
                    "Your socket connection to the server was not read from or written to within "
                    "the timeout period. Idle connections will be closed."
                ) from None
            raise
        finally:
            self._reading = None

    def look(self, now: float) -> None:
        """Give up on a client that is silent or gone; asked time and again until `close`.

        Most answers are sent before the first time.

        Args:
            now: Seconds, of the monotonic clock.
        """
        self._check_reading(now)
        # Who reads the body hears of a disconnect there.
        may_watch = self._was_seen and (self._is_read or self._has_no_body)
        if may_watch and self._watch is None:
            self._watch = asyncio.create_task(self._cancel_at_disconnect())
        self._was_seen = True

    def _check_reading(self, now: float) -> None:
        may_pause = self._is_stream and self.request.body.may_pause
        if self._reading is None or self._is_overdue or may_pause:
            return
        if now - self._reading_since >= self._body_idle_seconds:
            self._is_overdue = True
            self._reading.cancel()

    async def _cancel_at_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if self._answering is not None:
            self._answering.cancel()

    def cancel_when_gone(self) -> None:
        """Cancel the current task as soon as the client is known to have gone away."""
        self._answering = asyncio.current_task()

    def close(self) -> None:
        """Stop watching."""
        self._answering = None
        if self._watch is not None:
            self._watch.cancel()


class Answer:
    """The sending of one response, which counts the bytes that it hands over."""

    def __init__(self, scope: Message, send: Send) -> None:
        """Send through a request's channel; the answer to HEAD goes without its body."""
        self._send = send
        self._is_head = scope["method"] == "HEAD"
        self._takes_paths = PATHSEND in scope.get("extensions", ())
        self.status = 0
        """0 until the head is sent."""
        self.bytes_sent = 0

    async def send(self, response: HttpResponse) -> None:
        """Send a response to its end."""
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
        elif isinstance(body, FileBody):
            await self._send_file(body)
        else:
            await self._send_chunks(body)

    async def _send_file(self, body: FileBody) -> None:
        if self._takes_paths:
            await self._send({"type": PATHSEND, "path": str(body.path)})
            self.bytes_sent = body.size
        else:
            with body.path.open("rb", buffering=0) as file:
                await self._send_chunks(_pieces(file))

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


async def _pieces(file: FileIO) -> AsyncGenerator[bytes, None]:
    """Give a file's bytes; the disk is waited for in a thread."""
    while piece := await asyncio.to_thread(file.read, FILE_PIECE_BYTES):
        yield piece


def raw_headers(response: HttpResponse) -> list[tuple[bytes, bytes]]:
    """Return the headers of a response as ASGI takes them, its length among them if it is known."""
    names = {name.lower() for name in response.headers}
    headers = [
        (name.lower().encode("latin-1"), value.encode("utf-8"))
        for name, value in response.headers.items()
    ]
    body = response.body
    size = len(body) if isinstance(body, bytes) else getattr(body, "size", None)
    if size is not None and "content-length" not in names and response.status not in (204, 304):
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
