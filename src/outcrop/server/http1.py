"""HTTP/1.1 in the event loop itself: connections, and the requests that come on each in turn.

What is between the bytes and the application is kept thin: it takes nearly as long as a small call.

Source: https://www.rfc-editor.org/rfc/rfc9112
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, cast

import httptools

from outcrop.server.http1_exchange import Exchange
from outcrop.server.wakefulness import Wakefulness

MOST_HEAD_BYTES = 64 << 10
HEAD_SECONDS = 30.0
"""How long a client may take for the head of a request."""
KEEP_ALIVE_SECONDS = 75.0
"""How long a connection may wait for its next request."""
LOOK_EVERY_SECONDS = 5.0
"""How exact these times are."""
LINGER_SECONDS = 2.0
"""How long a client that is refused may go on to send, unread, before it is cut off.

Source: RFC 9112, section 9.6
"""
MOST_AHEAD_BYTES = 256 << 10
"""Of a body that nobody has read yet; the client waits when there are more."""
_HEAD_TOO_LARGE = b"HTTP/1.1 431 \r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_NO_HTTP = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 30\r\nconnection: close\r\n\r\nInvalid HTTP request received."
)

Respond = Callable[[Exchange], Awaitable[None]]
"""Answers a request."""

logger = logging.getLogger(__name__)


class Http1Protocol(asyncio.Protocol):
    """One connection."""

    def __init__(
        self, respond: Respond, *, body_idle_seconds: float, wakefulness: Wakefulness
    ) -> None:
        """Answer requests, one after the other.

        Args:
            respond: Answers a request.
            body_idle_seconds: How long a client may be silent in the midst of a body.
            wakefulness: Of the loop, after an answer.
        """
        self._respond = respond
        self._wakefulness = wakefulness
        self._body_idle_seconds = body_idle_seconds
        self._loop = asyncio.get_running_loop()
        self._parser: Any = httptools.HttpRequestParser(self)
        self._transport = cast("asyncio.Transport", None)
        self._client = ""
        self._url = b""
        self._headers: dict[str, str] = {}
        self._is_in_head = False
        self._head_bytes = 0
        self._spent = 0
        """Of the present piece of data, by what came before the present head."""
        self._since = time.monotonic()
        """When the present head began, or the last answer ended."""
        self._timer: asyncio.TimerHandle | None = None
        self._coming: Exchange | None = None
        """Whose body is on its way."""
        self._answered: Exchange | None = None
        self._answering: asyncio.Task[None] | None = None
        self._waiting: deque[Exchange] = deque()
        """Requests that came before those ahead of them were answered."""
        self._is_paused = False
        self._ends = False
        """Whether nothing more is read: the connection ends with the last answer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self._client = str(peer[0]) if peer else ""
        self._look_later()

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        if self._ends:
            return
        self._spent = 0
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._ends = True  # What follows would be another protocol, which nobody agreed to.
        except httptools.HttpParserError:
            self._refuse()
        if self._is_in_head and not self._ends:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES:
                self._give_up(_HEAD_TOO_LARGE)
                return
        if self._answered is None and self._waiting:
            self._begin(self._waiting.popleft())
        if self._waiting or (self._coming and self._coming.bytes_ahead > MOST_AHEAD_BYTES):
            self._pause()

    def eof_received(self) -> None:
        """See `asyncio.Protocol`: who says no more is gone."""

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._ends = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._waiting.clear()
        self._coming = None
        if self._answered is not None:
            self._answered.lost()
        self._parser = None  # It refers to this: what refers to itself waits for the collector.

    def pause_writing(self) -> None:
        """See `asyncio.Protocol`."""
        if self._answered is not None:
            self._answered.pause_writing()

    def resume_writing(self) -> None:
        """See `asyncio.Protocol`."""
        if self._answered is not None:
            self._answered.resume_writing()

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._url, self._headers = b"", {}
        self._is_in_head, self._head_bytes, self._since = True, -self._spent, time.monotonic()

    def on_url(self, url: bytes) -> None:
        """Take the target, or a part of it."""
        self._url += url
        self._spent += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes behind a body in chunks is none."""
        self._spent += len(name) + len(value)
        if not self._is_in_head:
            return
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers = self._headers
        headers[key] = f"{headers[key]},{text}" if key in headers else text

    def on_headers_complete(self) -> None:
        """Take the end of a head."""
        self._is_in_head = False
        path, query = _path_and_query(self._url)
        is_old = self._parser.get_http_version() == "1.0"
        stays = self._parser.should_keep_alive() and not self._parser.should_upgrade()
        self._coming = Exchange(
            self._transport,
            method=self._parser.get_method().decode("latin-1"),
            path=path,
            query=query,
            headers=self._headers,
            client=self._client,
            is_old=is_old,
            stays=stays and not is_old,
            body_idle_seconds=self._body_idle_seconds,
            take_more=self._resume,
        )
        self._waiting.append(self._coming)

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._spent += len(body)
        if self._coming is not None:
            self._coming.feed(body)

    def on_message_complete(self) -> None:
        """Take the end of a request."""
        if self._coming is not None:
            self._coming.end()
            self._coming = None

    def _begin(self, exchange: Exchange) -> None:
        self._answered = exchange
        exchange.open()
        self._resume()
        self._answering = self._loop.create_task(self._answer(exchange))

    async def _answer(self, exchange: Exchange) -> None:
        is_broken = True
        try:
            await self._respond(exchange)
            is_broken = False
        except Exception:
            # The application has logged it already.
            logger.debug("An answer broke off.", exc_info=True)
        finally:
            self._finish(exchange, is_broken=is_broken)

    def _finish(self, exchange: Exchange, *, is_broken: bool) -> None:
        self._answered = None
        if is_broken or not exchange.stays or not exchange.is_answered:
            self._ends = True
            self._transport.close()
        elif self._waiting:
            self._begin(self._waiting.popleft())
        elif self._ends:
            self._transport.close()
        else:
            self._since = time.monotonic()
            self._resume()
            self._wakefulness.prolong()

    def _pause(self) -> None:
        if not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()

    def _resume(self) -> None:
        if self._is_paused and not self._waiting and not self._transport.is_closing():
            self._is_paused = False
            self._transport.resume_reading()

    def _refuse(self) -> None:
        """Refuse what is no HTTP; in the midst of a body, the application says so."""
        self._ends = True
        if self._coming is not None and not self._is_in_head:
            self._coming.breaks()
        elif self._answered is None and not self._waiting:
            self._give_up(_NO_HTTP)

    def _give_up(self, said: bytes) -> None:
        self._ends = True
        self._transport.write(said)
        if not self._transport.is_closing():
            self._transport.write_eof()
        # Were it closed with bytes that nobody has read, the answer would be lost to a reset.
        self._loop.call_later(LINGER_SECONDS, self._transport.close)

    def _look_later(self) -> None:
        self._timer = self._loop.call_later(LOOK_EVERY_SECONDS, self._look)

    def _look(self) -> None:
        """Close a connection that waits too long: by one timer, for one a request costs more."""
        patience = HEAD_SECONDS if self._is_in_head else KEEP_ALIVE_SECONDS
        if self._answered is None and time.monotonic() - self._since > patience:
            self._transport.close()
        else:
            self._look_later()


def _path_and_query(target: bytes) -> tuple[str, str]:
    if target.startswith(b"/") and b"#" not in target:
        path, _, query = target.partition(b"?")
    else:
        url = httptools.parse_url(target)
        path, query = url.path or b"/", url.query or b""
    return path.decode("latin-1"), query.decode("latin-1")
