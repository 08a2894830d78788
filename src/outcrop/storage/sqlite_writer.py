"""The one thread that writes to a SQLite file, for all coroutines together."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")

MOST_JOBS_PER_COMMIT = 256
"""Bounds how long the first of a group waits for the others."""


@dataclass(slots=True)
class _Job:
    run: Callable[[sqlite3.Connection], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    result: Any = None
    error: BaseException | None = None


class SqliteWriter:
    """Runs jobs one after the other; those that wait together share one commit, so one fsync.

    Each job is a savepoint of its own: it happens whole or not at all, and fails alone. A commit
    that fails, fails all its jobs.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def run(self, job: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run a job in a transaction and return its result once that is committed.

        A caller that is cancelled while it waits does not take the job back.
        """
        if self._is_closed:
            raise RuntimeError("the store is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._jobs.put(_Job(job, future, loop))
        return await future

    async def close(self) -> None:
        """Finish the jobs that wait, then close the connection."""
        if self._is_closed:
            return
        self._is_closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        is_open = True
        while is_open:
            group = [self._jobs.get()]
            try:
                while group[-1] is not None and len(group) < MOST_JOBS_PER_COMMIT:
                    group.append(self._jobs.get_nowait())
            except Empty:
                pass
            is_open = group[-1] is not None
            jobs = [job for job in group if job is not None]
            if jobs:
                self._commit(jobs)
                _deliver(jobs)
        self._connection.close()

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for job in jobs:
                self._attempt(job)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            for job in jobs:
                job.error = job.error or error

    def _attempt(self, job: _Job) -> None:
        self._connection.execute("SAVEPOINT job")
        try:
            job.result = job.run(self._connection)
        except Exception as error:  # handed to whoever waits for the job
            job.error = error
            # Some errors, a full disk among them, undo the whole transaction: nothing is left to
            # roll back to, and all jobs of the group have failed.
            # Source: https://www.sqlite.org/lang_transaction.html ("Response To Errors")
            if not self._connection.in_transaction:
                raise sqlite3.OperationalError(f"the transaction was undone: {error}") from error
            self._connection.execute("ROLLBACK TO job")
        self._connection.execute("RELEASE job")


def _deliver(jobs: list[_Job]) -> None:
    for loop in {job.loop for job in jobs}:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle, [job for job in jobs if job.loop is loop])


def _settle(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.done():  # cancelled
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
