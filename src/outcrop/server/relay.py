"""Hands whole connections on to another port of this machine, and knows who is behind each."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from outcrop.server.asgi import Message, Receive, Send

LOOPBACK = "127.0.0.1"


class Relay:
    """Connections that another listener of this process serves."""

    def __init__(self, port: int) -> None:
        """Hand on to a port of the loopback interface."""
        self._port = port
        self._clients: dict[int, tuple[str, int]] = {}
        self._connecting: set[asyncio.Task[None]] = set()

    def known(self, application: Callable[..., Any]) -> Callable[..., Any]:
        """Return an ASGI application that sees the clients themselves, not the relay."""

        async def answer(scope: Message, receive: Receive, send: Send) -> None:
            client = self._clients.get(int(scope["client"][1]))
            await application({**scope, "client": client}, receive, send)

        return answer

    def take(self, transport: asyncio.Transport, received: bytes) -> None:
        """Hand on a connection and what came of it so far."""
        transport.pause_reading()
        task = asyncio.get_running_loop().create_task(self._connect(transport, received))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _connect(self, transport: asyncio.Transport, received: bytes) -> None:
        loop = asyncio.get_running_loop()
        try:
            upstream, _ = await loop.create_connection(
                lambda: _End(transport), LOOPBACK, self._port
            )
        except OSError:
            transport.close()
            return
        port: int = upstream.get_extra_info("sockname")[1]
        self._clients[port] = transport.get_extra_info("peername")[:2]
        transport.set_protocol(_End(upstream, on_lost=lambda: self._clients.pop(port, None)))
        upstream.write(received)
        transport.resume_reading()
        if transport.is_closing():  # It was lost before anybody listened.
            upstream.close()


class _End(asyncio.Protocol):
    """One end of a connection: what comes here goes to the other, no faster than it takes it."""

    def __init__(
        self, other: asyncio.BaseTransport, *, on_lost: Callable[[], Any] = lambda: None
    ) -> None:
        self._other = cast("asyncio.Transport", other)
        self._on_lost = on_lost

    def data_received(self, data: bytes) -> None:
        self._other.write(data)

    def eof_received(self) -> bool:
        if self._other.can_write_eof() and not self._other.is_closing():
            self._other.write_eof()
        return True

    def pause_writing(self) -> None:
        if not self._other.is_closing():
            self._other.pause_reading()

    def resume_writing(self) -> None:
        if not self._other.is_closing():
            self._other.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._other.close()
        self._on_lost()
