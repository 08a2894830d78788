"""Content, tools and choices as OpenAI's two APIs write them, chat completions and Responses.

Source: OpenAI API reference, "Create chat completion" and "Create a model response".
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, cast

from outcrop.aws.user_json import read_json
from outcrop.engines.chat.interface import Image, Part, Text, Tool, ToolChoice
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.model_families.fields import Fields

_DATA_URL = re.compile(r"data:([a-z0-9.+-]+/[a-z0-9.+-]+);base64,(.*)", re.DOTALL)
_KINDS_OF_MEDIA = {"application/pdf": "pdf", "text/plain": "txt", "text/markdown": "md"}


async def parts_of(owner: Fields, attachments: Attachments) -> list[Part]:
    """Return the parts of the member `content`: one string, or a list of parts."""
    content = owner.raw("content")
    if content is None:
        return []
    if isinstance(content, str):
        return [Text(content)] if content else []
    return [await _part(part, attachments) for part in owner.objects("content")]


async def text_of(owner: Fields, attachments: Attachments) -> str:
    """Return the words of the member `content`."""
    parts = await parts_of(owner, attachments)
    return "".join(part.text for part in parts if isinstance(part, Text))


async def _part(part: Fields, attachments: Attachments) -> Part:
    match part.text("type"):
        case "text" | "input_text" | "output_text":
            part.accept("annotations", "logprobs")
            return Text(part.text("text"))
        case "refusal":
            return Text(part.text("refusal"))
        case "image_url" | "input_image":
            part.accept("detail")
            return _picture(part)
        case "file":
            return await _file(part.object("file"), attachments)
        case "input_file":
            return await _file(part, attachments)
        case kind:
            raise part.refused("type", f"{kind} is not a valid enum value")


def _picture(part: Fields) -> Image:
    """Return a picture; its URL stands in an object, or alone as Mistral and Responses write it."""
    if isinstance(part.raw("image_url"), str):
        return _image(part, "image_url")
    picture = part.object("image_url")
    picture.accept("detail")
    return _image(picture, "url")


def _image(owner: Fields, name: str) -> Image:
    media_type, content = _data(owner, name)
    if not media_type.startswith("image/"):
        raise owner.refused(name, f"{media_type} is no image")
    return Image(content, media_type)


async def _file(file: Fields, attachments: Attachments) -> Text:
    file.need("file_data")
    media_type, content = _data(file, "file_data")
    name = file.text("filename")
    kind = _KINDS_OF_MEDIA.get(media_type) or name.rpartition(".")[2].lower()
    return await attachments.document(content, kind, name)


def _data(owner: Fields, name: str) -> tuple[str, bytes]:
    found = _DATA_URL.fullmatch(owner.text(name))
    if found is None:
        raise owner.refused(name, "expected a data URL in base64")
    try:
        return found[1], base64.b64decode(found[2], validate=True)
    except binascii.Error as error:
        raise owner.refused(name, "expected a data URL in base64") from error


def arguments_of(function: Fields) -> Mapping[str, Any]:
    """Return the arguments of a function's call, which come as JSON text."""
    try:
        arguments: Any = read_json(function.text("arguments") or "{}")
    except ValueError as error:
        raise function.refused("arguments", "not JSON") from error
    if not isinstance(arguments, dict):
        raise function.refused("arguments", "not a JSON object")
    return cast("Mapping[str, Any]", arguments)


def tool_of(function: Fields) -> Tool:
    """Return a function as a tool."""
    function.need("name")
    function.accept("strict")
    return Tool(
        function.text("name"),
        function.text("description"),
        function.mapping("parameters") or {"type": "object", "properties": {}},
    )


def tool_choice_of(choice: Any) -> ToolChoice:
    """Return which tool must be called; `any` is what Mistral calls `required`."""
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
