"""The cleartext port: HTTP/1.1 in the event loop itself, all else by way of Granian.

A request that crosses to Granian's threads and back takes 250 us more with one client, more than a
small call takes in all; HTTP/2 and WebSocket, which are rarer, bear it. The first bytes of a
connection tell which it is.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from outcrop.server.application import Application
from outcrop.server.http1 import HEAD_SECONDS, MOST_HEAD_BYTES, Http1Protocol
from outcrop.server.listener import BACKLOG, Listener, PortTakenError
from outcrop.server.relay import LOOPBACK, Relay
from outcrop.server.wakefulness import Wakefulness

_HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\n"
_HEAD_END = b"\r\n\r\n"


class CleartextListener:
    """Serves the application on one port."""

    def __init__(self, application: Application, *, host: str, port: int) -> None:
        """Prepare to listen.

        Raises:
            PortTakenError: The port is in use.
        """
        self._socket = _bound(host, port)
        self._held = _held_port()
        inner: int = self._held.getsockname()[1]
        self._relay = Relay(inner)
        self._granian = Listener(
            self._relay.known(application), host=LOOPBACK, port=inner, is_held=True
        )
        self._application = application
        self._wakefulness = Wakefulness()
        self._server: asyncio.Server | None = None
        self._transports = WeakSet[asyncio.BaseTransport]()

    async def start(self) -> None:
        """Begin to listen."""
        await self._granian.start()
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Beginning(self._http1, self._relay, self._transports.add),
            sock=self._socket,
            backlog=BACKLOG,
        )

    def _http1(self) -> Http1Protocol:
        return Http1Protocol(
            self._application.answer,
            body_idle_seconds=self._application.body_idle_seconds,
            wakefulness=self._wakefulness,
        )

    async def stop(self) -> None:
        """Stop listening, and close all connections once what was written is sent."""
        if self._server is not None:
            self._server.close()
        for transport in self._transports:
            transport.close()
        await self._granian.stop()
        self._socket.close()
        self._held.close()


class _Beginning(asyncio.Protocol):
    """A connection of which nobody knows yet what it speaks."""

    def __init__(
        self,
        http1: Callable[[], Http1Protocol],
        relay: Relay,
        remember: Callable[[asyncio.BaseTransport], None],
    ) -> None:
        self._http1 = http1
        self._relay = relay
        self._remember = remember
        self._received = b""
        self._timer: asyncio.TimerHandle | None = None
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._remember(transport)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(HEAD_SECONDS, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        is_whole = _HEAD_END in self._received or len(self._received) > MOST_HEAD_BYTES
        if not is_whole and _may_be_http(self._received):
            return
        if self._timer is not None:
            self._timer.cancel()
        if _is_for_granian(self._received):
            self._relay.take(self._transport, self._received)
            return
        protocol = self._http1()
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        protocol.data_received(self._received)


def _may_be_http(received: bytes) -> bool:
    """Tell whether these bytes may become a head: its first line begins with a method."""
    return received[:1].isalpha()


def _is_for_granian(received: bytes) -> bool:
    head = received.partition(_HEAD_END)[0].lower()
    return received.startswith(_HTTP2_PREFACE) or b"\r\nupgrade:" in head


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise PortTakenError(f"{host}:{port}: {os.strerror(error.errno or 0)}") from error


def _held_port() -> socket.socket:
    """Take a free port that only Granian, which shares ports, can listen on."""
    taken = socket.socket()
    with suppress(OSError):
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    taken.bind((LOOPBACK, 0))
    return taken
