"""Listening by Granian: HTTP/1.1, HTTP/2 and WebSocket, with TLS or for the cleartext port.

It serves from this process and its one event loop, so that all rooms share their state.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from granian.constants import Interfaces, SSLProtocols
from granian.http import HTTP1Settings, HTTP2Settings
from granian.server.embed import Server

from outcrop.server.tls import Certificates

BACKLOG = 2048
MOST_STREAMS_PER_CONNECTION = 1000
"""Above the HTTP/2 default of 200: one client may hold hundreds of streamed answers open."""
STREAM_WINDOW_BYTES = 65_535
"""HTTP/2's own default. A client may fill it before it has read our settings, and the AWS Common
Runtime (0.32) then waits for a WINDOW_UPDATE of the stream: larger settings do not wake it, and
with them the update comes late or never.
"""


class PortTakenError(Exception):
    """Somebody else listens on the port already."""


class Listener:
    """Serves an ASGI application on one port."""

    def __init__(
        self,
        application: Callable[..., Any],
        *,
        host: str,
        port: int,
        tls: Certificates | None = None,
        is_held: bool = False,
    ) -> None:
        """Prepare to listen.

        Args:
            application: Answers.
            host: The address.
            port: The port.
            tls: The certificate; `None`: no TLS.
            is_held: Whether the caller holds the port, without listening, so that it is free.

        Raises:
            PortTakenError: The port is in use.
        """
        if not is_held:
            _check_free(host, port)
        self._server = Server(
            application,
            address=host,
            port=port,
            interface=Interfaces.ASGINL,
            log_enabled=False,
            backlog=BACKLOG,
            backpressure=BACKLOG,
            http1_settings=HTTP1Settings(),
            http2_settings=HTTP2Settings(
                max_concurrent_streams=MOST_STREAMS_PER_CONNECTION,
                initial_stream_window_size=STREAM_WINDOW_BYTES,
            ),
            ssl_cert=tls.chain if tls else None,
            ssl_key=tls.key if tls else None,
            ssl_protocol_min=SSLProtocols.tls12,
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.get_running_loop().create_task(self._server.serve())

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._server.stop()
            await self._task


def _check_free(host: str, port: int) -> None:
    """Granian shares a taken port with its other user (SO_REUSEPORT), so ask first."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(f"{host}:{port}: {error.strerror}") from error
