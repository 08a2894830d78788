"""Texts of many callers, gathered into batches while earlier ones are computed."""

import asyncio
import functools
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from outcrop.engines.embeddings.interface import EmbeddingFailedError

BATCH_TEXTS = 32
BATCH_CHARACTERS = 4096
"""What one batch holds at most: little enough that nobody waits long behind somebody's book."""
BATCHES_UNDER_WAY = 2
"""While one is computed, the next is on its way."""

Vectors: TypeAlias = npt.NDArray[np.float32]
Compute: TypeAlias = Callable[[list[str]], Awaitable[Vectors]]


@dataclass(slots=True, eq=False)
class _Request:
    """The texts of one caller."""

    texts: Sequence[str]
    done: asyncio.Future[None]
    vectors: list[Vectors] = field(default_factory=list[Vectors])
    """One for every text, in whatever order they come."""
    taken: int = 0
    """How many texts are in a batch, or were."""
    missing: int = 0
    """How many vectors have not come yet."""


class Batches:
    """Computes vectors for many callers at a time, each in its turn."""

    def __init__(self, compute: Compute) -> None:
        """Prepare to gather.

        Args:
            compute: Gives one row for each of its texts.
        """
        self._compute = compute
        self._waiting: deque[_Request] = deque()
        self._under_way: set[asyncio.Task[None]] = set()

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row for each text; raise what `compute` raises."""
        loop = asyncio.get_running_loop()
        request = _Request(texts, loop.create_future(), missing=len(texts))
        request.vectors = [np.empty(0, np.float32)] * len(texts)
        self._waiting.append(request)
        # Soon rather than now: whoever asks at the same time comes along.
        loop.call_soon(self._send)
        try:
            await request.done
        finally:
            if request in self._waiting:
                self._waiting.remove(request)
        return np.stack(request.vectors)

    async def close(self) -> None:
        """Let go of what is under way, and of everybody who waits."""
        while self._waiting:
            self._fail(self._waiting[0], _stopped())
        under_way = list(self._under_way)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    def _send(self) -> None:
        while self._waiting and len(self._under_way) < BATCHES_UNDER_WAY:
            batch = self._next_batch()
            task = asyncio.get_running_loop().create_task(self._run(batch))
            self._under_way.add(task)
            task.add_done_callback(functools.partial(self._finish, batch))

    def _next_batch(self) -> list[tuple[_Request, int]]:
        """Take one text of every request in turn until the batch is full."""
        batch: list[tuple[_Request, int]] = []
        characters = 0
        while self._waiting and len(batch) < BATCH_TEXTS and characters < BATCH_CHARACTERS:
            request = self._waiting.popleft()
            characters += len(request.texts[request.taken])
            batch.append((request, request.taken))
            request.taken += 1
            if request.taken < len(request.texts):
                self._waiting.append(request)
        return batch

    async def _run(self, batch: list[tuple[_Request, int]]) -> None:
        vectors = await self._compute([request.texts[place] for request, place in batch])
        for (request, place), vector in zip(batch, vectors, strict=True):
            request.vectors[place] = vector
            request.missing -= 1
            if not request.missing and not request.done.done():
                request.done.set_result(None)

    def _finish(self, batch: list[tuple[_Request, int]], task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        failure = _stopped() if task.cancelled() else task.exception()
        if failure is not None:
            for request, _ in batch:
                self._fail(request, failure)
        self._send()

    def _fail(self, request: _Request, failure: BaseException) -> None:
        if request in self._waiting:
            self._waiting.remove(request)
        if not request.done.done():
            request.done.set_exception(failure)


def _stopped() -> EmbeddingFailedError:
    return EmbeddingFailedError("The model was stopped before the text had its turn.")
