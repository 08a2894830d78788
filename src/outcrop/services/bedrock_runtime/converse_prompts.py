"""A Converse request as the prompt of a chat model."""

import json
from collections.abc import Iterable
from typing import Any

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
from outcrop.services.bedrock_runtime.model_families.fields import Fields


def read_prompt(request: shapes.ConverseRequest | shapes.ConverseStreamRequest) -> Prompt:
    """Return what a request asks a model to continue.

    Raises:
        ServiceError: A block is of a kind that no model here reads.
    """
    messages: list[Message] = []
    if system := [block["text"] for block in request.get("system", []) if "text" in block]:
        messages.append(Message("system", [Text("\n\n".join(system))]))
    for message in request.get("messages", []):
        parts = list(_parts(message["content"]))
        role = "assistant" if message["role"] == "assistant" else "user"
        messages.append(Message(role, parts))
    tools = request.get("toolConfig", {})
    return Prompt(
        messages=messages,
        tools=[_tool(tool["toolSpec"]) for tool in tools.get("tools", []) if "toolSpec" in tool],
        tool_choice=_tool_choice(tools.get("toolChoice", {})),
        sampling=_sampling(request),
    )


def has_cache_points(request: shapes.ConverseRequest | shapes.ConverseStreamRequest) -> bool:
    """Return whether a request marks what is to be cached, and so wants the cache's figures."""
    blocks: list[Any] = [
        *request.get("system", []),
        *request.get("toolConfig", {}).get("tools", []),
        *(block for message in request.get("messages", []) for block in message["content"]),
    ]
    return any("cachePoint" in block for block in blocks)


def _parts(content: Iterable[shapes.ContentBlock]) -> Iterable[Part]:
    for block in content:
        match block:
            case {"text": text}:
                yield Text(text)
            case {"toolUse": use}:
                yield ToolUse(use["toolUseId"], use["name"], use["input"])
            case {"toolResult": result}:
                yield ToolResult(
                    result["toolUseId"],
                    "\n".join(_result_text(item) for item in result["content"]),
                    result.get("status") == "error",
                )
            case {"image": {"format": image_format, "source": {"bytes": content_bytes}}}:
                yield Image(content_bytes, f"image/{image_format}")
            case {"cachePoint": _}:
                pass  # Every prompt's prefix is cached.
            case _:
                kind = next(iter(block), "empty")
                raise shapes.ValidationException(
                    f"The model does not support {kind} content blocks."
                )


def _result_text(item: shapes.ToolResultContentBlock) -> str:
    match item:
        case {"text": text}:
            return text
        case {"json": value}:
            return json.dumps(value, ensure_ascii=False)
        case _:
            kind = next(iter(item), "empty")
            raise shapes.ValidationException(f"The model does not support {kind} in tool results.")


def _tool(spec: shapes.ToolSpecification) -> Tool:
    schema: Any = spec["inputSchema"].get("json", {})
    return Tool(spec["name"], spec.get("description", ""), schema)


def _tool_choice(choice: shapes.ToolChoice) -> ToolChoice:
    match choice:
        case {"any": _}:
            return ToolChoice("any")
        case {"tool": {"name": name}}:
            return ToolChoice("tool", name)
        case _:
            return ToolChoice()


def _sampling(request: shapes.ConverseRequest | shapes.ConverseStreamRequest) -> Sampling:
    """Read what Converse names itself, and of the rest what all vendors call alike."""
    config = request.get("inferenceConfig", {})
    more = Fields.of(
        request.get("additionalModelRequestFields") or {}, "#/additionalModelRequestFields"
    )
    return Sampling(
        max_tokens=config.get("maxTokens"),
        temperature=config.get("temperature"),
        top_p=config.get("topP"),
        top_k=next(filter(None, map(more.integer, ("top_k", "topK", "k"))), None),
        stop_sequences=(*config.get("stopSequences", ()), *more.texts("stop_sequences")),
        seed=more.integer("seed"),
        presence_penalty=more.number("presence_penalty"),
        frequency_penalty=more.number("frequency_penalty"),
    )
