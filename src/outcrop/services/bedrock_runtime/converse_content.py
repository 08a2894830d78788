"""Content blocks of Converse as the parts of a chat model's messages.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
"""

import json
from collections.abc import Iterable
from typing import Any, cast

from outcrop.aws.errors import ServiceError
from outcrop.engines.chat.interface import Image, Part, Text, ToolResult, ToolUse
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.attachments import Attachments, told


async def parts_of(message: shapes.Message, attachments: Attachments) -> list[Part]:
    """Return what a message says.

    Raises:
        ServiceError: A block is of a kind that no model here reads.
    """
    parts: list[Part] = []
    for block in message["content"]:
        parts += await _block(block, message["role"], attachments)
    return parts


async def _block(block: shapes.ContentBlock, role: str, attachments: Attachments) -> list[Part]:
    parts: list[Part] = []
    match block:
        case {"text": text}:
            parts = [Text(text)]
        case {"toolUse": use}:
            parts = [ToolUse(use["toolUseId"], use["name"], use["input"])]
        case {"toolResult": result}:
            parts = [await _tool_result(result, attachments)]
        case {"image": image} if role == "user":
            parts = [await _image(image, attachments)]
        case {"document": document} if role == "user":
            parts = [await _document(document, attachments)]
        case {"searchResult": found}:
            parts = [_search_result(found)]
        case {"citationsContent": cited}:
            parts = [Text("".join(item.get("text", "") for item in cited.get("content", [])))]
        case {"guardContent": {"text": {"text": text}}}:
            parts = [Text(text)]
        case {"cachePoint": _} | {"reasoningContent": _}:
            # Every prompt's prefix is cached; and what another model thought is not repeated.
            pass
        case _:
            raise _unsupported(block, role)
    return parts


def system_texts(blocks: Iterable[shapes.SystemContentBlock]) -> list[Part]:
    """Return the words of a system prompt, block by block.

    Raises:
        ServiceError: A block holds no words.
    """
    words: list[Part] = []
    for block in blocks:
        match block:
            case {"text": text} | {"guardContent": {"text": {"text": text}}}:
                words.append(Text(text))
            case {"cachePoint": _}:
                pass
            case _:
                raise _unsupported(block, "system")
    return words


async def _tool_result(result: shapes.ToolResultBlock, attachments: Attachments) -> ToolResult:
    words: list[str] = []
    images: list[Image] = []
    for item in result["content"]:
        if "image" in item:
            images.append(await _image(item["image"], attachments))
        else:
            words.append(await _result_text(item, attachments))
    is_error = result.get("status") == "error"
    return ToolResult(result["toolUseId"], "\n".join(words), is_error, images)


async def _result_text(item: shapes.ToolResultContentBlock, attachments: Attachments) -> str:
    match item:
        case {"text": text}:
            return text
        case {"json": value}:
            return json.dumps(value, ensure_ascii=False)
        case {"document": document}:
            return (await _document(document, attachments)).text
        case {"searchResult": found}:
            return _search_result(found).text
        case _:
            raise _unsupported(item, "user")


async def _image(image: shapes.ImageBlock, attachments: Attachments) -> Image:
    match image["source"]:
        case {"bytes": content}:
            pass
        case {"s3Location": location}:
            content = await attachments.fetch(location["uri"])
        case _:
            raise shapes.ValidationException("source: one of bytes and s3Location is needed.")
    return Image(content, f"image/{image['format']}")


async def _document(document: shapes.DocumentBlock, attachments: Attachments) -> Text:
    name, kind = document["name"], document.get("format", "txt")
    match document["source"]:
        case {"bytes": content}:
            text = await attachments.document(content, kind, name)
        case {"s3Location": location}:
            content = await attachments.fetch(location["uri"])
            text = await attachments.document(content, kind, name)
        case {"text": words}:
            text = told(words, name)
        case {"content": blocks}:
            text = told("\n".join(block.get("text", "") for block in blocks), name)
        case _:
            raise shapes.ValidationException(
                "source: one of bytes, s3Location, text and content is needed."
            )
    context = document.get("context", "")
    return Text(f"{context}\n{text.text}") if context else text


def _search_result(found: shapes.SearchResultBlock) -> Text:
    words = "\n".join(block["text"] for block in found["content"])
    return told(f"{found['source']}\n{words}", found["title"])


def _unsupported(block: Any, role: str) -> ServiceError:
    kind = next(iter(cast("dict[str, Any]", block)), "empty")
    return shapes.ValidationException(
        f"This model doesn't support the {kind} field for {role} messages. "
        f"Remove {kind} and try again."
    )
