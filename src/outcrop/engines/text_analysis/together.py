"""Requests that wait for a busy process go to it together: it is faster with many texts at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

Ask = Callable[[list[str]], Awaitable[Sequence[Any]]]
"""Returns what was found in each text."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    texts: Sequence[str]
    answer: asyncio.Future[Sequence[Any]]


class Together:
    """Gathers the texts of many callers; belongs to one event loop."""

    def __init__(self, ask: Ask, *, most_characters: int) -> None:
        """Prepare to ask.

        Args:
            ask: What is asked, once at a time.
            most_characters: In one question, if it has the texts of more than one caller.
        """
        self._ask = ask
        self._most_characters = most_characters
        self._waiting: list[_Waiting] = []
        self._work: asyncio.Task[None] | None = None

    async def ask(self, texts: Sequence[str]) -> Sequence[Any]:
        """Return what was found in each text; errors are those of the question it was in."""
        waiting = _Waiting(texts, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._go())
        return await waiting.answer

    async def _go(self) -> None:
        while batch := self._next():
            texts = [text for each in batch for text in each.texts]
            try:
                found = await self._ask(texts)
            except Exception as error:  # noqa: BLE001 - handed on to those who wait
                for each in batch:
                    if not each.answer.done():
                        each.answer.set_exception(error)
                continue
            at = 0
            for each in batch:
                if not each.answer.done():  # Its caller may have gone.
                    each.answer.set_result(found[at : at + len(each.texts)])
                at += len(each.texts)

    def _next(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        characters = 0
        while self._waiting:
            characters += sum(map(len, self._waiting[0].texts))
            if batch and characters > self._most_characters:
                break
            each = self._waiting.pop(0)
            if not each.answer.done():
                batch.append(each)
        return batch
