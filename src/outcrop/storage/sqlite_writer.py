"""The one who writes to a SQLite file, for all coroutines together.

Short jobs are committed in the event loop's own thread: they take some ten microseconds each, far
less than a change of threads and back. Whatever may wait runs beside the loop: fsync, long jobs,
checkpoints, and a file that another process is writing to.
"""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from outcrop.storage.durability import Durability
from outcrop.storage.schema import Migration
from outcrop.storage.sqlite_file import LOCK_TIMEOUT_SECONDS, connect_to_write, migrate
from outcrop.storage.sqlite_log import Log, WriteAheadLog
from outcrop.storage.sqlite_transactions import Job, begin_at_once, commit

Result = TypeVar("Result")

MOST_JOBS_PER_COMMIT = 64
"""Bounds how long the event loop is away."""
JOBS_PER_CHECKPOINT = 256
COMMITS_PER_CHECKPOINT = 64
"""A lone caller waits for a checkpoint that holds the processor: short ones cost it least."""
MOST_LOG_PAGES = 4096
"""A log that grew to this while it was being worked off stops the writes until it is."""
_THREADS = 3
"""For a commit, an fsync and a checkpoint at the same time."""

logger = logging.getLogger(__name__)


class SqliteWriter:
    """Runs jobs one after the other; those that wait together share one commit, so one fsync.

    Each job happens whole or not at all, and fails alone; a commit that fails, fails all its jobs.
    The next commit goes on while the last one is made safe. A file that could not be made safe
    takes no more jobs: nobody knows then what the disk holds.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        log: Log,
        durability: Durability,
        *,
        lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS,
    ) -> None:
        """Take a connection and the log of its file; both are closed in the end."""
        connection.execute("PRAGMA busy_timeout = 0")
        self._connection = connection
        self._log = log
        self._durability: Durability = durability
        self._lock_timeout_ms = int(lock_timeout_seconds * 1000)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="sqlite-writer")
        self._waiting: deque[Job] = deque()
        self._is_busy = False
        """Whether a commit is under way or about to be."""
        self._is_lent = False
        """Whether a thread beside the event loop uses the connection."""
        self._unsafe: list[Job] = []
        """Committed, but not yet proof against a loss of power."""
        self._is_syncing = False
        self._jobs_since_checkpoint = self._commits_since_checkpoint = 0
        self._checkpoint: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None
        self._is_closed = False

    @classmethod
    def open(
        cls,
        path: Path,
        durability: Durability,
        migrations: Sequence[Migration],
        *,
        page_size: int = 4096,
    ) -> "SqliteWriter":
        """Open a file, made when it is missing, and bring its tables up to date.

        This blocks for some milliseconds.

        Raises:
            NewerSchemaError: A newer Outcrop wrote the file.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = connect_to_write(path, page_size=page_size)
        try:
            migrate(connection, migrations, path)
            log = WriteAheadLog(path, connect_to_write(path))
        except BaseException:
            connection.close()
            raise
        return cls(connection, log, durability)

    @property
    def idle_connection(self) -> sqlite3.Connection | None:
        """The writer's own connection, for the event loop to read by while no thread has it.

        It keeps its pages in memory; other connections read them anew after each commit.
        """
        return None if self._is_lent or self._is_closed else self._connection

    async def run(
        self, job: Callable[[sqlite3.Connection], Result], *, is_long: bool = False
    ) -> Result:
        """Run a job in a transaction and return its result once that is committed and safe.

        A caller that is cancelled while it waits does not take the job back.

        Args:
            job: What to do; it may run again when another one has spoilt the transaction.
            is_long: Whether it may take longer than the event loop should be away.
        """
        if self._is_closed:
            raise RuntimeError("the store is closed")
        if self._failure is not None:
            raise RuntimeError("the store could not be written to the disk") from self._failure
        return await self._submit(job, is_long=is_long)

    async def close(self) -> None:
        """Finish the jobs that wait, then close the connections."""
        if self._is_closed:
            return
        self._is_closed = True
        await asyncio.gather(self._submit(lambda _: None), return_exceptions=True)
        if self._checkpoint is not None:
            await self._checkpoint
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._threads.shutdown()
        self._log.close()
        self._connection.close()

    def _submit(
        self, job: Callable[[sqlite3.Connection], Result], *, is_long: bool = False
    ) -> asyncio.Future[Result]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._waiting.append(Job(job, future, is_long))
        self._go_on(loop)
        return future

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Commit what waits in the loop's next turn: all who come in this one share it."""
        if self._waiting and not self._is_busy:
            self._is_busy = True
            loop.call_soon(self._begin, loop)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        jobs = self._next_jobs()
        if not jobs[0].is_long and begin_at_once(self._connection):
            commit(self._connection, jobs)
            self._end(loop, jobs)
        else:
            self._is_lent = True
            work = loop.run_in_executor(self._threads, self._commit_patiently, jobs)
            work.add_done_callback(lambda _: self._end(loop, jobs))

    def _next_jobs(self) -> list[Job]:
        """Return what is committed together: a long job alone, or short ones up to a long one."""
        jobs = [self._waiting.popleft()]
        while (
            self._waiting
            and not (jobs[0].is_long or self._waiting[0].is_long)
            and len(jobs) < MOST_JOBS_PER_COMMIT
        ):
            jobs.append(self._waiting.popleft())
        return jobs

    def _commit_patiently(self, jobs: list[Job]) -> None:
        self._connection.execute(f"PRAGMA busy_timeout = {self._lock_timeout_ms}")
        commit(self._connection, jobs)
        self._connection.execute("PRAGMA busy_timeout = 0")

    def _end(self, loop: asyncio.AbstractEventLoop, jobs: list[Job]) -> None:
        self._is_busy = self._is_lent = False
        if self._durability == "full":
            self._unsafe += jobs
            self._sync(loop)
        else:
            _settle(jobs)
        self._jobs_since_checkpoint += len(jobs)
        self._commits_since_checkpoint += 1
        is_due = (
            self._jobs_since_checkpoint >= JOBS_PER_CHECKPOINT
            or self._commits_since_checkpoint >= COMMITS_PER_CHECKPOINT
        )
        is_idle = self._checkpoint is None or self._checkpoint.done()
        if is_due and is_idle and not self._is_closed:
            self._jobs_since_checkpoint = self._commits_since_checkpoint = 0
            self._checkpoint = loop.create_task(self._work_off(loop))
        self._go_on(loop)

    def _sync(self, loop: asyncio.AbstractEventLoop) -> None:
        """Make safe what is not; those that come meanwhile wait for the next time, together."""
        if self._unsafe and not self._is_syncing:
            self._is_syncing = True
            jobs, self._unsafe = self._unsafe, []
            syncing = loop.run_in_executor(self._threads, self._log.sync)
            syncing.add_done_callback(partial(self._end_sync, loop, jobs))

    def _end_sync(
        self, loop: asyncio.AbstractEventLoop, jobs: list[Job], syncing: asyncio.Future[None]
    ) -> None:
        self._is_syncing = False
        error = syncing.exception()
        # What one fsync could not write, the next one says nothing of.
        # Source: https://wiki.postgresql.org/wiki/Fsync_Errors
        self._failure = self._failure or error
        for job in jobs:
            job.error = job.error or self._failure
        _settle(jobs)
        self._sync(loop)

    async def _work_off(self, loop: asyncio.AbstractEventLoop) -> None:
        """Copy the log into the file, while writes go on as long as that leads to an end."""
        try:
            pages = await loop.run_in_executor(self._threads, self._log.checkpoint)
            if pages >= MOST_LOG_PAGES:
                await self._submit(lambda _: self._log.checkpoint(), is_long=True)
        except (sqlite3.Error, OSError):
            logger.exception("The write-ahead log could not be worked off.")


def _settle(jobs: Iterable[Job]) -> None:
    for job in jobs:
        job.settle()
