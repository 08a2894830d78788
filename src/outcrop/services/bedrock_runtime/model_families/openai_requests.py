"""A request of OpenAI's chat completions as the prompt of a chat model.

Source: OpenAI API reference, "Create chat completion"; on Bedrock the native form of gpt-oss, of
AI21 Jamba and of Mistral's chat models.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from outcrop.engines.chat.interface import (
    Image,
    Message,
    Part,
    Prompt,
    Role,
    Sampling,
    Text,
    Tool,
    ToolChoice,
    ToolResult,
    ToolUse,
)
from outcrop.services.bedrock_runtime.model_families.fields import Fields, malformed

_DATA_URL = re.compile(r"data:(image/[a-z]+);base64,(.*)", re.DOTALL)
_ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "user",
}


def read_prompt(body: Fields) -> Prompt:
    """Return what a request's body asks for.

    Raises:
        ServiceError: `ValidationException`, naming the member that is wrong.
    """
    body.need("messages")
    return Prompt(
        messages=[_message(message) for message in body.objects("messages")],
        tools=[_tool(tool.object("function")) for tool in body.objects("tools")],
        tool_choice=_tool_choice(body.members.get("tool_choice")),
        sampling=Sampling(
            max_tokens=body.integer("max_completion_tokens", 1) or body.integer("max_tokens", 1),
            temperature=body.number("temperature", 0, 2),
            top_p=body.number("top_p", 0, 1),
            top_k=body.integer("top_k", 0),
            stop_sequences=tuple(body.texts("stop")),
            seed=body.integer("seed") or body.integer("random_seed"),
            presence_penalty=body.number("presence_penalty", -2, 2),
            frequency_penalty=body.number("frequency_penalty", -2, 2),
        ),
        json_schema=_json_schema(body.object("response_format")),
    )


def _message(message: Fields) -> Message:
    role = message.text("role", "user")
    if role not in _ROLES:
        raise malformed(f"{message.path}/role: {role} is not a valid enum value")
    if role == "tool":
        content = "".join(part.text for part in _content(message) if isinstance(part, Text))
        return Message("user", [ToolResult(message.text("tool_call_id"), content)])
    return Message(_ROLES[role], [*_content(message), *_tool_uses(message)])


def _content(message: Fields) -> Sequence[Part]:
    content = message.members.get("content")
    if content is None:
        return []
    if isinstance(content, str):
        return [Text(content)] if content else []
    return [_part(part) for part in message.objects("content")]


def _part(part: Fields) -> Part:
    match part.text("type"):
        case "text" | "input_text" | "output_text":
            return Text(part.text("text"))
        case "image_url":
            return _image(part.object("image_url").text("url"), part.path)
        case "input_image":
            return _image(part.text("image_url"), part.path)
        case kind:
            raise malformed(f"{part.path}/type: {kind} is not a valid enum value")


def _image(url: str, path: str) -> Image:
    found = _DATA_URL.fullmatch(url)
    try:
        if found is not None:
            return Image(base64.b64decode(found[2], validate=True), found[1])
    except binascii.Error:
        pass
    raise malformed(f"{path}: images are taken as data URLs in base64")


def _tool_uses(message: Fields) -> Iterator[ToolUse]:
    for call in message.objects("tool_calls"):
        function = call.object("function")
        try:
            arguments = json.loads(function.text("arguments") or "{}")
        except ValueError as error:
            raise malformed(f"{function.path}/arguments: not JSON") from error
        yield ToolUse(call.text("id"), function.text("name"), arguments)


def _tool(function: Fields) -> Tool:
    function.need("name")
    return Tool(
        function.text("name"),
        function.text("description"),
        function.members.get("parameters") or {"type": "object", "properties": {}},
    )


def _tool_choice(choice: Any) -> ToolChoice:
    match choice:
        case "required" | "any":
            return ToolChoice("any")
        case "none":
            return ToolChoice("none")
        case {"function": {"name": str(name)}}:
            return ToolChoice("tool", name)
        case {"type": "function", "name": str(name)}:
            return ToolChoice("tool", name)
        case _:
            return ToolChoice()


def _json_schema(response_format: Fields) -> dict[str, Any] | None:
    match response_format.text("type"):
        case "json_object":
            return {}
        case "json_schema":
            return dict(response_format.object("json_schema").object("schema").members)
        case _:
            return None
