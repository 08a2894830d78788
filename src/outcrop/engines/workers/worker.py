"""A worker that is there when it is needed: started on first use, restarted, unloaded when idle."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import Any

from outcrop.engines.workers.frames import Frame
from outcrop.engines.workers.process import WorkerProcess, WorkerStartError, python
from outcrop.engines.workers.settings import WorkerSettings

_FIRST_BACK_OFF_SECONDS = 0.5
_LONGEST_BACK_OFF_SECONDS = 30.0


def _ignore(_: Any) -> None:
    pass


class Worker:
    """Runs a module that calls `child.serve`, and keeps it running while it is used.

    Belongs to one event loop.
    """

    def __init__(
        self,
        module: str,
        config: Any,
        *,
        settings: WorkerSettings | None = None,
        log: Callable[[str], None] = _ignore,
        progress: Callable[[Any], None] = _ignore,
    ) -> None:
        """Describe the worker; nothing is started.

        Args:
            module: What `python -m` runs: `outcrop.engines.chat.llama_cpp_worker`.
            config: What its `start` gets, as JSON can hold it.
            settings: Time limits.
            log: Called with every line that the process writes.
            progress: Called with what the engine reports while it loads.
        """
        self._module = module
        self._config = config
        self._settings = settings or WorkerSettings()
        self._log = log
        self._progress = progress
        self._changing = asyncio.Lock()
        self._process: WorkerProcess | None = None
        self._info: Any = None
        self._users = 0
        self._failures = 0
        self._not_before = 0.0
        self._idle: asyncio.TimerHandle | None = None
        self._stopping: asyncio.Task[None] | None = None

    @property
    def process(self) -> WorkerProcess | None:
        """The process, when one is up."""
        return self._process if self._process is not None and self._process.is_alive else None

    @property
    def is_busy(self) -> bool:
        """Whether somebody uses the worker now."""
        return self._users > 0

    async def start(self) -> Any:
        """Start the process unless it runs, and return what it said when ready.

        Raises:
            WorkerStartError: It does not start.
        """
        async with self.in_use() as (_, info):
            return info

    @contextlib.asynccontextmanager
    async def in_use(self) -> AsyncGenerator[tuple[WorkerProcess, Any], None]:
        """Give the running process and what it said when ready; it is not idle meanwhile.

        Raises:
            WorkerStartError: It does not start.
        """
        self._users += 1
        try:
            process = await self._running()
            yield process, self._info
            self._failures = 0
        finally:
            self._users -= 1
            if not self._users:
                self._start_idling()

    async def call(self, value: Any, blob: bytes = b"") -> Frame:
        """Ask for something that has one answer.

        Raises:
            WorkerError: It could not be answered.
        """
        async with self.in_use() as (process, _):
            return await process.call(value, blob)

    async def stream(self, value: Any, blob: bytes = b"") -> AsyncGenerator[Frame, None]:
        """Ask for something that has many answers; close the iterator early to cancel.

        Raises:
            WorkerError: It could not be answered, or not to its end.
        """
        async with (
            self.in_use() as (process, _),
            contextlib.aclosing(process.request(value, blob)) as frames,
        ):
            async for frame in frames:
                yield frame

    async def stop(self) -> None:
        """Stop the process; the next request starts it again."""
        if self._idle is not None:
            self._idle.cancel()
        async with self._changing:
            process, self._process = self._process, None
            if process is not None:
                await process.stop(grace_seconds=self._settings.stop_grace_seconds)

    async def _running(self) -> WorkerProcess:
        if self._idle is not None:
            self._idle.cancel()
        async with self._changing:
            if self._process is not None and self._process.is_alive:
                return self._process
            if self._process is not None:
                self._count_failure()
            self._process = None
            self._process = await self._started()
            return self._process

    async def _started(self) -> WorkerProcess:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._not_before - loop.time()))
        process = WorkerProcess(log=self._log, progress=self._progress, name=self._module)
        try:
            self._info = await process.start(
                python(self._module),
                self._config,
                timeout_seconds=self._settings.start_timeout_seconds,
            )
        except WorkerStartError:
            self._count_failure()
            raise
        return process

    def _count_failure(self) -> None:
        """Let the first restart happen at once, and later ones after longer and longer waits."""
        self._failures += 1
        wait = _FIRST_BACK_OFF_SECONDS * 2 ** (self._failures - 2) if self._failures > 1 else 0.0
        self._not_before = asyncio.get_running_loop().time() + min(wait, _LONGEST_BACK_OFF_SECONDS)

    def _start_idling(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if self._settings.idle_seconds is not None and self.process is not None:
            loop = asyncio.get_running_loop()
            self._idle = loop.call_later(self._settings.idle_seconds, self._unload)

    def _unload(self) -> None:
        if not self._users:
            self._stopping = asyncio.get_running_loop().create_task(self.stop())
