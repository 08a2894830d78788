"""One answer of a llama.cpp model in the making: words, or a tool call."""

import contextlib
import secrets
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from outcrop.engines.chat import tool_calls
from outcrop.engines.chat.interface import (
    Delta,
    Finished,
    Prompt,
    Sampling,
    StopReason,
    TextDelta,
    Tool,
    ToolChoice,
    ToolInputDelta,
    ToolUseStarted,
    Usage,
)
from outcrop.engines.chat.json_schemas import as_object
from outcrop.engines.chat.llama_cpp_server import (
    Completion,
    Ending,
    LlamaCppServer,
    Piece,
    Rendered,
    Tokens,
)
from outcrop.engines.chat.openai_messages import messages_as_json

_STOP_REASONS: dict[str, StopReason] = {
    "eos": "end",
    "word": "stop_sequence",
    "limit": "max_tokens",
}
_LIKELIEST = 20
_CALL_PROBABILITY = 0.4
"""From here on an answer is taken to begin with a call; `benchmarks/accuracy/tools.py` tells."""
_NAME_PROBABILITY = 0.6
"""So likely must the tools be that are offered, among all that a small model would call."""
_NEXT_NAME_PROBABILITY = 0.3
"""The same once there are results: calls that were made already are held back anyway."""


@dataclass(kw_only=True)
class Turn:
    """Makes one answer; use it once."""

    server: LlamaCppServer
    prompt: Prompt
    rendered: Rendered
    """The prompt as the model reads it."""
    marked_tokens: int
    """How many of its tokens come before the caller's last mark of what is to be cached."""
    sampling: Sampling
    """The prompt's, with the model's defaults for what it leaves open."""
    max_tokens: int
    deadline: float | None
    """When words end, by `time.monotonic`."""
    guards_calls: bool
    """Whether the model calls tools when it should not, and needs to be held back."""
    _ending: Ending = field(init=False)
    _output_tokens: int = field(default=0, init=False)
    _cached_tokens: int | None = field(default=None, init=False)

    async def deltas(self) -> AsyncGenerator[Delta, None]:
        """Give the answer as it comes."""
        match self.prompt:
            case Prompt(tools=[_, *_], tool_choice=ToolChoice(kind="any" | "tool")):
                deltas = self._call(self._opener)
            case Prompt(tools=[_, *_], tool_choice=ToolChoice(kind="auto"), json_schema=None):
                deltas = self._words_or_call()
            case _:
                deltas = self._words(self.rendered.tokens)
        async with contextlib.aclosing(deltas):
            async for delta in deltas:
                yield delta

    async def _words(self, prompt: Tokens) -> AsyncGenerator[Delta, None]:
        schema = self.prompt.json_schema
        how: dict[str, Any] = {"stop": self.sampling.stop_sequences}
        if schema is not None:
            how["json_schema"] = await self.server.enforceable(as_object(schema))
        else:
            how["tells_cost"] = self.deadline is not None
        how["tells_tokens"] = self.prompt.tells_tokens
        async with contextlib.aclosing(self._pieces(prompt, self.sampling, **how)) as pieces:
            async for piece in pieces:
                if piece.text:
                    yield TextDelta(piece.text, piece.tokens)
        yield self._finished()

    async def _words_or_call(self) -> AsyncGenerator[Delta, None]:
        likely = await self._next_tokens(self.rendered.tokens)
        calling = sum(p for token, p in likely.items() if tool_calls.begins_call(token))
        if calling >= _CALL_PROBABILITY:
            deltas = self._checked_call(self._opener)
        else:
            deltas = self._words_then_call()
        async for delta in deltas:
            yield delta

    async def _words_then_call(self) -> AsyncGenerator[Delta, None]:
        """Watch for a call in what the model writes freely."""
        watch = tool_calls.CallWatch()
        stop = [*self.sampling.stop_sequences, *tool_calls.CALL_STOPS]
        said = ""
        while True:
            prompt = [*self.rendered.tokens, said] if said else self.rendered.tokens
            async for text in self._completed(
                prompt, self.sampling, stop=stop, tells_cost=self.deadline is not None
            ):
                said += text
                if words := watch.feed(text):
                    yield TextDelta(words)
            stopped_by = self._ending.stop_word
            if stopped_by not in tool_calls.CALL_STOPS:
                break
            if watch.holds_call():
                words = said.removesuffix(watch.release())
                async for delta in self._checked_call(words + self._opener):
                    yield delta
                return
            # The words only look like a call: let them go on.
            said += stopped_by
            yield TextDelta(watch.release() + stopped_by)
        if words := watch.release():
            yield TextDelta(words)
        yield self._finished()

    async def _checked_call(self, opener: str) -> AsyncGenerator[Delta, None]:
        """Make the call that the model has begun, unless it had better answer."""
        if not await self._means_call(opener):
            deltas = self._answer()
        elif tool_calls.has_results(self.prompt.messages):
            deltas = self._new_call(opener)
        else:
            deltas = self._call(opener)
        async for delta in deltas:
            yield delta

    async def _means_call(self, opener: str) -> bool:
        """Whether the call that the model has begun is one of a tool that there is."""
        if not self.guards_calls:
            return True
        likely = await self._next_tokens([*self.rendered.tokens, opener])
        names = [tool.name for tool in tool_calls.offered(self.prompt)]
        meant = (
            probability
            for token, probability in likely.items()
            if token and any(name.startswith(token) for name in names)
        )
        is_next = tool_calls.has_results(self.prompt.messages)
        return sum(meant) >= (_NEXT_NAME_PROBABILITY if is_next else _NAME_PROBABILITY)

    async def _new_call(self, opener: str) -> AsyncGenerator[Delta, None]:
        """Make a call unless it was made already; that shows at its end only."""
        deltas = [delta async for delta in self._call(opener)]
        if tool_calls.is_repeated(deltas, self.prompt.messages):
            async for delta in self._answer():
                yield delta
        else:
            for delta in deltas:
                yield delta

    async def _answer(self) -> AsyncGenerator[Delta, None]:
        """Answer without tools, and with their results told in words."""
        self._output_tokens = 0
        retold = messages_as_json(tool_calls.retold(self.prompt.messages))
        async for delta in self._words((await self.server.render(retold)).tokens):
            yield delta

    async def _call(self, opener: str) -> AsyncGenerator[Delta, None]:
        tool = await self._choose(opener, tool_calls.offered(self.prompt))
        schema = await self.server.enforceable(tool_calls.input_schema(tool))
        yield ToolUseStarted(f"call_{secrets.token_hex(12)}", tool.name)
        begun = f'{opener}{tool.name}", "{self._input_key}": '
        async for text in self._completed(
            [*self.rendered.tokens, begun], self._exact, json_schema=schema
        ):
            yield ToolInputDelta(text)
        finished = self._finished()
        yield finished if finished.reason == "max_tokens" else replace(finished, reason="tool_use")

    async def _choose(self, opener: str, choices: Sequence[Tool]) -> Tool:
        if len(choices) == 1:
            return choices[0]
        chosen = self._completed(
            [*self.rendered.tokens, opener],
            replace(self._exact, temperature=0.0),
            grammar=tool_calls.names_grammar(choices),
        )
        name = "".join([text async for text in chosen]).removesuffix('"')
        return next(tool for tool in choices if tool.name == name)

    @property
    def _opener(self) -> str:
        """How the model is told that calls begin, up to the tool's name."""
        tag = "<tool_call>"
        return (f"{tag}\n" if tag in self.rendered.text else "") + '{"name": "'

    @property
    def _input_key(self) -> str:
        """What the model is told to call the input: Llama 3 says parameters."""
        return "arguments" if '"arguments"' in self.rendered.text else "parameters"

    @property
    def _exact(self) -> Sampling:
        """How names and inputs are sampled: penalties and biases would bend their syntax."""
        temperature = self.prompt.sampling.temperature
        return Sampling(
            temperature=0.0 if temperature is None else temperature,
            top_p=self.sampling.top_p,
            top_k=self.sampling.top_k,
            seed=self.sampling.seed,
        )

    @property
    def _uses_cache(self) -> bool:
        """Whether the next completion may begin with what the cache holds.

        What is cached is continued in batches of other sizes, whose sums round differently. Who
        gives a seed wants the same text again; only the turn's own beginning is the same again.
        """
        return self.sampling.seed is None or self._cached_tokens is not None

    async def _completed(
        self, prompt: Tokens, sampling: Sampling, **how: Any
    ) -> AsyncGenerator[str, None]:
        async with contextlib.aclosing(self._pieces(prompt, sampling, **how)) as pieces:
            async for piece in pieces:
                if piece.text:
                    yield piece.text

    async def _pieces(
        self, prompt: Tokens, sampling: Sampling, **how: Any
    ) -> AsyncGenerator[Piece, None]:
        left = self.max_tokens - self._output_tokens
        completion = Completion(
            prompt=prompt,
            sampling=replace(sampling, max_tokens=max(left, 1)),
            uses_cache=self._uses_cache,
            **how,
        )
        async with contextlib.aclosing(self.server.complete(completion)) as pieces:
            async for piece in pieces:
                yield piece
                if ending := piece.ending or self._cut(piece):
                    self._count(ending)
                    return

    def _cut(self, piece: Piece) -> Ending | None:
        """Return how an answer ends that has taken too long, unless it may go on."""
        is_late = self.deadline is not None and time.monotonic() >= self.deadline
        return piece.so_far if is_late else None

    async def _next_tokens(self, prompt: Tokens) -> dict[str, float]:
        likely = await self.server.next_tokens(prompt, most=_LIKELIEST, uses_cache=self._uses_cache)
        if self._cached_tokens is None:
            self._cached_tokens = likely.cached_tokens
        return likely.tokens

    def _count(self, ending: Ending) -> None:
        self._ending = ending
        self._output_tokens += ending.output_tokens
        if self._cached_tokens is None:
            self._cached_tokens = ending.cached_tokens

    def _finished(self) -> Finished:
        ending = self._ending
        cached = min(self._cached_tokens or 0, len(self.rendered.tokens))
        return Finished(
            reason=_STOP_REASONS[ending.stop_type],
            usage=Usage(
                input_tokens=len(self.rendered.tokens),
                output_tokens=self._output_tokens,
                cached_input_tokens=cached,
                written_input_tokens=max(self.marked_tokens - cached, 0),
            ),
            stop_sequence=ending.stop_word or None,
        )
