"""A streamed answer on its way from the thread that makes it to the event loop that sends it."""

import asyncio
from collections.abc import AsyncGenerator, Iterator

AHEAD = 16
"""Pieces that wait for a slow client."""


class Pieces:
    """What one thread gives and an event loop takes."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: asyncio.Queue[bytes | Exception | None] = asyncio.Queue(AHEAD)
        self._is_abandoned = False

    def give(self, body: Iterator[bytes]) -> None:
        """Pass on all pieces, or as many as somebody wants; an error goes to who takes them."""
        try:
            for piece in body:
                if self._is_abandoned:
                    return
                self._put(piece)
        except Exception as error:
            self._put(error)
            raise
        self._put(None)

    async def take(self) -> AsyncGenerator[bytes, None]:
        """Give the pieces as they come.

        Raises:
            Exception: What the giver met.
        """
        try:
            while (piece := await self._queue.get()) is not None:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self._is_abandoned = True
            while not self._queue.empty():  # A giver may wait for room.
                self._queue.get_nowait()

    def _put(self, piece: bytes | Exception | None) -> None:
        asyncio.run_coroutine_threadsafe(self._queue.put(piece), self._loop).result()
