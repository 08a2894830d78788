"""A prompt in the words of the OpenAI chat API, which llama.cpp's templates take as well.

Source: https://platform.openai.com/docs/api-reference/chat/create
"""

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any

from outcrop.engines.chat.interface import Image, Message, Part, Text, Tool, ToolResult, ToolUse


def messages_as_json(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Return the messages; every tool result becomes a message of its own."""
    return [said for message in messages for said in _split(message)]


def tools_as_json(tools: Sequence[Tool]) -> list[dict[str, Any]]:
    """Return the tools as functions."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": dict(tool.input_schema),
            },
        }
        for tool in tools
    ]


def _split(message: Message) -> Iterator[dict[str, Any]]:
    for part in message.parts:
        if isinstance(part, ToolResult):
            content = f"Error: {part.content}" if part.is_error else part.content
            yield {"role": "tool", "tool_call_id": part.tool_use_id, "content": content}
    # What a tool shows comes from the user: messages of tools hold words alone.
    content = _content([shown for part in message.parts for shown in _shown(part)])
    calls = [_call(part) for part in message.parts if isinstance(part, ToolUse)]
    if calls:
        yield {"role": message.role, "content": content, "tool_calls": calls}
    elif content:
        yield {"role": message.role, "content": content}


def _shown(part: Part) -> Sequence[Text | Image]:
    match part:
        case Text() | Image():
            return (part,)
        case ToolResult(images=images):
            return images
        case _:
            return ()


def _content(parts: Sequence[Text | Image]) -> str | list[dict[str, Any]]:
    if all(isinstance(part, Text) for part in parts):
        return "\n".join(part.text for part in parts if isinstance(part, Text))
    return [_piece(part) for part in parts]


def _piece(part: Text | Image) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    url = f"data:{part.media_type};base64,{base64.b64encode(part.content).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}


def _call(part: ToolUse) -> dict[str, Any]:
    arguments = json.dumps(dict(part.input), ensure_ascii=False)
    return {
        "id": part.id,
        "type": "function",
        "function": {"name": part.name, "arguments": arguments},
    }
