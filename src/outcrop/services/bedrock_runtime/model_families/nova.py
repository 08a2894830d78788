"""Amazon Nova's native form, which is Converse's with other names for the sampling.

Source: https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
"""

import base64
import binascii
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any, cast

from outcrop.engines.chat.interface import Finished, Prompt, Usage
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.converse_answers import answer, events
from outcrop.services.bedrock_runtime.converse_prompts import read_prompt
from outcrop.services.bedrock_runtime.generation import Generation, Reply
from outcrop.services.bedrock_runtime.model_families.cache_marks import cache_figures, fresh_tokens
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json, TextFamily

MEDIA_FORMATS: Mapping[str, tuple[str, ...]] = {
    "image": ("png", "jpeg", "gif", "webp"),
    "video": ("mkv", "mov", "mp4", "webm", "three_gp", "flv", "mpeg", "mpg", "wmv"),
}


class Nova(TextFamily):
    """See `TextFamily`."""

    async def read(self, body: Fields, attachments: Attachments) -> Prompt:
        """See `TextFamily.read`."""
        body.need("messages")
        body.accept("schemaVersion")
        config = body.object("inferenceConfig")
        request: Any = {
            "modelId": "",
            "messages": [_message(message) for message in body.objects("messages")],
            "system": [_system(block) for block in body.objects("system")],
            "inferenceConfig": _without_nothing(
                maxTokens=_either(
                    config.integer("maxTokens", 1), config.integer("max_new_tokens", 1)
                ),
                temperature=config.number("temperature", 0, 1),
                topP=_either(config.number("topP", 0, 1), config.number("top_p", 0, 1)),
                stopSequences=list(config.texts("stopSequences")),
            ),
            "additionalModelRequestFields": _without_nothing(
                topK=_either(config.integer("topK", 0, 128), config.integer("top_k", 0, 128))
            ),
        }
        if "toolConfig" in body:
            tools = body.object("toolConfig")
            request["toolConfig"] = {
                "tools": [_tool(tool) for tool in tools.objects("tools")],
                "toolChoice": _tool_choice(tools.object("toolChoice")),
            }
        return await read_prompt(request, attachments)

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        del model_id
        whole = answer(reply, finished)
        told = {name: whole[name] for name in ("output", "stopReason")}
        return {**told, "usage": _usage(prompt, finished.usage)}

    async def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`."""
        del model_id
        async with aclosing(events(generation)) as told:
            async for event in told:
                if "metadata" in event and generation.finished is not None:
                    usage = _usage(prompt, generation.finished.usage)
                    yield {"metadata": {**event["metadata"], "usage": usage}}
                else:
                    yield cast("Json", event)


def _usage(prompt: Prompt, spent: Usage) -> Json:
    read, written = "cacheReadInputTokenCount", "cacheWriteInputTokenCount"
    return {
        "inputTokens": fresh_tokens(prompt, spent),
        "outputTokens": spent.output_tokens,
        "totalTokens": spent.input_tokens + spent.output_tokens,
        read: 0,
        written: 0,
        **cache_figures(prompt, spent, read=read, written=written),
    }


def _either(first: Any, second: Any) -> Any:
    return second if first is None else first


def _without_nothing(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _message(message: Fields) -> dict[str, Any]:
    message.need("role", "content")
    role = message.choice("role", ("user", "assistant"), "user")
    return {"role": role, "content": [_block(block) for block in message.objects("content")]}


def _block(block: Fields) -> dict[str, Any]:
    """Return a block of Converse: the same, its bytes as bytes, what is needed there."""
    for kind, read in _BLOCKS.items():
        if kind in block:
            return {kind: read(block)}
    if kinds := [kind for kind, _ in block.all()]:
        raise block.refused("", f"extraneous key [{kinds[0]}] is not permitted")
    raise block.refused("", "required key [text] not found")


def _media(block: Fields, kind: str) -> dict[str, Any]:
    media = block.object(kind)
    media.need("format", "source")
    form = media.choice("format", MEDIA_FORMATS[kind], "")
    return {"format": form, "source": _source(media.object("source"))}


def _document(block: Fields) -> dict[str, Any]:
    document = block.object("document")
    document.need("name", "source")
    told = {"name": document.text("name"), "source": _source(document.object("source"))}
    return told | ({"format": document.text("format")} if "format" in document else {})


def _tool_use(block: Fields) -> dict[str, Any]:
    use = block.object("toolUse")
    use.need("toolUseId", "name")
    names = {name: use.text(name) for name in ("toolUseId", "name")}
    return {**names, "input": use.mapping("input")}


def _tool_result(block: Fields) -> dict[str, Any]:
    result = block.object("toolResult")
    result.need("toolUseId", "content")
    return {
        "toolUseId": result.text("toolUseId"),
        "content": [_result(item) for item in result.objects("content")],
        "status": result.choice("status", ("success", "error"), "success"),
    }


def _result(item: Fields) -> dict[str, Any]:
    return {"json": item.mapping("json")} if "json" in item else _block(item)


def _source(source: Fields) -> dict[str, Any]:
    if "s3Location" in source:
        location = source.object("s3Location")
        location.need("uri")
        location.accept("bucketOwner")
        return {"s3Location": {"uri": location.text("uri")}}
    source.need("bytes")
    try:
        return {"bytes": base64.b64decode(source.text("bytes"), validate=True)}
    except binascii.Error as error:
        raise source.refused("bytes", "not base64") from error


_BLOCKS: Mapping[str, Callable[[Fields], Any]] = {
    "text": lambda block: block.text("text"),
    "image": lambda block: _media(block, "image"),
    "video": lambda block: _media(block, "video"),
    "document": _document,
    "toolUse": _tool_use,
    "toolResult": _tool_result,
    "cachePoint": lambda block: block.mapping("cachePoint"),
    "reasoningContent": lambda block: block.mapping("reasoningContent"),
}


def _system(block: Fields) -> dict[str, Any]:
    if "cachePoint" in block:
        return {"cachePoint": block.mapping("cachePoint")}
    block.need("text")
    return {"text": block.text("text")}


def _tool(tool: Fields) -> dict[str, Any]:
    if "cachePoint" in tool:
        return {"cachePoint": tool.mapping("cachePoint")}
    if "systemTool" in tool:
        return {"systemTool": tool.mapping("systemTool")}
    tool.need("toolSpec")
    spec = tool.object("toolSpec")
    spec.need("name", "inputSchema")
    schema = spec.object("inputSchema")
    schema.need("json")
    told = {name: spec.text(name) for name in ("name", "description") if name in spec}
    return {"toolSpec": {**told, "inputSchema": {"json": schema.mapping("json")}}}


def _tool_choice(choice: Fields) -> dict[str, Any]:
    if "tool" in choice:
        tool = choice.object("tool")
        tool.need("name")
        return {"tool": {"name": tool.text("name")}}
    return {kind: {} for kind in ("any", "auto") if kind in choice}
