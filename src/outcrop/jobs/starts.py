"""Starts of runs that are under way: each once, whoever asks, and to its end, whoever gives up."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from outcrop.jobs.interface import CannotRunError


class Starts:
    """The starts of one runner."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def once(self, run_id: str, start: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start a run, or wait until it is started.

        Raises:
            CannotRunError: As `start` raises it.
        """
        task = self._tasks.get(run_id)
        if task is None:
            task = asyncio.create_task(start())
            self._tasks[run_id] = task
            task.add_done_callback(lambda _: self._tasks.pop(run_id))
        await asyncio.shield(task)

    async def settled(self, run_id: str) -> None:
        """Wait until a run is not being started, whatever comes of it."""
        if (task := self._tasks.get(run_id)) is not None:
            with contextlib.suppress(CannotRunError):
                await asyncio.shield(task)
