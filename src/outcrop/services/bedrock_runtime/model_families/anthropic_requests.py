"""A request of Anthropic's Messages as the prompt of a chat model.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, cast

from outcrop.engines.chat.interface import (
    Image,
    Message,
    Part,
    Prompt,
    Sampling,
    Text,
    Tool,
    ToolChoice,
    ToolResult,
    ToolUse,
)
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.attachments import Attachments, told
from outcrop.services.bedrock_runtime.model_families.anthropic_rules import (
    check_content,
    check_prompt,
)
from outcrop.services.bedrock_runtime.model_families.fields import Fields

WITHOUT_EFFECT = (
    "anthropic_version",
    "anthropic_beta",
    "metadata",
    "thinking",
    "service_tier",
    "context_management",
)
"""What changes the billing, the beta or the thinking of Claude, and nothing here."""
MARKS = ("cache_control", "citations")
"""Of blocks and tools: every prompt's prefix is cached, and nothing here cites."""


async def read_prompt(body: Fields, attachments: Attachments) -> Prompt:
    """Return what a request's body asks for.

    Raises:
        ServiceError: `ValidationException`, in Anthropic's words.
    """
    body.need("messages")
    body.accept(*WITHOUT_EFFECT)
    messages: list[Message] = []
    if "system" in body:
        messages.append(Message("system", await _parts(body, "system", attachments)))
    said = body.objects("messages")
    for index, message in enumerate(said):
        messages.append(await _message(index, message, attachments, is_last=message is said[-1]))
    marks = sum(_marks(body.raw(name)) for name in ("system", "tools", "messages"))
    prompt = Prompt(
        messages=messages,
        marked_parts=_marked_parts(body),
        tools=[_tool(tool) for tool in body.objects("tools")],
        tool_choice=_tool_choice(body.object("tool_choice")),
        sampling=Sampling(
            max_tokens=body.integer("max_tokens", 1),
            temperature=body.number("temperature", 0, 1),
            top_p=body.number("top_p", 0, 1),
            top_k=body.integer("top_k", 0),
            stop_sequences=tuple(body.texts("stop_sequences")),
        ),
        json_schema=_json_schema(body),
    )
    if prompt.tool_choice.kind in ("any", "tool") and not prompt.tools:
        raise shapes.ValidationException("tool_choice may only be specified while providing tools.")
    check_prompt(prompt, marks=marks)
    return prompt


async def _message(
    index: int, message: Fields, attachments: Attachments, *, is_last: bool
) -> Message:
    message.need("role", "content")
    role = message.text("role")
    # Claude takes system messages from its second turn on; what comes first is in `system`.
    if role not in ("user", "assistant") and (role != "system" or index == 0):
        raise message.refused("role", "Input should be 'user' or 'assistant'")
    parts = await _parts(message, "content", attachments)
    may_be_empty = is_last and role == "assistant"
    check_content(index, message.raw("content"), may_be_empty=may_be_empty)
    return Message(role, parts)


def _marks(value: Any) -> int:
    """Return how many things in messages, blocks or tools are to be cached."""
    if isinstance(value, list):
        return sum(map(_marks, cast("list[Any]", value)))
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return (members.get("cache_control") is not None) + _marks(members.get("content"))
    return 0


def _marked_parts(body: Fields) -> int | None:
    """Return how many parts come before the last mark; tools are read with the system's."""
    said = [body.raw("system"), *(message.raw("content") for message in body.objects("messages"))]
    marked, seen = None, 0
    for index, content in enumerate(said):
        blocks: list[Any] = cast("list[Any]", content) if isinstance(content, list) else [content]
        for block in blocks:
            seen += _is_part(block)
            if _marks([block]):
                marked = seen
        if index == 0 and marked is None and _marks(body.raw("tools")):
            marked = seen
    return marked


def _is_part(block: Any) -> bool:
    """Return whether a block is told: what Claude thought is not, nor is what is not there."""
    kind = cast("dict[str, Any]", block).get("type") if isinstance(block, dict) else ""
    return block is not None and kind not in ("thinking", "redacted_thinking")


async def _parts(owner: Fields, name: str, attachments: Attachments) -> list[Part]:
    content = owner.raw(name)
    if isinstance(content, str):
        return [Text(content)]
    parts: list[Part] = []
    for block in owner.objects(name):
        block.accept(*MARKS)
        parts += await _block(block, attachments)
    return parts


async def _block(block: Fields, attachments: Attachments) -> list[Part]:
    parts: list[Part] = []
    match block.text("type"):
        case "text":
            block.need("text")
            parts = [Text(block.text("text"))]
        case "image":
            parts = [_image(block.object("source"))]
        case "document":
            parts = [await _document(block, attachments)]
        case "search_result":
            parts = [await _search_result(block, attachments)]
        case "tool_use":
            block.need("id", "name")
            parts = [ToolUse(block.text("id"), block.text("name"), block.mapping("input"))]
        case "tool_result":
            parts = [await _tool_result(block, attachments)]
        case "thinking" | "redacted_thinking":
            block.accept("thinking", "signature", "data")
            # What Claude thought in earlier turns says nothing to another model.
        case kind:
            raise block.refused("type", f"The model does not support content of type {kind!r}.")
    return parts


async def _tool_result(block: Fields, attachments: Attachments) -> ToolResult:
    block.need("tool_use_id")
    parts = await _parts(block, "content", attachments)
    return ToolResult(
        block.text("tool_use_id"),
        "\n".join(part.text for part in parts if isinstance(part, Text)),
        block.truth("is_error", default=False),
        [part for part in parts if isinstance(part, Image)],
    )


async def _document(block: Fields, attachments: Attachments) -> Text:
    source = block.object("source")
    title, context = block.text("title"), block.text("context")
    match source.text("type"):
        case "base64":
            source.need("media_type", "data")
            kind = {"application/pdf": "pdf", "text/plain": "txt"}.get(source.text("media_type"))
            if kind is None:
                raise source.refused("media_type", "Input should be 'application/pdf'")
            document = await attachments.document(_bytes(source), kind, title)
        case "text":
            source.accept("media_type")
            document = told(source.text("data"), title)
        case "content":
            parts = await _parts(source, "content", attachments)
            words = "\n".join(part.text for part in parts if isinstance(part, Text))
            document = told(words, title)
        case kind:
            raise source.refused("type", f"Sources of type {kind!r} are not read here.")
    return Text(f"{context}\n{document.text}") if context else document


async def _search_result(block: Fields, attachments: Attachments) -> Text:
    block.need("source", "title", "content")
    parts = await _parts(block, "content", attachments)
    words = "\n".join(part.text for part in parts if isinstance(part, Text))
    return told(f"{block.text('source')}\n{words}", block.text("title"))


def _image(source: Fields) -> Image:
    if source.text("type", "base64") != "base64":
        raise source.refused("type", "Input should be 'base64'")
    source.need("media_type", "data")
    return Image(_bytes(source), source.text("media_type"))


def _bytes(source: Fields) -> bytes:
    try:
        return base64.b64decode(source.text("data"), validate=True)
    except binascii.Error as error:
        raise source.refused("data", "Invalid base64 data") from error


def _tool(tool: Fields) -> Tool:
    tool.accept("type", *MARKS, "strict", "eager_input_streaming", "input_examples")
    if tool.text("type", "custom") != "custom":
        raise tool.refused("type", f"{tool.text('type')!r} is a tool of Claude's own.")
    tool.need("name", "input_schema")
    return Tool(tool.text("name"), tool.text("description"), tool.mapping("input_schema"))


def _tool_choice(choice: Fields) -> ToolChoice:
    choice.accept("disable_parallel_tool_use")
    match choice.text("type", "auto"):
        case "any":
            return ToolChoice("any")
        case "tool":
            choice.need("name")
            return ToolChoice("tool", choice.text("name"))
        case "none":
            return ToolChoice("none")
        case "auto":
            return ToolChoice()
        case kind:
            raise choice.refused(
                "",
                f"Input tag {kind!r} found using 'type' does not match any of the expected "
                "tags: 'auto', 'any', 'tool', 'none'",
            )


def _json_schema(body: Fields) -> Mapping[str, Any] | None:
    """Return the schema of structured outputs, under its present name or its first."""
    config = body.object("output_config")
    config.accept("effort")
    for form in (config.object("format"), body.object("output_format")):
        if form.text("type") == "json_schema":
            form.need("schema")
            return form.mapping("schema")
    return None
