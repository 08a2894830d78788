"""A fleet: replicas of one serving program, behind one line."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from outcrop.jobs.interface import Runner
from outcrop.jobs.serving.interface import (
    Answer,
    BrokenAnswerError,
    FleetFailedError,
    Question,
    Seat,
    Serving,
)
from outcrop.jobs.serving.line import Line
from outcrop.jobs.serving.replica import Replica
from outcrop.jobs.serving.worker import UnreachableError, Worker


class Fleet:
    """The replicas of a fleet. Belongs to one event loop."""

    def __init__(self, runner: Runner, folder: Path, serving: Serving) -> None:
        self._runner = runner
        self._folder = folder
        self._serving = serving
        self._line = Line(serving.waiting, serving.at_once)
        self._replicas: list[Replica] = []
        self._scaling = asyncio.Lock()
        self._asked_at = 0.0
        self._dozing: asyncio.Task[None] | None = None

    @property
    def size(self) -> int:
        """See `Answerer.size`."""
        return len(self._replicas)

    @property
    def under_way(self) -> int:
        """See `Answerer.under_way`."""
        return self._line.under_way

    async def scale(
        self, count: int, *, drain_seconds: float = 0.0, gives_up: bool = False
    ) -> None:
        """See `Answerer.scale`: starts replicas, or ends the last ones."""
        async with self._scaling:
            while len(self._replicas) < count:
                seat = seat_of(self._folder, len(self._replicas))
                self._replicas.append(
                    Replica(self._runner, self._serving, seat, self._line, gives_up=gives_up)
                )
            surplus, self._replicas = self._replicas[count:], self._replicas[:count]
            await asyncio.gather(*(one.retire(drain_seconds) for one in surplus))
        if count and self._serving.idle_seconds is not None:
            self._wake(self._serving.idle_seconds)

    async def be_ready(self) -> None:
        """See `Answerer.be_ready`."""
        waiting = [asyncio.shield(one.ready) for one in self._replicas]
        try:
            async with asyncio.timeout(self._serving.start_seconds):
                await asyncio.gather(*waiting)
        except TimeoutError as error:
            raise FleetFailedError(
                f"It did not answer /ping within {self._serving.start_seconds:g} seconds."
            ) from error

    @asynccontextmanager
    async def ask(self, question: Question, *, seconds: float) -> AsyncGenerator[Answer, None]:
        """See `Answerer.ask`."""
        loop = asyncio.get_running_loop()
        began = self._asked_at = loop.time()
        if not self._replicas and self._serving.idle_seconds is not None:
            await self.scale(1)
        while True:
            worker = await self._line.take(max(0.0, began + seconds - loop.time()))
            try:
                async with worker.ask(
                    question, deadline=began + seconds, waited_seconds=loop.time() - began
                ) as answer:
                    yield answer
                    return
            except UnreachableError:  # It has heard nothing: another one may be asked.
                self._doubt(worker)
            except BrokenAnswerError:
                self._doubt(worker)
                raise
            finally:
                self._line.give(worker)

    async def end(self, *, drain_seconds: float) -> None:
        """See `Answerer.end`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(drain_seconds):
                await self._line.empty()
        self._stop_dozing()
        await self.scale(0)

    async def abandon(self) -> None:
        """See `Answerer.abandon`."""
        self._stop_dozing()
        await asyncio.gather(*(one.abandon() for one in self._replicas))
        self._replicas.clear()

    def _wake(self, idle_seconds: float) -> None:
        self._asked_at = asyncio.get_running_loop().time()
        if self._dozing is None or self._dozing.done():
            self._dozing = asyncio.create_task(self._doze(idle_seconds))

    async def _doze(self, idle_seconds: float) -> None:
        """End all replicas when nobody has asked for some time."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(max(self._asked_at + idle_seconds - loop.time(), idle_seconds / 10))
            if not all(one.ready.done() for one in self._replicas):
                self._asked_at = loop.time()  # Somebody waits for those that start.
            elif self._line.is_idle and loop.time() >= self._asked_at + idle_seconds:
                break
        self._dozing = None
        await self.scale(0)

    def _stop_dozing(self) -> None:
        if self._dozing is not None:
            self._dozing.cancel()

    def _doubt(self, worker: Worker) -> None:
        self._line.leave(worker)
        worker.doubt.set()


def seat_of(folder: Path, number: int) -> Seat:
    """Return the place of a replica in the fleet of a folder."""
    return Seat(number=number, folder=folder / str(number))


def seats_below(folder: Path) -> list[Seat]:
    """Return the places of all replicas that a fleet ever had."""
    if not folder.exists():
        return []
    return [seat_of(folder, int(path.name)) for path in folder.iterdir() if path.name.isdecimal()]
