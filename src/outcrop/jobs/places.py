"""How many instances may run at once, and on which GPUs: who waits comes in order."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Share:
    """What somebody takes or has."""

    instances: int = 0
    gpus: int = 0

    def __add__(self, other: "_Share") -> "_Share":
        return _Share(self.instances + other.instances, self.gpus + other.gpus)

    def __sub__(self, other: "_Share") -> "_Share":
        return _Share(self.instances - other.instances, self.gpus - other.gpus)

    def is_within(self, other: "_Share") -> bool:
        """Tell whether another one is as large in all."""
        return self.instances <= other.instances and self.gpus <= other.gpus


class Places:
    """The instances of this machine, and its GPUs."""

    def __init__(self, most: int, *, gpus: int = 0) -> None:
        self._most = _Share(most, gpus)
        self._taken = _Share()
        self._waiting: deque[tuple[_Share, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def take(
        self, count: int, *, gpus: int = 0, is_there: bool = False
    ) -> AsyncGenerator[None, None]:
        """Wait for so many places and GPUs, and hold them.

        Whoever wants more than there are gets them when nobody else has any; who is there already,
        from an earlier server on, waits for nobody.
        """
        share = _Share(count, gpus)
        if is_there:
            self._taken += share
        else:
            await self._enter(share)
        try:
            yield
        finally:
            self._leave(share)

    async def _enter(self, share: _Share) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((share, turn))
        self._let_in()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._waiting.remove((share, turn))
                self._let_in()
            else:
                self._leave(share)
            raise

    def _leave(self, share: _Share) -> None:
        self._taken -= share
        self._let_in()

    def _let_in(self) -> None:
        """Let in whoever may: who waits for GPUs alone keeps back nobody who wants none."""
        are_gpus_awaited = False
        for share, turn in list(self._waiting):
            if turn.cancelled() or (share.gpus and are_gpus_awaited):
                continue  # Whoever gave up removes itself, and looks again.
            wanted = self._taken + share
            if self._taken == _Share() or wanted.is_within(self._most):
                self._waiting.remove((share, turn))
                self._taken = wanted
                turn.set_result(None)
            elif wanted.instances <= self._most.instances:
                are_gpus_awaited = True
            else:
                return
