"""Amazon Nova's native form, which is Converse's with other names for the sampling.

Source: Amazon Nova User Guide, "Complete request schema".
"""

import base64
import binascii
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

from outcrop.engines.chat.interface import Finished, Prompt
from outcrop.services.bedrock_runtime.converse_answers import answer, events
from outcrop.services.bedrock_runtime.converse_prompts import read_prompt
from outcrop.services.bedrock_runtime.generation import Generation, Reply
from outcrop.services.bedrock_runtime.model_families.fields import Fields, malformed
from outcrop.services.bedrock_runtime.model_families.interface import Json


class Nova:
    """See `TextFamily`."""

    def read(self, body: Fields) -> Prompt:
        """See `TextFamily.read`."""
        body.need("messages")
        config = dict(body.object("inferenceConfig").members)
        for name, converse_name in (("max_new_tokens", "maxTokens"), ("top_p", "topP")):
            if name in config:
                config[converse_name] = config.pop(name)
        request: Any = {
            "modelId": "",
            "messages": [
                {"role": message.text("role", "user"), "content": _content(message)}
                for message in body.objects("messages")
            ],
            "system": [block.members for block in body.objects("system")],
            "inferenceConfig": config,
            "additionalModelRequestFields": config,
        }
        if "toolConfig" in body:
            request["toolConfig"] = body.object("toolConfig").members
        return read_prompt(request)

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


def _content(message: Fields) -> list[Any]:
    """Return the blocks of a message, with the bytes that JSON holds as base64."""
    blocks = [dict(block.members) for block in message.objects("content")]
    for block in blocks:
        for kind in ("image", "document", "video"):
            if kind in block:
                block[kind] = _with_bytes(block[kind], f"{message.path}/content")
    return blocks


def _with_bytes(media: Any, path: str) -> Any:
    fields = Fields.of(media, path)
    source = dict(fields.object("source").members)
    try:
        if isinstance(text := source.get("bytes"), str):
            source["bytes"] = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise malformed(f"{path}: the bytes are not base64") from error
    return {**fields.members, "source": source}
