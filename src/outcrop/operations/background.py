"""Work that goes on beside requests: jobs, deliveries.

A task here is a means, never a memory: what must outlive the process is in records, from which the
service's `on_start` starts the task anew. A task that loses the database is begun anew, too, and so
is, some times, one that fails for a reason that nobody foresaw.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from outcrop.operations.call import Call, Principal
from outcrop.storage.records.interface import RecordsUnavailableError

if TYPE_CHECKING:
    from outcrop.operations.backends import Backends

Work = Callable[[], Coroutine[Any, Any, None]]
"""What a task does; it may be interrupted anywhere and called again, as after a restart."""

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
"""Between two tries while the database is away."""
MOST_FAILURES = 5
"""In a row, for reasons that nobody foresaw; then a task is given up until the next start."""

logger = logging.getLogger(__name__)


class Background:
    """The tasks of one server, by name."""

    def __init__(self, *, first_wait_seconds: float = FIRST_WAIT_SECONDS) -> None:
        self._first_wait_seconds = first_wait_seconds
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: dict[str, Work] = {}
        self._turns: dict[str, asyncio.Semaphore] = {}

    def turn(self, name: str, at_once: int) -> asyncio.Semaphore:
        """Return what those hold, in the order in which they ask, who may work at once."""
        if name not in self._turns:
            self._turns[name] = asyncio.Semaphore(at_once)
        return self._turns[name]

    def start(self, name: str, work: Work) -> None:
        """Begin a task, unless one of this name is at work already."""
        if self.is_running(name):
            return
        task = asyncio.get_running_loop().create_task(self._persist(name, work), name=name)
        self._tasks[name] = task
        task.add_done_callback(self._forget)

    def wake(self, name: str, work: Work) -> None:
        """Begin a task, and once more when it ends if one of this name is at work already.

        For work that empties a queue: it may have looked just before the newest entry came.
        """
        if self.is_running(name):
            self._again[name] = work
        else:
            self.start(name, work)

    def is_running(self, name: str) -> bool:
        """Tell whether a task is at work."""
        task = self._tasks.get(name)
        return task is not None and not task.done()

    def cancel(self, name: str) -> None:
        """Interrupt a task of this name at its next wait; once, for then it cleans up."""
        task = self._tasks.get(name)
        if task is not None and not task.cancelling():
            task.cancel()

    def start_instead(self, name: str, work: Work, *, of: str) -> None:
        """Interrupt a task, if there is one, and begin another once it has ended."""
        self.cancel(of)
        before = self._tasks.get(of)

        async def after() -> None:
            if before is not None and not before.done():
                await asyncio.wait([before])
            await work()

        self.start(name, after)

    async def finish(self) -> None:
        """Wait until nothing is at work, uninterrupted."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())

    async def close(self) -> None:
        """Interrupt all tasks and wait for their ends; what they leave open, records remember."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _persist(self, name: str, work: Work) -> None:
        """Do some work, again and ever more seldom as long as it fails."""
        wait_seconds = self._first_wait_seconds
        failures = 0
        while True:
            began = time.monotonic()
            try:
                return await work()
            except Exception as error:
                if time.monotonic() - began > LONGEST_WAIT_SECONDS:  # It went well meanwhile.
                    wait_seconds, failures = self._first_wait_seconds, 0
                is_foreseen = isinstance(error, RecordsUnavailableError)
                failures += not is_foreseen
                if failures == MOST_FAILURES:
                    raise
                logger.warning(
                    "The background task %s goes on in %s s: %s",
                    name,
                    wait_seconds,
                    error,
                    exc_info=None if is_foreseen else error,
                )
            await asyncio.sleep(wait_seconds)
            wait_seconds = min(2 * wait_seconds, LONGEST_WAIT_SECONDS)

    def _forget(self, task: asyncio.Task[None]) -> None:
        name = task.get_name()
        if self._tasks.get(name) is task:
            del self._tasks[name]
        again = self._again.pop(name, None)
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            logger.error("The background task %s failed.", name, exc_info=error)
        if again is not None:
            self.start(name, again)


def call_without_request(
    backends: "Backends", *, service: str, operation: str, account: str, region: str, role: str = ""
) -> Call:
    """Return a call for work that no request waits for.

    Args:
        backends: What the work is done with.
        service: Whose work it is.
        operation: The operation that began it.
        account: Twelve digits.
        region: Where it goes on.
        role: The ARN of the role that the service takes on for it; empty: the account's root.
    """
    arn, user_id = f"arn:aws:iam::{account}:root", account
    if role:
        arn = f"arn:aws:sts::{account}:assumed-role/{role.rpartition('/')[2]}/{service}"
        user_id = f"{role.rpartition('/')[2]}:{service}"
    return Call(
        service=service,
        operation=operation,
        region=region,
        principal=Principal(account=account, arn=arn, user_id=user_id),
        request_id=str(uuid.uuid4()),
        backends=backends,
    )
