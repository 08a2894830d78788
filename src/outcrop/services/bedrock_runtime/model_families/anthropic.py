"""Anthropic Messages, the native form of Claude.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
"""

import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from outcrop.engines.chat.interface import (
    Finished,
    Message,
    Part,
    Prompt,
    Sampling,
    StopReason,
    Text,
    TextDelta,
    Tool,
    ToolChoice,
    ToolInputDelta,
    ToolResult,
    ToolUse,
    ToolUseStarted,
)
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.generation import Generation, Reply
from outcrop.services.bedrock_runtime.tool_inputs import parsed_input

Json = Mapping[str, Any]

STOP_REASONS: dict[StopReason, str] = {
    "end": "end_turn",
    "max_tokens": "max_tokens",
    "stop_sequence": "stop_sequence",
    "tool_use": "tool_use",
    "content_filter": "refusal",
}


class AnthropicMessages:
    """See `TextFamily`."""

    def read(self, body: Json) -> Prompt:
        """See `TextFamily.read`."""
        messages: list[Message] = []
        if system := body.get("system"):
            messages.append(Message("system", _parts(system)))
        for message in body.get("messages", []):
            role = "assistant" if message.get("role") == "assistant" else "user"
            messages.append(Message(role, _parts(message.get("content", ""))))
        return Prompt(
            messages=messages,
            tools=[
                Tool(tool["name"], tool.get("description", ""), tool.get("input_schema", {}))
                for tool in body.get("tools", [])
            ],
            tool_choice=_tool_choice(body.get("tool_choice", {})),
            sampling=Sampling(
                max_tokens=body.get("max_tokens"),
                temperature=body.get("temperature"),
                top_p=body.get("top_p"),
                top_k=body.get("top_k"),
                stop_sequences=tuple(body.get("stop_sequences", ())),
            ),
        )

    def write(self, model_id: str, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        content: list[Json] = [
            {"type": "text", "text": part}
            if isinstance(part, str)
            else {
                "type": "tool_use",
                "id": part.id,
                "name": part.name,
                "input": parsed_input(part.json),
            }
            for part in reply.parts
        ]
        return {
            "model": model_id,
            "id": _message_id(),
            "type": "message",
            "role": "assistant",
            "content": content,
            "stop_reason": STOP_REASONS[finished.reason],
            "stop_sequence": finished.stop_sequence,
            "usage": {
                "input_tokens": finished.usage.input_tokens,
                "output_tokens": finished.usage.output_tokens,
            },
        }

    async def events(self, model_id: str, generation: Generation) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`."""
        yield {
            "type": "message_start",
            "message": {
                "model": model_id,
                "id": _message_id(),
                "type": "message",
                "role": "assistant",
                "content": [],
                "stop_reason": None,
                "stop_sequence": None,
                "usage": {"input_tokens": 0, "output_tokens": 0},
            },
        }
        blocks = _Blocks()
        async with aclosing(generation.deltas()) as deltas:
            async for delta in deltas:
                match delta:
                    case TextDelta(text):
                        for event in blocks.open_text():
                            yield event
                        yield blocks.delta({"type": "text_delta", "text": text})
                    case ToolUseStarted(id=tool_use_id, name=name):
                        for event in blocks.open(
                            {"type": "tool_use", "id": tool_use_id, "name": name, "input": {}}
                        ):
                            yield event
                    case ToolInputDelta(json):
                        yield blocks.delta({"type": "input_json_delta", "partial_json": json})
                    case Finished():
                        for event in (*blocks.close(), *_end(delta)):
                            yield event


class _Blocks:
    """The content blocks of a streamed message, numbered as they open."""

    def __init__(self) -> None:
        self._index = -1
        self._kind = ""

    def open(self, block: Json) -> list[Json]:
        """Return the events that end the block before and begin this one."""
        ended = self.close()
        self._index += 1
        self._kind = str(block["type"])
        return [
            *ended,
            {"type": "content_block_start", "index": self._index, "content_block": block},
        ]

    def open_text(self) -> list[Json]:
        """Return the events that begin a text block, unless one is open."""
        return [] if self._kind == "text" else self.open({"type": "text", "text": ""})

    def delta(self, delta: Json) -> Json:
        """Return the event that continues the open block."""
        return {"type": "content_block_delta", "index": self._index, "delta": delta}

    def close(self) -> list[Json]:
        """Return the event that ends the open block, if one is open."""
        was_open, self._kind = bool(self._kind), ""
        return [{"type": "content_block_stop", "index": self._index}] if was_open else []


def _end(finished: Finished) -> list[Json]:
    return [
        {
            "type": "message_delta",
            "delta": {
                "stop_reason": STOP_REASONS[finished.reason],
                "stop_sequence": finished.stop_sequence,
            },
            "usage": {
                "input_tokens": finished.usage.input_tokens,
                "output_tokens": finished.usage.output_tokens,
            },
        },
        {"type": "message_stop"},
    ]


def _message_id() -> str:
    return f"msg_bdrk_{secrets.token_hex(12)}"


def _parts(content: str | list[Json]) -> list[Part]:
    if isinstance(content, str):
        return [Text(content)]
    return [_part(block) for block in content]


def _part(block: Json) -> Part:
    match block:
        case {"type": "text", "text": str(text)}:
            return Text(text)
        case {"type": "tool_use", "id": tool_use_id, "name": name, "input": value}:
            return ToolUse(tool_use_id, name, value)
        case {"type": "tool_result", "tool_use_id": tool_use_id}:
            text = "\n".join(
                part.text for part in _parts(block.get("content", "")) if isinstance(part, Text)
            )
            return ToolResult(tool_use_id, text, bool(block.get("is_error")))
        case _:
            raise shapes.ValidationException(
                f"The model does not support content of type {block.get('type')!r}."
            )


def _tool_choice(choice: Json) -> ToolChoice:
    match choice:
        case {"type": "any"}:
            return ToolChoice("any")
        case {"type": "tool", "name": name}:
            return ToolChoice("tool", name)
        case {"type": "none"}:
            return ToolChoice("none")
        case _:
            return ToolChoice()
