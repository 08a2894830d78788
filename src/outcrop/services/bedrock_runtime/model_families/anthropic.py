"""Anthropic Messages, the native form of Claude.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
"""

import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing

from outcrop.engines.chat.interface import (
    Finished,
    Prompt,
    StopReason,
    TextDelta,
    ToolInputDelta,
    ToolUseStarted,
    Usage,
)
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.generation import Generation, Reply
from outcrop.services.bedrock_runtime.model_families.anthropic_requests import read_prompt
from outcrop.services.bedrock_runtime.model_families.cache_marks import cache_figures, fresh_tokens
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json, TextFamily
from outcrop.services.bedrock_runtime.model_families.wording import ANTHROPIC
from outcrop.services.bedrock_runtime.tool_inputs import parsed_input

STOP_REASONS: dict[StopReason, str] = {
    "end": "end_turn",
    "max_tokens": "max_tokens",
    "stop_sequence": "stop_sequence",
    "tool_use": "tool_use",
    "content_filter": "refusal",
}


class AnthropicMessages(TextFamily):
    """See `TextFamily`."""

    wording = ANTHROPIC
    strictly_needs = ("anthropic_version", "max_tokens")

    async def read(self, body: Fields, attachments: Attachments) -> Prompt:
        """See `TextFamily.read`."""
        return await read_prompt(body, attachments)

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        content: list[Json] = [
            {"type": "text", "text": part}
            if isinstance(part, str)
            else {
                "type": "tool_use",
                "id": part.id,
                "name": part.name,
                "input": parsed_input(part.json, finished),
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
            "usage": _usage(prompt, finished.usage),
        }

    async def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`."""
        input_tokens = await generation.input_tokens()
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
                "usage": {"input_tokens": input_tokens, "output_tokens": 0},
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
                        for event in (*blocks.close(), *_end(prompt, delta)):
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


def _usage(prompt: Prompt, spent: Usage) -> Json:
    figures = cache_figures(
        prompt, spent, read="cache_read_input_tokens", written="cache_creation_input_tokens"
    )
    return {
        "input_tokens": fresh_tokens(prompt, spent),
        **figures,
        "output_tokens": spent.output_tokens,
    }


def _end(prompt: Prompt, finished: Finished) -> list[Json]:
    return [
        {
            "type": "message_delta",
            "delta": {
                "stop_reason": STOP_REASONS[finished.reason],
                "stop_sequence": finished.stop_sequence,
            },
            "usage": _usage(prompt, finished.usage),
        },
        {"type": "message_stop"},
    ]


def _message_id() -> str:
    return f"msg_bdrk_{secrets.token_hex(12)}"
