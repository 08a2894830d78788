"""A request of OpenAI's chat completions, or completions, as the prompt of a chat model.

Source: OpenAI API reference, "Create chat completion", "Create completion"
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, cast

from outcrop.aws.user_json import read_json
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
from outcrop.services.sagemaker.generating.fields import Fields

ROLES: Mapping[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "user",
}
NOT_OFFERED = ("logprobs", "top_logprobs", "best_of", "suffix", "echo", "logit_bias")


def prompt_of(asked: Fields, *, is_chat: bool) -> Prompt:
    """Return what a request asks for.

    Raises:
        RefusalError: A member is wrong, or asks for what no engine here does.
    """
    asked.refuse_if_set(NOT_OFFERED)
    if asked.integer("n") not in (None, 1):
        raise asked.refuse("`n` must be 1: only one choice is given here")
    if not is_chat:
        messages = [Message("user", [Text(asked.text("prompt"))])]
        return Prompt(messages=messages, is_raw=True, sampling=_sampling(asked))
    return Prompt(
        messages=[_message(one) for one in asked.objects("messages")],
        tools=[_tool(one.object("function")) for one in asked.objects("tools")],
        tool_choice=_tool_choice(asked),
        sampling=_sampling(asked),
        json_schema=_schema(asked.object("response_format")),
    )


def _sampling(asked: Fields) -> Sampling:
    most = asked.integer("max_completion_tokens", least=1)
    return Sampling(
        max_tokens=asked.integer("max_tokens", least=1) if most is None else most,
        temperature=asked.number("temperature", lambda it: it >= 0, "non-negative"),
        top_p=asked.number("top_p", lambda it: 0 < it <= 1, "> 0.0 and <= 1.0"),
        top_k=asked.integer("top_k"),
        stop_sequences=asked.texts("stop"),
        seed=asked.integer("seed"),
        presence_penalty=asked.number("presence_penalty"),
        frequency_penalty=asked.number("frequency_penalty"),
        repetition_penalty=asked.number("repetition_penalty"),
    )


def _message(said: Fields) -> Message:
    role = said.text("role")
    if role not in ROLES:
        raise said.refuse(f"`role` must be one of {', '.join(ROLES)}")
    if role == "tool":
        result = "".join(part.text for part in _parts(said) if isinstance(part, Text))
        return Message("user", [ToolResult(said.text("tool_call_id"), result)])
    return Message(ROLES[role], [*_parts(said), *map(_call, said.objects("tool_calls"))])


def _parts(said: Fields) -> list[Part]:
    content = said.values.get("content")
    if content is None:
        return []
    if isinstance(content, str):
        return [Text(content)]
    return [_part(one) for one in said.objects("content")]


def _part(piece: Fields) -> Part:
    match piece.text("type"):
        case "text":
            return Text(piece.text("text"))
        case "image_url":
            return _image(piece.object("image_url"))
        case other:
            raise piece.refuse(f"content of the type {other!r} is not offered by this server")


def _image(piece: Fields) -> Image:
    head, comma, data = piece.text("url").partition(",")
    if not comma or not head.startswith("data:") or not head.endswith(";base64"):
        raise piece.refuse("`url` must be a data URL in Base64 here")
    try:
        content = base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise piece.refuse("`url` holds no Base64") from error
    return Image(content, head.removeprefix("data:").removesuffix(";base64"))


def _call(call: Fields) -> ToolUse:
    function = call.object("function")
    given = function.values.get("arguments") or "{}"
    try:
        arguments: Any = read_json(given) if isinstance(given, str) else given
    except ValueError as error:
        raise call.refuse("`arguments` must be JSON") from error
    if not isinstance(arguments, dict):
        raise call.refuse("`arguments` must be a JSON object")
    return ToolUse(call.text("id"), function.text("name"), cast("dict[str, Any]", arguments))


def _tool(function: Fields) -> Tool:
    schema = function.object("parameters").values or {"type": "object", "properties": {}}
    return Tool(function.text("name"), function.text("description"), schema)


def _tool_choice(asked: Fields) -> ToolChoice:
    given = asked.values.get("tool_choice")
    if isinstance(given, dict):
        return ToolChoice("tool", asked.object("tool_choice").object("function").text("name"))
    match given:
        case "none":
            return ToolChoice("none")
        case "required":
            return ToolChoice("any")
        case None | "auto":
            return ToolChoice()
        case _:
            raise asked.refuse("`tool_choice` must be auto, none, required or a function")


def _schema(wanted: Fields) -> Mapping[str, Any] | None:
    match wanted.text("type"):
        case "json_object" if not wanted.has("value"):
            return {}
        case "json_schema":
            inner = wanted.object("json_schema")
            return inner.object("schema").values or inner.values
        case "json" | "json_object":  # TGI's own.
            return wanted.object("value").values
        case _:
            return None
