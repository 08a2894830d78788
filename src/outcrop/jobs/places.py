"""How many instances may run at once: those who wait come in the order in which they asked."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Places:
    """The instances of this machine."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def take(self, count: int) -> AsyncGenerator[None, None]:
        """Wait for so many places and hold them.

        Whoever wants more than there are gets them when nobody else has any.
        """
        await self._enter(count)
        try:
            yield
        finally:
            self._leave(count)

    async def _enter(self, count: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((count, turn))
        self._let_in()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._waiting.remove((count, turn))
                self._let_in()
            else:
                self._leave(count)
            raise

    def _leave(self, count: int) -> None:
        self._taken -= count
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting:
            count, turn = self._waiting[0]
            if turn.cancelled():
                return  # Whoever gave up removes itself, and looks again.
            if self._taken and self._taken + count > self._most:
                return
            self._waiting.popleft()
            self._taken += count
            turn.set_result(None)
