"""HTTP/1.1 in the event loop itself: uvicorn's, with bounds on the head of a request.

Source: https://www.uvicorn.org/server-behavior/
"""

import asyncio
import logging
import time
from collections.abc import Callable
from email.utils import formatdate
from functools import lru_cache, partial
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from outcrop.server.asgi import Message, Receive, Send

MOST_HEAD_BYTES = 64 << 10
HEAD_SECONDS = 30.0
"""How long a client may take for the head of a request."""
KEEP_ALIVE_SECONDS = 75.0
"""How long a connection may wait for its next request."""
_HEAD_TOO_LARGE = b"HTTP/1.1 431 \r\ncontent-length: 0\r\nconnection: close\r\n\r\n"

logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # The application tells of its failures.


class Http1Protocol(HttpToolsProtocol):
    """One connection."""

    _is_in_head = False
    _head_bytes = 0
    _head_timer: asyncio.TimerHandle | None = None
    _broken: RequestResponseCycle | None = None
    """The request in whose body the client broke the rules of HTTP."""

    def data_received(self, data: bytes) -> None:
        """Take bytes, and give up on a head that is too long or too slow."""
        super().data_received(data)
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES:
                self.transport.write(_HEAD_TOO_LARGE)
                self.transport.close()
            elif self._head_timer is None:
                self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)
        elif self._head_timer is not None:
            self._end_head()

    def on_message_begin(self) -> None:
        """Begin to count the head's bytes."""
        self._is_in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop counting, and tell the answer what time it is."""
        self._is_in_head = False
        self.server_state.default_headers = _date_header(int(time.time()))
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._end_head()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; in the midst of a body, the application says so."""
        if self._broken is not None:
            return
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or self._is_in_head or not cycle.more_body or cycle.response_complete:
            super().send_400_response(msg)
            return
        self._broken = cycle
        cycle.keep_alive = False
        cycle.message_event.set()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        answer: Any = partial(self._answer, cycle, app)
        super()._start_asgi_task(cycle, answer)

    async def _answer(
        self, cycle: RequestResponseCycle, app: Any, scope: Message, receive: Receive, send: Send
    ) -> None:
        """Let the application answer, and tell it if the body breaks off."""

        async def receive_whole() -> Message:
            if self._broken is not cycle:
                message = await receive()
                if self._broken is not cycle:
                    return message
            return {"type": "http.disconnect"}

        await app(scope, receive_whole, send)

    def _end_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


@lru_cache(maxsize=1)
def _date_header(seconds: int) -> list[tuple[bytes, bytes]]:
    return [(b"date", formatdate(seconds, usegmt=True).encode("ascii"))]


class Http1Connections:
    """All connections of one port."""

    def __init__(self, application: Callable[..., Any]) -> None:
        """Answer requests by an ASGI application."""
        self._config = Config(
            application,
            interface="asgi3",
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # Anybody may write them.
            timeout_keep_alive=int(KEEP_ALIVE_SECONDS),
        )
        self._config.load()
        self._state = ServerState()

    def open(self) -> Http1Protocol:
        """Return the protocol of a new connection."""
        return Http1Protocol(config=self._config, server_state=self._state, app_state={})
