"""Chat with Anthropic's Messages API.

Source: https://docs.anthropic.com/en/api/messages
"""

import base64
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from outcrop.engines.chat.interface import (
    Delta,
    Finished,
    GenerationFailedError,
    Image,
    InvalidPromptError,
    Message,
    OverloadedError,
    Part,
    Prompt,
    Sampling,
    StopReason,
    Text,
    TextDelta,
    Tool,
    ToolChoice,
    ToolInputDelta,
    ToolUse,
    ToolUseStarted,
    UnsupportedInputError,
    Usage,
)
from outcrop.engines.chat.settings import AnthropicSettings
from outcrop.engines.chat.tool_inputs import with_inputs
from outcrop.engines.chat.upstream import Upstream

_VERSION = "2023-06-01"
"""Source: https://docs.anthropic.com/en/api/versioning"""
_STOP_REASONS: dict[str, StopReason] = {
    "end_turn": "end",
    "pause_turn": "end",
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "max_tokens",
    "stop_sequence": "stop_sequence",
    "tool_use": "tool_use",
    "refusal": "content_filter",
}
_UNKNOWN_SAMPLING = (
    "seed",
    "presence_penalty",
    "frequency_penalty",
    "repetition_penalty",
    "logit_bias",
)
_ANSWER_TOOL = "answer"
"""A tool whose input is an answer that must satisfy a schema."""


class AnthropicChatModel:
    """One model of the API."""

    sees_images = True

    def __init__(self, settings: AnthropicSettings) -> None:
        """Prepare to connect; nothing is sent yet."""
        self._settings = settings
        self._upstream = Upstream(
            settings.url,
            headers={"x-api-key": settings.api_key, "anthropic-version": _VERSION},
            connect_timeout_seconds=settings.connect_timeout_seconds,
            read_timeout_seconds=settings.read_timeout_seconds,
        )

    @property
    def name(self) -> str:
        """See `ChatModel.name`."""
        return self._settings.model

    async def close(self) -> None:
        """Close the connections."""
        await self._upstream.close()

    def generate(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """See `ChatModel.generate`."""
        return with_inputs(self._deltas(prompt))

    async def _deltas(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        _check(prompt)
        answer = _Answer(is_json=prompt.json_schema is not None)
        body = self._said(prompt) | self._sampling(prompt.sampling) | {"stream": True}
        async with contextlib.aclosing(self._upstream.events("/v1/messages", body)) as events:
            async for event in events:
                for delta in answer.deltas(event):
                    yield delta
        yield answer.finished()

    async def count_tokens(self, prompt: Prompt) -> int:
        """See `ChatModel.count_tokens`."""
        _check(prompt)
        answer = await self._upstream.ask("/v1/messages/count_tokens", self._said(prompt))
        return answer["input_tokens"]

    def _said(self, prompt: Prompt) -> dict[str, Any]:
        system = [m for m in prompt.messages if m.role == "system"]
        said: dict[str, Any] = {
            "model": self._settings.model,
            "messages": [_message(m) for m in prompt.messages if m.role != "system"],
        }
        if system:
            said["system"] = [_part(part) for message in system for part in message.parts]
        if prompt.json_schema is not None:
            schema = dict(prompt.json_schema) or {"type": "object"}
            answer = Tool(_ANSWER_TOOL, "Give the answer.", schema)
            return said | _tools([answer], ToolChoice("tool", _ANSWER_TOOL))
        return said | (_tools(prompt.tools, prompt.tool_choice) if prompt.tools else {})

    def _sampling(self, sampling: Sampling) -> dict[str, Any]:
        chosen: dict[str, Any] = {
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "top_k": sampling.top_k,
            "stop_sequences": list(sampling.stop_sequences) or None,
        }
        return {name: value for name, value in chosen.items() if value is not None} | {
            "max_tokens": sampling.max_tokens or self._settings.max_tokens
        }


class _Answer:
    """Puts the events of one answer together."""

    def __init__(self, *, is_json: bool) -> None:
        self._is_json = is_json
        self._input_tokens = 0
        self._cached_tokens = 0
        self._finished: Finished | None = None

    def deltas(self, event: Mapping[str, Any]) -> list[Delta]:
        match event["type"]:
            case "message_start":
                self._count_input(event["message"]["usage"])
            case "content_block_start":
                return self._started(event["content_block"])
            case "content_block_delta":
                return self._continued(event["delta"])
            case "message_delta":
                self._end(event)
            case "error":
                raise _failure(event["error"])
            case _:
                pass  # Pings, ends of blocks, and what the API may add one day.
        return []

    def finished(self) -> Finished:
        if self._finished is None:
            raise GenerationFailedError("The server broke off in the middle of an answer.")
        return self._finished

    def _started(self, block: Mapping[str, Any]) -> list[Delta]:
        if block["type"] == "tool_use" and not self._is_json:
            return [ToolUseStarted(block["id"], block["name"])]
        return [TextDelta(block["text"])] if block.get("text") else []

    def _continued(self, delta: Mapping[str, Any]) -> list[Delta]:
        match delta:
            case {"type": "text_delta", "text": text} if not self._is_json:
                return [TextDelta(text)]
            case {"type": "input_json_delta", "partial_json": json} if json:
                return [TextDelta(json) if self._is_json else ToolInputDelta(json)]
            case _:
                return []

    def _count_input(self, usage: Mapping[str, Any]) -> None:
        self._cached_tokens = usage.get("cache_read_input_tokens") or 0
        written = usage.get("cache_creation_input_tokens") or 0
        self._input_tokens = usage["input_tokens"] + self._cached_tokens + written

    def _end(self, event: Mapping[str, Any]) -> None:
        reason = _STOP_REASONS.get(event["delta"]["stop_reason"], "end")
        self._finished = Finished(
            reason="end" if self._is_json and reason == "tool_use" else reason,
            usage=Usage(
                input_tokens=self._input_tokens,
                output_tokens=event["usage"]["output_tokens"],
                cached_input_tokens=self._cached_tokens,
            ),
            stop_sequence=event["delta"].get("stop_sequence"),
        )


def _check(prompt: Prompt) -> None:
    unknown = [name for name in _UNKNOWN_SAMPLING if getattr(prompt.sampling, name)]
    if unknown:
        raise UnsupportedInputError(f"Anthropic's API has no {', '.join(unknown)}.")
    if prompt.json_schema is not None and prompt.tools:
        raise InvalidPromptError("Tools and a JSON schema cannot be asked for together.")


def _message(message: Message) -> dict[str, Any]:
    return {"role": message.role, "content": [_part(part) for part in message.parts]}


def _part(part: Part) -> dict[str, Any]:
    match part:
        case Text():
            return {"type": "text", "text": part.text}
        case Image():
            data = base64.b64encode(part.content).decode()
            source = {"type": "base64", "media_type": part.media_type, "data": data}
            return {"type": "image", "source": source}
        case ToolUse():
            return {"type": "tool_use", "id": part.id, "name": part.name, "input": dict(part.input)}
        case _:
            said = [Text(part.content)] if part.content else []
            shown = [_part(piece) for piece in (*said, *part.images)]
            content = shown if part.images else part.content
            result = {"tool_use_id": part.tool_use_id, "content": content}
            return {"type": "tool_result", "is_error": part.is_error, **result}


def _tools(tools: Sequence[Tool], choice: ToolChoice) -> dict[str, Any]:
    described = [
        {"name": t.name, "description": t.description, "input_schema": dict(t.input_schema)}
        for t in tools
    ]
    named = {"name": choice.name} if choice.kind == "tool" else {}
    return {"tools": described, "tool_choice": {"type": choice.kind, **named}}


def _failure(error: Mapping[str, Any]) -> Exception:
    if error["type"] in ("overloaded_error", "rate_limit_error"):
        return OverloadedError(error["message"])
    return GenerationFailedError(error["message"])
