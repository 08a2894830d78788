"""OpenAI's chat completions: the native form of gpt-oss, and with other names of Jamba and Mistral.

Source: OpenAI API reference, "Create chat completion"; Amazon Bedrock User Guide, "OpenAI models",
"AI21 Labs Jamba models", "Mistral AI chat completion".
"""

import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from outcrop.engines.chat.interface import (
    Finished,
    Prompt,
    StopReason,
    TextDelta,
    ToolInputDelta,
    ToolUseStarted,
)
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.generation import Generation, Reply, ToolCall
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json, TextFamily
from outcrop.services.bedrock_runtime.model_families.openai_requests import read_prompt

FINISH_REASONS: dict[StopReason, str] = {
    "end": "stop",
    "max_tokens": "length",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "content_filter": "content_filter",
}


class OpenAIChat(TextFamily):
    """See `TextFamily`."""

    finish_key = "finish_reason"
    """What Mistral calls `stop_reason`."""
    delta_key = "delta"
    """What Mistral calls `message`."""
    tells_usage = True

    async def read(self, body: Fields, attachments: Attachments) -> Prompt:
        """See `TextFamily.read`."""
        return await read_prompt(body, attachments)

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        del prompt
        message: dict[str, Any] = {"role": "assistant", "content": reply.text or None}
        calls = [part for part in reply.parts if isinstance(part, ToolCall)]
        if calls:
            message["tool_calls"] = [_call(call) for call in calls]
        choice = {"index": 0, "message": message, self.finish_key: FINISH_REASONS[finished.reason]}
        answer = {**self.envelope("chat.completion", model_id), "choices": [choice]}
        return answer | {"usage": usage(finished)} if self.tells_usage else answer

    async def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`."""
        del prompt
        envelope = self.envelope("chat.completion.chunk", model_id)
        calls = -1
        yield self._chunk(envelope, {"role": "assistant", "content": ""})
        async with aclosing(generation.deltas()) as deltas:
            async for delta in deltas:
                match delta:
                    case TextDelta(text):
                        yield self._chunk(envelope, {"content": text})
                    case ToolUseStarted(id=call_id, name=name):
                        calls += 1
                        function: Json = {"name": name, "arguments": ""}
                        call = {"index": calls, "id": call_id, "type": "function"}
                        yield self._chunk(
                            envelope, {"tool_calls": [{**call, "function": function}]}
                        )
                    case ToolInputDelta(json):
                        part = {"index": calls, "function": {"arguments": json}}
                        yield self._chunk(envelope, {"tool_calls": [part]})
                    case Finished():
                        yield self._chunk(envelope, {}, FINISH_REASONS[delta.reason])
                        if self.tells_usage:
                            yield {**envelope, "choices": [], "usage": usage(delta)}

    def envelope(self, kind: str, model_id: str) -> Json:
        """Return what stands around the choices."""
        return {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "object": kind,
            "created": int(time.time()),
            "model": model_id,
        }

    def _chunk(self, envelope: Json, delta: Json, reason: str | None = None) -> Json:
        choice = {"index": 0, self.delta_key: delta, self.finish_key: reason}
        return {**envelope, "choices": [choice]}


class MistralChat(OpenAIChat):
    """Mistral's chat models: no envelope, and two other names."""

    finish_key = "stop_reason"
    delta_key = "message"
    tells_usage = False

    def envelope(self, kind: str, model_id: str) -> Json:
        """See `OpenAIChat.envelope`."""
        del kind, model_id
        return {}


class Jamba(OpenAIChat):
    """AI21's Jamba models: an envelope that is only an id."""

    def envelope(self, kind: str, model_id: str) -> Json:
        """See `OpenAIChat.envelope`."""
        del kind, model_id
        return {"id": f"chatcmpl-{secrets.token_hex(12)}"}


def usage(finished: Finished) -> Json:
    """Return the tokens of a generation as OpenAI counts them."""
    spent = finished.usage
    return {
        "prompt_tokens": spent.input_tokens,
        "completion_tokens": spent.output_tokens,
        "total_tokens": spent.input_tokens + spent.output_tokens,
        "prompt_tokens_details": {"cached_tokens": spent.cached_input_tokens},
    }


def _call(call: ToolCall) -> Json:
    function = {"name": call.name, "arguments": call.json or "{}"}
    return {"id": call.id, "type": "function", "function": function}
