"""Requests that wait for a busy process go to it together: it is faster with many texts at once."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar

Ask: TypeAlias = Callable[[list[str]], Awaitable[Sequence[Any]]]
"""Returns what was found in each text."""
PATIENCE, LONGEST_PATIENCE_SECONDS = 0.2, 0.01
"""How long those who were answered are waited for: as a part of what they have waited, and at most.
"""
WORTH_PARTING = 0.15
"""From which part of the time that a caller's texts take callers go in two groups: what a caller
takes to ask again. With half of the texts at once, each takes about so much longer.
"""
MOST_CHARACTERS = 200_000
"""In one question, if it has the texts of more than one caller: more would keep the memory of many
texts at once."""

Kind = TypeVar("Kind", bound=Hashable)


@dataclass(frozen=True, slots=True)
class _Waiting:
    texts: Sequence[str]
    answer: asyncio.Future[Sequence[Any]]


class Together:
    """Gathers the texts of many callers; belongs to one event loop.

    Whoever was answered often asks again at once. Without a moment's patience the first of them
    would go alone and the others behind it, time and again: small groups take longer than one.

    While all wait for one another, though, nothing is asked. If it takes them long, they go in two
    groups: one takes its answers and asks again while the other's texts are read.
    """

    def __init__(self, ask: Ask, *, most_characters: int = MOST_CHARACTERS) -> None:
        """Prepare to ask.

        Args:
            ask: What is asked, once at a time.
            most_characters: See `MOST_CHARACTERS`.
        """
        self._ask = ask
        self._most_characters = most_characters
        self._waiting: deque[_Waiting] = deque()
        self._work: asyncio.Task[None] | None = None
        self._answered = self._not_back = 0
        """How many callers were answered last, and how many of them did not ask again yet."""
        self._answered_at = 0.0
        self._back_after_seconds = 0.0
        """What one of them took to ask again."""
        self._expected = 0
        self._are_here: asyncio.Future[None] | None = None
        """Done when as many wait as are expected."""

    async def ask(self, texts: Sequence[str]) -> Sequence[Any]:
        """Return what was found in each text; errors are those of asking for these texts alone."""
        waiting = _Waiting(texts, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._note_return()
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._go())
        elif self._are_here is not None and len(self._waiting) >= self._expected:
            _finish(self._are_here)
        return await waiting.answer

    async def _go(self) -> None:
        most_callers: int | None = None
        while group := self._next(most_callers):
            began = time.monotonic()
            await self._answer(group)
            self._answered_at = time.monotonic()
            self._answered = self._not_back = len(group)
            callers, seconds = len(group) + len(self._waiting), self._answered_at - began
            most_callers = None
            if self._back_after_seconds > WORTH_PARTING * seconds / len(group):
                callers = most_callers = -(-callers // 2)
            await self._expect(callers, seconds)

    def _note_return(self) -> None:
        """Take who asks for one of those who were answered last."""
        if self._not_back:
            self._not_back -= 1
            if not self._not_back:
                seconds = time.monotonic() - self._answered_at
                self._back_after_seconds = seconds / self._answered

    async def _answer(self, group: Sequence[_Waiting]) -> None:
        """Answer callers together; if that fails, each alone: only one's texts may be to blame."""
        try:
            found = await self._ask([text for each in group for text in each.texts])
        except Exception as error:  # noqa: BLE001 - handed on to who waits
            if len(group) == 1:
                _fail(group[0].answer, error)
            else:
                for each in group:
                    await self._answer([each])
            return
        at = 0
        for each in group:
            if not each.answer.done():  # Its caller may have gone.
                each.answer.set_result(found[at : at + len(each.texts)])
            at += len(each.texts)

    async def _expect(self, callers: int, answered_in_seconds: float) -> None:
        """Wait until so many callers wait, but not for long."""
        if callers == 1 or callers <= len(self._waiting):
            return
        loop = asyncio.get_running_loop()
        patience = min(PATIENCE * answered_in_seconds, LONGEST_PATIENCE_SECONDS)
        self._expected, self._are_here = callers, loop.create_future()
        timer = loop.call_later(patience, _finish, self._are_here)
        try:
            await self._are_here
        finally:
            timer.cancel()
            self._are_here = None

    def _next(self, most_callers: int | None) -> list[_Waiting]:
        group: list[_Waiting] = []
        characters = 0
        while self._waiting and len(group) != most_callers:
            characters += sum(map(len, self._waiting[0].texts))
            if group and characters > self._most_characters:
                break
            each = self._waiting.popleft()
            if not each.answer.done():
                group.append(each)
        return group


def _fail(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():  # Its caller may have gone.
        future.set_exception(error)


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class TogetherByKind(Generic[Kind]):
    """Gathers the texts of callers who ask the same of them; belongs to one event loop."""

    def __init__(
        self,
        ask: Callable[[Kind, list[str]], Awaitable[Sequence[Any]]],
        *,
        most_characters: int = MOST_CHARACTERS,
    ) -> None:
        """Prepare to ask; see `Together`."""
        self._ask = ask
        self._most_characters = most_characters
        self._kinds: dict[Kind, Together] = {}

    async def ask(self, kind: Kind, texts: Sequence[str]) -> Sequence[Any]:
        """See `Together.ask`."""
        if kind not in self._kinds:
            ask = partial(self._ask, kind)
            self._kinds[kind] = Together(ask, most_characters=self._most_characters)
        return await self._kinds[kind].ask(texts)
