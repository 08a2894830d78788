"""Which chat model answers for which foundation model, within the machine's memory."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Protocol, TypeAlias, runtime_checkable

from outcrop.engines.chat.interface import (
    ChatModel,
    Delta,
    ModelUnavailableError,
    OverloadedError,
    Prompt,
)


class ClosableChatModel(ChatModel, Protocol):
    """A chat model that holds something: a process, connections."""

    async def close(self) -> None:
        """Let go of it."""
        ...


@runtime_checkable
class LocalChatModel(Protocol):
    """A chat model whose weights take memory here, and which can do without for a while."""

    @property
    def memory_bytes(self) -> int:
        """What it holds now; 0 when it is not loaded."""
        ...

    @property
    def expected_memory_bytes(self) -> int:
        """What it will hold once it is loaded."""
        ...

    async def unload(self) -> None:
        """Free the memory; the next request loads it again."""
        ...


Make: TypeAlias = Callable[[], ClosableChatModel]


@dataclass(slots=True)
class _Entry:
    """A model that was made, and whether it is used."""

    name: str
    model: ClosableChatModel
    local: LocalChatModel | None
    users: int = 0
    last_used: int = 0

    @property
    def memory_bytes(self) -> int:
        """What it holds, or will hold once it has loaded for those who wait for it."""
        if self.local is None:
            return 0
        expected = self.local.expected_memory_bytes if self.users else 0
        return max(self.local.memory_bytes, expected)


class ChatRouter:
    """Finds chat models by patterns of model ids, and makes each when it is first asked for."""

    def __init__(
        self,
        *,
        routes: Mapping[str, str],
        models: Mapping[str, Make],
        memory_bytes: int | None = None,
    ) -> None:
        """Prepare to route; no model is made yet.

        Args:
            routes: The name of a model by a pattern of model ids, such as `anthropic.*`; the
                first pattern that fits decides.
            models: What makes each model, by name.
            memory_bytes: What all models that are loaded here may hold together.
        """
        self._routes = routes
        self._makers = models
        self._memory = _Memory(memory_bytes)
        self._entries: dict[str, _Entry] = {}

    def model(self, model_id: str) -> ChatModel:
        """See `Chat.model`."""
        return _Routed(self._entry(self._name_for(model_id)), model_id, self._memory)

    def named(self, name: str, model_id: str) -> ChatModel:
        """Return a model by its own name, for whoever asked for some id.

        Raises:
            ModelUnavailableError: None has that name.
        """
        return _Routed(self._entry(name), model_id, self._memory)

    async def close(self) -> None:
        """Close all models that were made."""
        self._memory.entries.clear()
        while self._entries:
            _, entry = self._entries.popitem()
            await entry.model.close()

    def _name_for(self, model_id: str) -> str:
        for pattern, name in self._routes.items():
            if fnmatchcase(model_id, pattern):
                return name
        raise ModelUnavailableError(
            f"No route answers for {model_id}; there are routes for {', '.join(self._routes)}."
        )

    def _entry(self, name: str) -> _Entry:
        if name not in self._entries:
            if name not in self._makers:
                raise ModelUnavailableError(f"{name!r} is routed to, but no model has that name.")
            model = self._makers[name]()
            local = model if isinstance(model, LocalChatModel) else None
            entry = self._entries[name] = _Entry(name, model, local)
            self._memory.entries.append(entry)
        return self._entries[name]


@dataclass(slots=True)
class _Memory:
    """Decides who must make room for whom."""

    budget_bytes: int | None
    entries: list[_Entry] = field(default_factory=list[_Entry])
    _clock: int = 0
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @contextlib.asynccontextmanager
    async def room_for(self, entry: _Entry) -> AsyncGenerator[None, None]:
        """Keep a model in memory; others that nobody uses are unloaded, the longest idle first.

        Raises:
            ModelUnavailableError: It is larger than the budget.
            OverloadedError: It does not fit beside the models in use.
        """
        self._clock += 1
        entry.last_used = self._clock
        entry.users += 1
        try:
            if self.budget_bytes is not None and entry.local is not None:
                async with self._changing:
                    await self._make_room(entry, self.budget_bytes)
            yield
        finally:
            entry.users -= 1

    async def _make_room(self, entry: _Entry, budget_bytes: int) -> None:
        needed = entry.memory_bytes
        if needed > budget_bytes:
            raise ModelUnavailableError(
                f"{entry.name} needs {_in_gb(needed)}, more than the {_in_gb(budget_bytes)} "
                "that models may hold here."
            )
        others = [other for other in self.entries if other is not entry and other.local]
        for other in sorted(others, key=lambda other: other.last_used):
            if needed + sum(each.memory_bytes for each in others) <= budget_bytes:
                return
            if other.local and not other.users:
                await other.local.unload()
        if needed + sum(each.memory_bytes for each in others) > budget_bytes:
            busy = ", ".join(other.name for other in others if other.memory_bytes)
            raise OverloadedError(
                f"{entry.name} needs {_in_gb(needed)} and does not fit beside {busy}, in use now."
            )


def _in_gb(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f} GB"


@dataclass(frozen=True, slots=True)
class _Routed:
    """A model as one foundation model's stand-in."""

    entry: _Entry
    model_id: str
    memory: _Memory

    @property
    def name(self) -> str:
        """See `ChatModel.name`."""
        return self.entry.model.name

    @property
    def sees_images(self) -> bool:
        """See `ChatModel.sees_images`."""
        return self.entry.model.sees_images

    async def generate(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """See `ChatModel.generate`."""
        prompt = replace(prompt, model_id=self.model_id)
        async with (
            self.memory.room_for(self.entry),
            contextlib.aclosing(self.entry.model.generate(prompt)) as deltas,
        ):
            async for delta in deltas:
                yield delta

    async def count_tokens(self, prompt: Prompt) -> int:
        """See `ChatModel.count_tokens`."""
        async with self.memory.room_for(self.entry):
            return await self.entry.model.count_tokens(replace(prompt, model_id=self.model_id))
