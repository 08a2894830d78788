"""The line in which questions wait for a free worker: first come, first served."""

import asyncio
from collections import deque

from outcrop.jobs.serving.interface import NoAnswerError, Seat, TooManyWaitingError
from outcrop.jobs.serving.worker import Worker


class Line:
    """The free workers of a fleet, or those who wait for one."""

    def __init__(self, waiting_per_worker: int, at_once: int | None = None) -> None:
        self._per_worker = waiting_per_worker
        self._at_once = at_once
        self._workers = 0
        self._free: deque[Worker] = deque()
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._taken: list[Worker] = []
        self._returned = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def is_idle(self) -> bool:
        """Whether nobody is asked and nobody waits."""
        return self._idle.is_set()

    @property
    def under_way(self) -> int:
        """How many questions are asked or wait."""
        return len(self._taken) + len(self._waiting)

    async def take(self, seconds: float) -> Worker:
        """Return a free worker, which must be given back.

        Raises:
            TooManyWaitingError: The line is full.
            NoAnswerError: None became free in time.
        """
        self._drop_who_left()
        if self._is_full():
            raise TooManyWaitingError(
                f"{len(self._taken)} requests are under way and {len(self._waiting)} wait already."
            )
        self._idle.clear()
        if self._free:
            worker = self._free.popleft()
            self._taken.append(worker)
            return worker
        turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(seconds):
                return await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self.give(turn.result())
            turn.cancel()
            self._look_whether_idle()
            if isinstance(error, TimeoutError):
                raise NoAnswerError(f"No worker was free for {seconds:g} seconds.") from error
            raise

    def give(self, worker: Worker) -> None:
        """Take a worker back."""
        self._taken.remove(worker)
        self._returned.set()
        self._offer(worker)
        self._look_whether_idle()

    def join(self, worker: Worker) -> None:
        """Let a worker that has become ready take part."""
        self._workers += 1
        worker.is_up = True
        self._offer(worker)

    def leave(self, worker: Worker) -> None:
        """Let a worker take no part any more; who has it may finish."""
        if worker.is_up:
            self._workers -= 1
            worker.is_up = False
        if worker in self._free:
            self._free.remove(worker)

    async def without(self, seat: Seat) -> None:
        """Wait until none of a replica's workers, which take no part any more, is asked."""
        while any(worker.seat is seat for worker in self._taken):
            self._returned.clear()
            await self._returned.wait()

    async def empty(self) -> None:
        """Wait until nobody is asked and nobody waits."""
        await self._idle.wait()

    def _offer(self, worker: Worker) -> None:
        if not worker.is_up or worker in self._free:
            return
        self._drop_who_left()
        if self._waiting:
            self._taken.append(worker)
            self._waiting.popleft().set_result(worker)
        else:
            # The one that answered last is asked next: its memory is warm.
            self._free.appendleft(worker)

    def _is_full(self) -> bool:
        if self._at_once is not None:
            return len(self._taken) + len(self._waiting) >= self._at_once
        return len(self._waiting) >= self._per_worker * max(1, self._workers)

    def _drop_who_left(self) -> None:
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft()

    def _look_whether_idle(self) -> None:
        if not self._taken and all(turn.done() for turn in self._waiting):
            self._idle.set()
