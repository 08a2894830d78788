"""Lets containers in networks of their own reach the server, which listens on loopback alone."""

import asyncio
import logging
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from outcrop.jobs.docker.networks import Neighbourhood

PIECE_BYTES = 1 << 16
logger = logging.getLogger(__name__)


class Relay:
    """Ports on this machine's addresses in networks of containers. Belongs to one event loop."""

    def __init__(self, url: str) -> None:
        """Relay nothing yet.

        Args:
            url: Where the server is reached on this machine; empty: it is not.
        """
        parts = urlsplit(url)
        self._server = (parts.hostname, parts.port or 0)
        self._listening: dict[tuple[str, int], asyncio.Server] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, place: Neighbourhood, port: int) -> None:
        """Let containers of a network reach the server at a port, unless somebody has it."""
        address = (str(place.gateway), port)
        if not self._server[0] or address in self._listening:
            return

        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            peer: tuple[str, int] = writer.get_extra_info("peername")
            if ip_address(peer[0]) not in place.subnet:  # Open mode is for this machine's users.
                writer.close()
                return
            task = asyncio.current_task()
            if task is not None:
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            await self._relay(reader, writer)

        try:
            self._listening[address] = await asyncio.start_server(take, *address)
        except OSError as error:
            # Where the server itself listens on all addresses, containers reach it without this.
            logger.info("Nothing is relayed at %s:%d: %s", *address, error)

    async def close(self) -> None:
        """Relay nothing any more."""
        for server in self._listening.values():
            server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._listening.clear()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            theirs, ours = await asyncio.open_connection(*self._server)
        except OSError:
            writer.close()
            return
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_pass_on(reader, ours))
                both.create_task(_pass_on(theirs, writer))
        finally:
            ours.close()
            writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
        writer.write_eof()
