"""Chat on GGUF weights with llama.cpp, in a worker process.

Source: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
"""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from outcrop.engines.chat.interface import (
    ContextOverflowError,
    Delta,
    GenerationFailedError,
    InvalidPromptError,
    ModelUnavailableError,
    Prompt,
    Sampling,
    Tool,
    UnsupportedInputError,
)
from outcrop.engines.chat.llama_cpp_server import LlamaCppServer, Rendered
from outcrop.engines.chat.marked_prefix import shared_beginning, with_other_words
from outcrop.engines.chat.openai_messages import messages_as_json, tools_as_json
from outcrop.engines.chat.places import Places
from outcrop.engines.chat.settings import DEFAULT_SAMPLING, LlamaCppSettings
from outcrop.engines.chat.tool_calls import answer_tool, offered, retold
from outcrop.engines.chat.turn import Turn
from outcrop.engines.chat.unix_http import ServerGoneError, UnixHttp
from outcrop.engines.workers.process import WorkerProcess, WorkerStartError
from outcrop.engines.workers.worker import Worker

_CACHE_BYTES_PER_TOKEN = 28 * 1024
"""Of Qwen2.5-1.5B: 28 layers of 2 key-value heads, 128 wide, keys and values in 16 bits."""
_PROCESS_BYTES = 200 * 1024 * 1024
"""Of a worker without weights and cache, and its buffers."""
_DYING_SECONDS = 1.0
"""Between a broken connection and the end of the process that held it."""


def _ignore(_: Any) -> None:
    pass


class LlamaCppChatModel:
    """One GGUF model; loaded on first use, unloaded when idle. Belongs to one event loop."""

    sees_images = False

    def __init__(
        self,
        settings: LlamaCppSettings,
        *,
        log: Callable[[str], None] = _ignore,
        progress: Callable[[Any], None] = _ignore,
    ) -> None:
        """Prepare to run the model; nothing is loaded yet.

        Args:
            settings: Where the weights are and how to run them.
            log: Called with every line that llama.cpp writes.
            progress: Called when loading begins.
        """
        self._settings = settings
        self._directory = tempfile.TemporaryDirectory(prefix="outcrop-")
        socket = Path(self._directory.name) / "llama.sock"
        self._worker = Worker(
            "outcrop.engines.chat.llama_cpp_worker",
            _config(settings, socket),
            settings=settings.worker,
            log=log,
            progress=progress,
        )
        self._places = Places(
            slots=settings.slots,
            tokens=_cache_tokens(settings),
            queue_length=settings.queue_length,
        )
        self._server = LlamaCppServer(UnixHttp(socket))

    @property
    def name(self) -> str:
        """See `ChatModel.name`."""
        return self._settings.name or self._settings.model.stem

    @property
    def worker(self) -> Worker:
        """The process behind it."""
        return self._worker

    @property
    def places(self) -> Places:
        """The queue in front of it."""
        return self._places

    async def busy_slots(self) -> int:
        """Return how many slots llama.cpp itself has at work."""
        async with self._running():
            return await self._server.busy_slots()

    @property
    def memory_bytes(self) -> int:
        """See `LocalChatModel.memory_bytes`."""
        return self._worker.process.resident_bytes if self._worker.process else 0

    @property
    def expected_memory_bytes(self) -> int:
        """See `LocalChatModel.expected_memory_bytes`."""
        settings = self._settings
        if not settings.model.is_file():
            return 0
        cache = _cache_tokens(settings) * _CACHE_BYTES_PER_TOKEN
        return settings.model.stat().st_size + cache + _PROCESS_BYTES

    async def unload(self) -> None:
        """See `LocalChatModel.unload`."""
        await self._worker.stop()

    async def close(self) -> None:
        """Stop the process and leave nothing behind."""
        await self._worker.stop()
        self._directory.cleanup()

    async def count_tokens(self, prompt: Prompt) -> int:
        """See `ChatModel.count_tokens`."""
        async with self._running():
            return len((await self._rendered(prompt)).tokens)

    async def generate(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """See `ChatModel.generate`."""
        _check(prompt)
        seconds = prompt.sampling.max_seconds
        deadline = None if seconds is None else time.monotonic() + seconds
        async with self._running():
            turn = await self._turn(prompt, deadline)
            async with (
                self._places.take(len(turn.rendered.tokens) + turn.max_tokens, until=deadline),
                contextlib.aclosing(turn.deltas()) as deltas,
            ):
                async for delta in deltas:
                    yield delta

    async def _turn(self, prompt: Prompt, deadline: float | None) -> Turn:
        rendered = await self._rendered(prompt)
        length = len(rendered.tokens)
        context = self._settings.context_tokens
        if length >= context:
            raise ContextOverflowError(prompt_tokens=length, context_tokens=context)
        sampling = _filled(prompt.sampling, self._settings.sampling, DEFAULT_SAMPLING)
        room = context - length
        return Turn(
            server=self._server,
            prompt=prompt,
            rendered=rendered,
            marked_tokens=await self._marked_tokens(prompt, rendered),
            sampling=sampling,
            max_tokens=min(sampling.max_tokens or room, room),
            deadline=deadline,
            guards_calls=self._no_tool(prompt) is not None,
        )

    def _no_tool(self, prompt: Prompt) -> Tool | None:
        is_needed = prompt.tool_choice.kind == "auto" and self._settings.guards_tool_calls
        return answer_tool(prompt.tools) if prompt.tools and is_needed else None

    async def _rendered(self, prompt: Prompt) -> Rendered:
        if prompt.is_raw:
            return await self._server.split(prompt.words)
        no_tool = self._no_tool(prompt)
        tools = [*offered(prompt), *([no_tool] if no_tool else [])]
        messages = prompt.messages if tools else retold(prompt.messages)
        return await self._server.render(messages_as_json(messages), tools_as_json(tools))

    async def _marked_tokens(self, prompt: Prompt, rendered: Rendered) -> int:
        """Return where the caller's last mark lies: how many tokens do not hang on what follows."""
        if prompt.marked_parts is None:
            return 0
        other = with_other_words(prompt, prompt.marked_parts)
        return shared_beginning(rendered.tokens, (await self._rendered(other)).tokens)

    @contextlib.asynccontextmanager
    async def _running(self) -> AsyncGenerator[None, None]:
        if not self._settings.model.is_file():
            raise ModelUnavailableError(f"The weights {self._settings.model} are not there.")
        try:
            async with self._worker.in_use() as (process, _), self._speaking_to(process):
                yield
        except WorkerStartError as error:
            raise ModelUnavailableError(f"{self.name} does not start: {error}") from error

    @contextlib.asynccontextmanager
    async def _speaking_to(self, process: WorkerProcess) -> AsyncGenerator[None, None]:
        try:
            yield
        except ServerGoneError as error:
            reason = str(error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_DYING_SECONDS):
                    reason = await process.died()
            raise GenerationFailedError(f"{self.name} failed: {reason}") from error


def _config(settings: LlamaCppSettings, socket: Path) -> dict[str, Any]:
    return {
        "model": str(settings.model),
        "socket": str(socket),
        "slots": settings.slots,
        "cache_tokens": _cache_tokens(settings),
        "batch_tokens": settings.batch_tokens,
        "gpu_layers": settings.gpu_layers,
        "threads": settings.threads,
        "prompt_cache_mib": settings.prompt_cache_mib,
    }


def _cache_tokens(settings: LlamaCppSettings) -> int:
    return settings.cache_tokens or 2 * settings.context_tokens


def _check(prompt: Prompt) -> None:
    choice = prompt.tool_choice
    if choice.kind in ("any", "tool") and not offered(prompt):
        wanted = repr(choice.name) if choice.kind == "tool" else "any"
        raise InvalidPromptError(
            f"The tool choice asks for {wanted}, which is not among the tools."
        )
    if prompt.has_images:
        raise UnsupportedInputError("This model reads text only; it sees no images.")


def _filled(*samplings: Sampling) -> Sampling:
    """Return a sampling in which the first that says something decides."""
    said = {
        field.name: next((value for value in values if value is not None), None)
        for field in fields(Sampling)
        for values in [[getattr(sampling, field.name) for sampling in samplings]]
    }
    return replace(samplings[0], **said)
