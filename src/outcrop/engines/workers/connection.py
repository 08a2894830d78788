"""A connection to a worker: HTTP/1.1 on a socket, one request after the other.

A general client's sessions, pools and redirects take longer than a small model does.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import TypeAlias, cast

import httptools

Place: TypeAlias = str | tuple[str, int]
"""The path of a Unix socket, or an address and a port."""
MOST_AHEAD_BYTES = 1 << 20
"""Of a body that nobody has taken yet; the worker waits when there are more."""
MOST_HEAD_BYTES = 64 << 10
JOINED_BYTES = 64 << 10
"""A body up to this size is written together with its head."""


class ConnectionBrokenError(Exception):
    """The connection ended, or what came over it was no HTTP."""


class Connection(asyncio.Protocol):
    """One connection. Belongs to one event loop, and to one who asks at a time."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        """Of the present answer; names in lower case."""
        self.is_over = True
        """Whether the present answer has come as a whole."""
        self.is_open = False
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._pieces: deque[bytes] = deque()
        self._ahead_bytes = 0
        self._head_bytes = 0
        self._is_in_head = False
        self._is_paused = False
        self._waiter: asyncio.Future[None] | None = None
        self._broken: str | None = None

    @classmethod
    async def open(cls, place: Place) -> "Connection":
        """Connect to a socket.

        Raises:
            OSError: Nobody listens there.
        """
        loop = asyncio.get_running_loop()
        if isinstance(place, str):
            _, connection = await loop.create_unix_connection(cls, place)
        else:
            _, connection = await loop.create_connection(cls, *place)
        return connection

    async def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> None:
        """Send a request, and wait for the head of its answer.

        Raises:
            ConnectionBrokenError: There is none.
            ValueError: A header cannot be sent.
        """
        head = _head(method, path, headers, len(body))
        if self._transport is None or self._broken is not None:
            raise ConnectionBrokenError(self._broken or "It is not connected.")
        self.status, self.headers, self.is_over = 0, {}, False
        self._head_bytes, self._is_in_head = 0, True
        self._take()
        if len(body) <= JOINED_BYTES:
            self._transport.write(head + body)
        else:
            self._transport.write(head)
            self._transport.write(body)
        while self._is_in_head:
            await self._more()

    async def piece(self) -> bytes:
        """Return what has come of the body; nothing at its end.

        Raises:
            ConnectionBrokenError: It breaks off.
        """
        while not self._pieces:
            if self.is_over:
                return b""
            await self._more()
        return self._take()

    def close(self) -> None:
        """Let go of the connection."""
        self.is_open = False
        if self._transport is not None:
            self._transport.close()

    def _take(self) -> bytes:
        """Return what has come of the body, and let more come."""
        got = b"".join(self._pieces)
        self._pieces.clear()
        self._ahead_bytes = 0
        if self._is_paused and self._transport is not None:
            self._is_paused = False
            self._transport.resume_reading()
        return got

    async def _more(self) -> None:
        if self._broken is not None:
            raise ConnectionBrokenError(self._broken)
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport = cast("asyncio.Transport", transport)
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        if self._is_in_head:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._break("The worker wants to speak something else than HTTP.")
        except httptools.HttpParserError as error:
            self._break(f"What the worker answers is no HTTP: {error}")
        if self._is_in_head and self._head_bytes > MOST_HEAD_BYTES:
            self._break("The head of the worker's answer has no end.")
        if self._ahead_bytes > MOST_AHEAD_BYTES and not self._is_paused and self._transport:
            self._is_paused = True
            self._transport.pause_reading()
        self._notify()

    def eof_received(self) -> None:
        """See `asyncio.Protocol`."""
        self._end("The worker closed the connection.")

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._end(f"The connection to the worker was lost: {exc}")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes behind a body in chunks is none."""
        if not self._is_in_head:
            return
        key = name.decode("latin-1").lower()
        text = value.decode("utf-8", "replace")
        known = self.headers.get(key)
        self.headers[key] = text if known is None else f"{known}, {text}"

    def on_headers_complete(self) -> None:
        """Take the end of the head."""
        self.status = self._parser.get_status_code()
        if self.status >= 200:
            self._is_in_head = False

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._pieces.append(body)
        self._ahead_bytes += len(body)

    def on_message_complete(self) -> None:
        """Take the end of an answer."""
        if self._is_in_head:  # An interim answer, such as 100.
            self.headers = {}
            return
        if self.is_over:
            self._break("The worker answers what it was not asked.")
            return
        self.is_over = True
        if not self._parser.should_keep_alive():
            self.is_open = False

    def _end(self, why: str) -> None:
        if not self.is_over and not self._is_in_head and self._lasts_to_end():
            self.is_over = True
        self._break(why)
        self._notify()

    def _lasts_to_end(self) -> bool:
        """Tell whether the end of the connection is that of the body, by the answer's head."""
        return "content-length" not in self.headers and "transfer-encoding" not in self.headers

    def _break(self, why: str) -> None:
        self._broken = self._broken or why
        self.is_open = False
        if self._transport is not None:
            with suppress(RuntimeError):
                self._transport.close()

    def _notify(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _head(method: str, path: str, headers: Mapping[str, str], length: int) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: localhost"]
    for name, value in headers.items():
        if "\n" in value or "\r" in value or "\0" in value:
            raise ValueError(f"The header {name} holds what no header can.")
        lines.append(f"{name}: {value}")
    if length or method != "GET":
        lines.append(f"content-length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
