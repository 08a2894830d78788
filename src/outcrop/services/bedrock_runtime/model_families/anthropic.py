"""Anthropic Messages, the native form of Claude.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
"""

import base64
import binascii
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing

from outcrop.engines.chat.interface import (
    Finished,
    Image,
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
from outcrop.services.bedrock_runtime.model_families.fields import Fields, malformed
from outcrop.services.bedrock_runtime.model_families.interface import Json
from outcrop.services.bedrock_runtime.tool_inputs import parsed_input

STOP_REASONS: dict[StopReason, str] = {
    "end": "end_turn",
    "max_tokens": "max_tokens",
    "stop_sequence": "stop_sequence",
    "tool_use": "tool_use",
    "content_filter": "refusal",
}


class AnthropicMessages:
    """See `TextFamily`."""

    def read(self, body: Fields) -> Prompt:
        """See `TextFamily.read`."""
        body.need("messages")
        messages: list[Message] = []
        if "system" in body:
            messages.append(Message("system", _parts(body, "system")))
        for message in body.objects("messages"):
            role = message.text("role")
            if role not in ("user", "assistant"):
                raise shapes.ValidationException(
                    f"messages: Unexpected role {role!r}. Allowed roles are 'user' or 'assistant'."
                )
            messages.append(
                Message("assistant" if role == "assistant" else "user", _parts(message, "content"))
            )
        return Prompt(
            messages=messages,
            tools=[_tool(tool) for tool in body.objects("tools")],
            tool_choice=_tool_choice(body.object("tool_choice")),
            sampling=Sampling(
                max_tokens=body.integer("max_tokens", 1),
                temperature=body.number("temperature", 0, 1),
                top_p=body.number("top_p", 0, 1),
                top_k=body.integer("top_k", 0),
                stop_sequences=tuple(body.texts("stop_sequences")),
            ),
        )

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        del prompt
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

    async def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`."""
        del prompt
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


def _parts(owner: Fields, name: str) -> list[Part]:
    content = owner.members.get(name)
    if isinstance(content, str):
        return [Text(content)]
    return [_part(block) for block in owner.objects(name)]


def _part(block: Fields) -> Part:
    match block.text("type"):
        case "text":
            return Text(block.text("text"))
        case "image":
            return _image(block.object("source"))
        case "tool_use":
            block.need("id", "name")
            return ToolUse(block.text("id"), block.text("name"), block.object("input").members)
        case "tool_result":
            block.need("tool_use_id")
            text = "\n".join(
                part.text for part in _parts(block, "content") if isinstance(part, Text)
            )
            is_error = block.truth("is_error", default=False)
            return ToolResult(block.text("tool_use_id"), text, is_error)
        case kind:
            raise shapes.ValidationException(
                f"{block.path[2:].replace('/', '.')}: The model does not support content of type "
                f"{kind!r}."
            )


def _image(source: Fields) -> Image:
    source.need("media_type", "data")
    try:
        content = base64.b64decode(source.text("data"), validate=True)
    except binascii.Error as error:
        raise malformed(f"{source.path}/data: not base64") from error
    return Image(content, source.text("media_type"))


def _tool(tool: Fields) -> Tool:
    tool.need("name")
    return Tool(tool.text("name"), tool.text("description"), tool.object("input_schema").members)


def _tool_choice(choice: Fields) -> ToolChoice:
    match choice.text("type", "auto"):
        case "any":
            return ToolChoice("any")
        case "tool":
            return ToolChoice("tool", choice.text("name"))
        case "none":
            return ToolChoice("none")
        case _:
            return ToolChoice()
