"""Jobs that share a transaction: each happens whole or not at all, and fails alone."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Job:
    """Something to write, and who waits for it."""

    run: Callable[[sqlite3.Connection], Any]
    future: asyncio.Future[Any]
    is_long: bool = False
    """Whether it may take longer than the event loop should be away."""
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        """Tell who waits, at the very end."""
        future, error = self.future, self.error
        # An error's traceback refers to this job: what is a ring waits for the garbage collector.
        del self.future, self.error
        if future.done():  # cancelled
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(self.result)


class _HalfDoneError(Exception):
    """A job failed after it had written something: the transaction is of no use any more."""


def begin_at_once(connection: sqlite3.Connection) -> bool:
    """Begin a transaction, unless another process is writing to the file."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    return True


def commit(connection: sqlite3.Connection, jobs: Sequence[Job]) -> None:
    """Run jobs in one transaction, open or not, and keep with each its result or its error."""
    try:
        _commit(connection, jobs)
    except sqlite3.Error as error:
        for job in jobs:
            job.error = job.error or error
    except _HalfDoneError:
        # It is rare, so savepoints for all jobs would cost more than doing this anew.
        if len(jobs) > 1:
            for job in jobs:
                job.error = None
                commit(connection, [job])


def _commit(connection: sqlite3.Connection, jobs: Sequence[Job]) -> None:
    if not connection.in_transaction:
        connection.execute("BEGIN IMMEDIATE")
    try:
        for job in jobs:
            _attempt(connection, job)
        connection.execute("COMMIT")
    finally:
        # Some errors, a full disk among them, undo the transaction by themselves.
        # Source: https://www.sqlite.org/lang_transaction.html ("Response To Errors")
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _attempt(connection: sqlite3.Connection, job: Job) -> None:
    changes = connection.total_changes
    try:
        job.result = job.run(connection)
    except Exception as error:  # handed to whoever waits for the job
        job.error = error
        if connection.total_changes != changes or not connection.in_transaction:
            raise _HalfDoneError from error
