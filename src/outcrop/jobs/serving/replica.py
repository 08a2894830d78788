"""One replica: its program is started, watched, and started anew whenever it ends."""

import asyncio
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from outcrop.engines.workers.connection import Place
from outcrop.jobs.interface import CannotRunError, ReachingRunner, Runner, UnknownRunError
from outcrop.jobs.serving.interface import FleetFailedError, Seat, Serving
from outcrop.jobs.serving.line import Line
from outcrop.jobs.serving.worker import Worker

LOOK_SECONDS = 0.1
"""Between looks whether a worker is ready."""
PING_EVERY_SECONDS = 5.0
MISSED_PINGS = 3
"""A worker that misses so many in a row is not asked until it answers one."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 60.0
STEADY_SECONDS = 60.0
"""After a program that ran so long, the pauses are short again."""
LAST_LINES, LONGEST_WORDS = 3, 700
logger = logging.getLogger(__name__)


class Replica:
    """A replica of a fleet at work. Belongs to one event loop."""

    def __init__(
        self, runner: Runner, serving: Serving, seat: Seat, line: Line, *, gives_up: bool
    ) -> None:
        """Begin to keep a replica.

        Args:
            runner: Runs its program.
            serving: What it runs.
            seat: Its place in the fleet.
            line: Its workers take part in it.
            gives_up: A program that ends before it was ever ready is not started again.
        """
        self.seat = seat
        self._gives_up = gives_up
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when all its workers are ready for the first time, failed if that cannot be."""
        self.ready.add_done_callback(_hear)
        self._runner = runner
        self._serving = serving
        self._line = line
        self._workers: list[Worker] = []
        self._joined: set[int] = set()
        self._is_retired = asyncio.Event()
        self._task = asyncio.create_task(self._keep(), name=f"replica {seat.folder}")
        self._task.add_done_callback(_hear)

    async def retire(self, drain_seconds: float) -> None:
        """End the program, once those who ask its workers have their answers or time is over."""
        self._is_retired.set()
        for worker in self._workers:
            self._line.leave(worker)
        with suppress(TimeoutError):
            async with asyncio.timeout(drain_seconds):
                await self._line.without(self.seat)
        await stop(self._runner, self.seat)
        await asyncio.gather(self._task, return_exceptions=True)
        self.ready.cancel()

    async def abandon(self) -> None:
        """Watch no more; the program goes on."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self.ready.cancel()

    async def _keep(self) -> None:
        """Keep the program running once it was ready, until the replica is retired."""
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE_SECONDS
        while not self._is_retired.is_set():
            began = loop.time()
            why = await self._run()
            if self._gives_up and not self.ready.done():
                self.ready.set_exception(FleetFailedError(why))
                return
            if self._is_retired.is_set():
                return
            logger.warning("%s ended and is started anew: %s", self.seat.folder, why)
            if loop.time() - began > STEADY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._is_retired.wait()
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _run(self) -> str:
        """Start the program or find it, watch it to its end, and return why it ended."""
        run_id = run_id_of(self.seat)
        await asyncio.to_thread(self.seat.sockets.mkdir, parents=True, exist_ok=True)
        program = self._serving.program(self.seat)
        try:
            await self._runner.start(run_id, program)
        except CannotRunError as error:
            return str(error)
        if self._is_retired.is_set():  # Nothing that was not running yet has heard of it.
            await stop(self._runner, self.seat)
        following = asyncio.create_task(self._serving.follow(self.seat, run_id))
        following.add_done_callback(_hear)
        try:
            exit_code = await self._watched(run_id, program.port)
            why = f"{await self._last_words(run_id)} (exit code: {exit_code})"
            with suppress(Exception):  # `_hear` has told it.
                await following
        finally:
            following.cancel()
        await self._runner.forget(run_id)
        await asyncio.to_thread(_next_run, self.seat)
        return why

    async def _watched(self, run_id: str, port: int) -> int | None:
        """Let the workers of a run take part until it is over, and return its exit code."""
        folder = os.open(self.seat.sockets, os.O_PATH | os.O_DIRECTORY)
        self._workers = []
        if port:
            watching = [asyncio.create_task(self._watch_port(run_id, port))]
        else:
            # By the folder's descriptor: its path may be too long for one of a socket.
            sockets = f"/proc/{os.getpid()}/fd/{folder}"
            watching = [
                asyncio.create_task(self._watch(self._workers_at(f"{sockets}/{n}.sock", n)))
                for n in range(self._serving.workers)
            ]
        for task in watching:
            task.add_done_callback(_hear)
        try:
            end = await self._runner.end(run_id)
        finally:
            for task in watching:
                task.cancel()
            for worker in self._workers:
                self._line.leave(worker)
                await worker.close()
            os.close(folder)
        return end.exit_code

    def _workers_at(self, place: Place, *numbers: int) -> Sequence[Worker]:
        """Return workers that are in one place."""
        doubt = asyncio.Event()
        workers = [
            Worker(self.seat, number, place, ping=self._serving.ping, doubt=doubt)
            for number in numbers
        ]
        self._workers += workers
        return workers

    async def _watch_port(self, run_id: str, port: int) -> None:
        """Find the address of a run, and let it be asked there."""
        runner = self._runner
        if not isinstance(runner, ReachingRunner):
            raise TypeError(f"{run_id} listens at a port, which this runner's programs cannot.")
        while True:
            address = await runner.address(run_id)
            if address is not None:
                break
            await asyncio.sleep(LOOK_SECONDS)
        await self._watch(self._workers_at((address, port), *range(self._serving.workers)))

    async def _watch(self, workers: Sequence[Worker]) -> None:
        """Let the workers of a place be asked while it is ready, and only then."""
        one = workers[0]
        while not self._is_retired.is_set():
            if not await one.is_ready():
                await asyncio.sleep(LOOK_SECONDS)
                continue
            one.doubt.clear()
            for worker in workers:
                self._line.join(worker)
                self._joined.add(worker.number)
            if len(self._joined) == self._serving.workers and not self.ready.done():
                self.ready.set_result(None)
            await _until_doubtful(one)
            for worker in workers:
                self._line.leave(worker)

    async def _last_words(self, run_id: str) -> str:
        """Return the last lines that a run printed."""
        last: list[str] = []
        async for lines in self._runner.lines(run_id):
            said = [line.text for line in lines[-100:] if line.text.strip()]
            last = [*last, *said][-LAST_LINES:]
        return " | ".join(last)[-LONGEST_WORDS:]


def run_id_of(seat: Seat) -> str:
    """Return the id of the present run of a replica."""
    with suppress(FileNotFoundError):
        number = int(_runs(seat).read_text(encoding="ascii"))
        return f"{seat.folder.parent.name}-{seat.number}-{number}"
    return f"{seat.folder.parent.name}-{seat.number}-0"


async def stop(runner: Runner, seat: Seat) -> None:
    """Ask the program of a replica to end, if it runs."""
    with suppress(UnknownRunError):
        await runner.stop(run_id_of(seat))


async def gone(runner: Runner, seat: Seat) -> None:
    """Wait for the end of the program of a replica, and forget it."""
    run_id = run_id_of(seat)
    with suppress(UnknownRunError):
        await runner.end(run_id)
    await runner.forget(run_id)


async def _until_doubtful(worker: Worker) -> None:
    """Wait until somebody could not reach a worker, or it has missed its pings."""
    missed = 0
    while missed < MISSED_PINGS:
        with suppress(TimeoutError):
            async with asyncio.timeout(PING_EVERY_SECONDS):
                await worker.doubt.wait()
                return
        missed = 0 if await worker.is_ready() else missed + 1


def _runs(seat: Seat) -> Path:
    return seat.folder / "run"


def _next_run(seat: Seat) -> None:
    """Let the replica's next run have another id, whose log is its own."""
    number = int(run_id_of(seat).rpartition("-")[2]) + 1
    _runs(seat).write_text(str(number), encoding="ascii")


def _hear(done: "asyncio.Future[None]") -> None:
    """Tell what went wrong where nobody waits for it."""
    if done.cancelled():
        return
    error = done.exception()
    if error is not None and not isinstance(error, FleetFailedError):
        logger.error("A fleet's work failed.", exc_info=error)
