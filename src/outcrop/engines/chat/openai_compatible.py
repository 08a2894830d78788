"""Chat with a server that speaks OpenAI's API: vLLM, SGLang, Ollama, LM Studio, llama.cpp.

Source: https://platform.openai.com/docs/api-reference/chat/create
"""

import contextlib
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from outcrop.engines.chat.interface import (
    ContextOverflowError,
    Delta,
    Finished,
    GenerationFailedError,
    Prompt,
    StopReason,
    TextDelta,
    ToolChoice,
    ToolInputDelta,
    ToolUseStarted,
    UnsupportedInputError,
    Usage,
)
from outcrop.engines.chat.openai_messages import messages_as_json, tools_as_json
from outcrop.engines.chat.settings import OpenAICompatibleSettings
from outcrop.engines.chat.tool_inputs import with_inputs
from outcrop.engines.chat.upstream import Upstream, json_object, message_of, rejected

_STOP_REASONS: dict[str, StopReason] = {
    "stop": "end",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "content_filter",
}


class OpenAICompatibleChatModel:
    """One model of such a server."""

    def __init__(self, settings: OpenAICompatibleSettings) -> None:
        """Prepare to connect; nothing is sent yet."""
        self._settings = settings
        key = settings.api_key
        self._upstream = Upstream(
            settings.url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            connect_timeout_seconds=settings.connect_timeout_seconds,
            read_timeout_seconds=settings.read_timeout_seconds,
        )

    @property
    def name(self) -> str:
        """See `ChatModel.name`."""
        return self._settings.model

    @property
    def sees_images(self) -> bool:
        """See `ChatModel.sees_images`."""
        return self._settings.sees_images

    async def close(self) -> None:
        """Close the connections."""
        await self._upstream.close()

    def generate(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """See `ChatModel.generate`."""
        return with_inputs(self._deltas(prompt))

    async def _deltas(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        answer = _Answer()
        body = self._request(prompt) | {"stream": True, "stream_options": {"include_usage": True}}
        async with contextlib.aclosing(self._upstream.events(_path(prompt), body)) as events:
            async for event in events:
                for delta in answer.deltas(event):
                    yield delta
        yield answer.finished()

    async def count_tokens(self, prompt: Prompt) -> int:
        """See `ChatModel.count_tokens`.

        The API cannot count, so the server is asked for a single token and tells the cost.
        """
        answer = await self._upstream.ask(_path(prompt), self._request(prompt) | {"max_tokens": 1})
        return answer["usage"]["prompt_tokens"]

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        if not self.sees_images and prompt.has_images:
            raise UnsupportedInputError(f"{self.name} is not set up to see images.")
        sampling = prompt.sampling
        chosen: dict[str, Any] = {
            "max_tokens": sampling.max_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            # Not OpenAI's, but of all servers that this is for.
            "top_k": sampling.top_k,
            "repetition_penalty": sampling.repetition_penalty,
            "seed": sampling.seed,
            "presence_penalty": sampling.presence_penalty,
            "frequency_penalty": sampling.frequency_penalty,
            "stop": list(sampling.stop_sequences) or None,
            "logit_bias": {str(t): bias for t, bias in sampling.logit_bias.items()} or None,
            "tools": tools_as_json(prompt.tools) or None,
            "tool_choice": _tool_choice(prompt.tool_choice) if prompt.tools else None,
            "response_format": _response_format(prompt.json_schema),
        }
        said: dict[str, Any] = (
            {"prompt": prompt.words}
            if prompt.is_raw
            else {"messages": messages_as_json(prompt.messages)}
        )
        return {name: value for name, value in chosen.items() if value is not None} | {
            "model": self._settings.model,
            **said,
        }


def _path(prompt: Prompt) -> str:
    return "/completions" if prompt.is_raw else "/chat/completions"


class _Answer:
    """Puts the events of one answer together."""

    def __init__(self) -> None:
        self._reason: StopReason | None = None
        self._stop_sequence: str | None = None
        self._usage = Usage(input_tokens=0, output_tokens=0)
        self._tool_index = -1

    def deltas(self, event: Mapping[str, Any]) -> list[Delta]:
        if "error" in event:
            raise _failure(event["error"])
        if event.get("usage"):
            self._usage = _usage(event["usage"])
        return [delta for choice in event["choices"][:1] for delta in self._choice(choice)]

    def finished(self) -> Finished:
        if self._reason is None:
            raise GenerationFailedError("The server broke off in the middle of an answer.")
        return Finished(reason=self._reason, usage=self._usage, stop_sequence=self._stop_sequence)

    def _choice(self, choice: Mapping[str, Any]) -> list[Delta]:
        delta = json_object(choice.get("delta"))
        # Where no turns are, words come without a delta around them.
        words = delta.get("content") or choice.get("text")
        deltas: list[Delta] = [TextDelta(words)] if words else []
        for call in delta.get("tool_calls") or ():
            deltas += self._call(call)
        if reason := choice.get("finish_reason"):
            self._end(reason, choice.get("stop_reason"))
        return deltas

    def _call(self, call: Mapping[str, Any]) -> list[Delta]:
        function = json_object(call.get("function"))
        deltas: list[Delta] = []
        if call.get("index", 0) != self._tool_index:
            self._tool_index = call.get("index", 0)
            deltas.append(ToolUseStarted(call["id"], function["name"]))
        if function.get("arguments"):
            deltas.append(ToolInputDelta(function["arguments"]))
        return deltas

    def _end(self, reason: str, stopped_by: Any) -> None:
        self._reason = _STOP_REASONS.get(reason, "end")
        # vLLM and SGLang name the sequence (or the number of the token) that was met.
        if self._reason == "end" and isinstance(stopped_by, str):
            self._reason, self._stop_sequence = "stop_sequence", stopped_by
        # Ollama ends with `stop` behind a tool call.
        if self._reason == "end" and self._tool_index >= 0:
            self._reason = "tool_use"


def _usage(usage: Mapping[str, Any]) -> Usage:
    details = json_object(usage.get("prompt_tokens_details"))
    return Usage(
        input_tokens=usage["prompt_tokens"],
        output_tokens=usage.get("completion_tokens", 0),
        cached_input_tokens=details.get("cached_tokens") or 0,
    )


def _failure(error: Any) -> Exception:
    message = message_of(error)
    found = rejected(message)
    return found if isinstance(found, ContextOverflowError) else GenerationFailedError(message)


def _tool_choice(choice: ToolChoice) -> Any:
    if choice.kind == "tool":
        return {"type": "function", "function": {"name": choice.name}}
    return {"auto": "auto", "any": "required", "none": "none"}[choice.kind]


def _response_format(schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if schema is None:
        return None
    if not schema:
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(schema)}}
