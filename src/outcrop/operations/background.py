"""Work that goes on beside requests: jobs, deliveries.

A task here is a means, never a memory: what must outlive the process is in records, from which the
service's `on_start` starts the task anew.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

Work = Callable[[], Coroutine[Any, Any, None]]

logger = logging.getLogger(__name__)


class Background:
    """The tasks of one server, by name."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, work: Work) -> None:
        """Begin a task, unless one of this name is at work already."""
        if self.is_running(name):
            return
        task = asyncio.get_running_loop().create_task(work(), name=name)
        self._tasks[name] = task
        task.add_done_callback(self._forget)

    def is_running(self, name: str) -> bool:
        """Tell whether a task is at work."""
        task = self._tasks.get(name)
        return task is not None and not task.done()

    def cancel(self, name: str) -> None:
        """Interrupt a task at its next wait, if there is one of this name."""
        task = self._tasks.get(name)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Interrupt all tasks and wait for their ends; what they leave open, records remember."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, task: asyncio.Task[None]) -> None:
        name = task.get_name()
        if self._tasks.get(name) is task:
            del self._tasks[name]
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("The background task %s failed.", name, exc_info=error)
