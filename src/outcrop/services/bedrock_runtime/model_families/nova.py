"""Amazon Nova's native form, which is Converse's with other names for the sampling.

Source: https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
"""

import base64
import binascii
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

from outcrop.engines.chat.interface import Finished, Prompt
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.converse_answers import answer, events
from outcrop.services.bedrock_runtime.converse_prompts import read_prompt
from outcrop.services.bedrock_runtime.generation import Generation, Reply
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json, TextFamily


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
            "system": body.items("system"),
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
                "toolChoice": tools.mapping("toolChoice"),
            }
        return await read_prompt(request, attachments)

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        del model_id, prompt
        whole = answer(reply, finished)
        return {name: whole[name] for name in ("output", "stopReason", "usage")}

    async def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`."""
        del model_id, prompt
        async with aclosing(events(generation)) as told:
            async for event in told:
                yield cast("Json", event)


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
    told = dict(block.all())
    for kind in ("image", "document", "video"):
        if kind in told:
            media = block.object(kind)
            media.need(*(("format", "source") if kind != "document" else ("name", "source")))
            told[kind] = {**dict(media.all()), "source": _source(media.object("source"))}
    if "text" in told:
        block.text("text")
    if "toolUse" in told:
        use = block.object("toolUse")
        use.need("toolUseId", "name")
        told["toolUse"] = {"input": {}, **dict(use.all())}
    if "toolResult" in told:
        result = block.object("toolResult")
        result.need("toolUseId", "content")
        content = [_block(item) for item in result.objects("content")]
        told["toolResult"] = {**dict(result.all()), "content": content}
    return told


def _source(source: Fields) -> dict[str, Any]:
    told = dict(source.all())
    try:
        if "bytes" in told:
            told["bytes"] = base64.b64decode(source.text("bytes"), validate=True)
    except binascii.Error as error:
        raise source.refused("bytes", "not base64") from error
    if "s3Location" in told:
        source.object("s3Location").need("uri")
    return told


def _tool(tool: Fields) -> dict[str, Any]:
    if "toolSpec" in tool:
        spec = tool.object("toolSpec")
        spec.need("name", "inputSchema")
        spec.object("inputSchema").accept("json")
        return {"toolSpec": dict(spec.all())}
    return dict(tool.all())
