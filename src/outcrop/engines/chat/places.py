"""The bounded queue in front of a model's slots and of its cache."""

import asyncio
import collections
import contextlib
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from outcrop.engines.chat.interface import OverloadedError

_SHORTEST_RETRY_SECONDS = 1.0
_LONGEST_RETRY_SECONDS = 60.0
_WEIGHT_OF_LATEST = 0.2


@dataclass(frozen=True, slots=True)
class _Waiter:
    tokens: int
    admitted: asyncio.Future[None]


class Places:
    """Admits requests in order while there are slots and cache tokens for them."""

    def __init__(self, *, slots: int, tokens: int, queue_length: int) -> None:
        """Start with everything free.

        Args:
            slots: How many requests run at a time.
            tokens: How many tokens of cache they share.
            queue_length: How many more may wait.
        """
        self._slots = slots
        self._free_slots = slots
        self._free_tokens = tokens
        self._queue_length = queue_length
        self._waiters: collections.deque[_Waiter] = collections.deque()
        self._typical_seconds = 1.0

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return len(self._waiters)

    @property
    def running(self) -> int:
        """How many requests run."""
        return self._slots - self._free_slots

    @contextlib.asynccontextmanager
    async def take(self, tokens: int, *, until: float | None = None) -> AsyncGenerator[None, None]:
        """Wait for a slot and for room in the cache, and hold them.

        Args:
            tokens: How much room.
            until: How long to wait, by `time.monotonic`.

        Raises:
            OverloadedError: Too many wait already, or the wait was too long.
        """
        await self._enter(tokens, until)
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            yield
        finally:
            seconds = loop.time() - began
            self._typical_seconds += _WEIGHT_OF_LATEST * (seconds - self._typical_seconds)
            self._leave(tokens)

    async def _enter(self, tokens: int, until: float | None) -> None:
        if not self._waiters and self._fits(tokens):
            self._occupy(tokens)
            return
        if len(self._waiters) >= self._queue_length:
            raise OverloadedError(
                f"{self.running} requests run and {self.waiting} wait; no more may wait.",
                retry_after_seconds=self._likely_wait_seconds(),
            )
        waiter = _Waiter(tokens, asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        left = None if until is None else until - time.monotonic()
        try:
            async with asyncio.timeout(left):
                await self._admitted(waiter)
        except TimeoutError:
            raise OverloadedError(
                f"No slot was free in time: {self.running} requests run and {self.waiting} wait.",
                retry_after_seconds=self._likely_wait_seconds(),
            ) from None

    async def _admitted(self, waiter: _Waiter) -> None:
        try:
            await waiter.admitted
        except asyncio.CancelledError:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
                self._admit()  # Whoever stood behind may fit.
            else:
                self._leave(waiter.tokens)  # Admitted and cancelled at once.
            raise

    def _fits(self, tokens: int) -> bool:
        return self._free_slots > 0 and self._free_tokens >= tokens

    def _occupy(self, tokens: int) -> None:
        self._free_slots -= 1
        self._free_tokens -= tokens

    def _leave(self, tokens: int) -> None:
        self._free_slots += 1
        self._free_tokens += tokens
        self._admit()

    def _admit(self) -> None:
        while self._waiters and self._fits(self._waiters[0].tokens):
            waiter = self._waiters.popleft()
            if not waiter.admitted.done():
                self._occupy(waiter.tokens)
                waiter.admitted.set_result(None)

    def _likely_wait_seconds(self) -> float:
        rounds = (len(self._waiters) + 1) / self._slots
        likely = rounds * self._typical_seconds
        return min(max(likely, _SHORTEST_RETRY_SECONDS), _LONGEST_RETRY_SECONDS)
