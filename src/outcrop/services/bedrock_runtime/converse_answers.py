"""A generation as Converse and ConverseStream tell it.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
"""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from outcrop.engines.chat.interface import (
    Finished,
    StopReason,
    TextDelta,
    ToolInputDelta,
    ToolUseStarted,
)
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.generation import Generation, Reply, ToolCall
from outcrop.services.bedrock_runtime.tool_inputs import parsed_input

STOP_REASONS: dict[StopReason, str] = {
    "end": "end_turn",
    "max_tokens": "max_tokens",
    "stop_sequence": "stop_sequence",
    "tool_use": "tool_use",
    "content_filter": "content_filtered",
}


NativeFields = Callable[[Reply, Finished], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What an answer tells beside the turn itself."""

    tells_cache: bool = False
    """Whether the request marked cache points, and so wants the cache told apart."""
    fields: NativeFields | None = None
    """Finds the members of the native answer that the request asked for."""
    routed_to: str = ""
    """The ARN of the model that a prompt router chose."""
    performance: shapes.PerformanceConfiguration | None = None
    service_tier: shapes.ServiceTier | None = None

    def beside(self) -> dict[str, Any]:
        """Return the members that say how the request was served."""
        told: dict[str, Any] = {}
        if self.routed_to:
            told["trace"] = {"promptRouter": {"invokedModelId": self.routed_to}}
        if self.performance is not None:
            told["performanceConfig"] = self.performance
        if self.service_tier is not None:
            told["serviceTier"] = self.service_tier
        return told

    def additional(self, reply: Reply, finished: Finished) -> dict[str, Any]:
        """Return the members of the native answer that the request asked for."""
        if self.fields is None or not (found := self.fields(reply, finished)):
            return {}
        return {"additionalModelResponseFields": found}


PLAINLY = Telling()


def answer(
    reply: Reply, finished: Finished, telling: Telling = PLAINLY, *, latency_ms: int = 0
) -> shapes.ConverseResponse:
    """Return a whole turn."""
    told: Any = {
        "output": {
            "message": {
                "role": "assistant",
                "content": [_content_block(part, finished) for part in reply.parts],
            }
        },
        "stopReason": STOP_REASONS[finished.reason],
        "usage": usage(finished, tells_cache=telling.tells_cache),
        "metrics": {"latencyMs": latency_ms},
        **telling.additional(reply, finished),
        **telling.beside(),
    }
    return told


async def events(
    generation: Generation, telling: Telling = PLAINLY
) -> AsyncGenerator[shapes.ConverseStreamOutput, None]:
    """Give a turn event by event, its content blocks numbered from 0."""
    yield {"messageStart": {"role": "assistant"}}
    reply = Reply()
    index, is_open = 0, False
    async with aclosing(generation.deltas()) as deltas:
        async for delta in deltas:
            reply.add(delta)
            match delta:
                case TextDelta(text):
                    is_open = True
                    yield _delta(index, {"text": text})
                case ToolUseStarted(id=tool_use_id, name=name):
                    if is_open:
                        yield {"contentBlockStop": {"contentBlockIndex": index}}
                        index += 1
                    is_open = True
                    start: Any = {"toolUse": {"toolUseId": tool_use_id, "name": name}}
                    yield {"contentBlockStart": {"start": start, "contentBlockIndex": index}}
                case ToolInputDelta(json):
                    yield _delta(index, {"toolUse": {"input": json}})
                case Finished():
                    if is_open:
                        yield {"contentBlockStop": {"contentBlockIndex": index}}
                    for event in _end(reply, delta, telling, generation.latency_ms):
                        yield event


def _end(
    reply: Reply, finished: Finished, telling: Telling, latency_ms: int
) -> list[shapes.ConverseStreamOutput]:
    stop: Any = {
        "stopReason": STOP_REASONS[finished.reason],
        **telling.additional(reply, finished),
    }
    metadata: Any = {
        "usage": usage(finished, tells_cache=telling.tells_cache),
        "metrics": {"latencyMs": latency_ms},
        **telling.beside(),
    }
    return [{"messageStop": stop}, {"metadata": metadata}]


def usage(finished: Finished, *, tells_cache: bool) -> shapes.TokenUsage:
    """Return the tokens of a turn; with the cache told apart, input tokens are the others."""
    spent = finished.usage
    total = spent.input_tokens + spent.output_tokens
    if not tells_cache:
        return {
            "inputTokens": spent.input_tokens,
            "outputTokens": spent.output_tokens,
            "totalTokens": total,
        }
    return {
        "inputTokens": (
            spent.input_tokens - spent.cached_input_tokens - spent.written_input_tokens
        ),
        "outputTokens": spent.output_tokens,
        "totalTokens": total,
        "cacheReadInputTokens": spent.cached_input_tokens,
        "cacheWriteInputTokens": spent.written_input_tokens,
    }


def _delta(index: int, delta: shapes.ContentBlockDelta) -> shapes.ConverseStreamOutput:
    return {"contentBlockDelta": {"delta": delta, "contentBlockIndex": index}}


def _content_block(part: str | ToolCall, finished: Finished) -> shapes.ContentBlock:
    if isinstance(part, str):
        return {"text": part}
    tool_use: Any = {
        "toolUseId": part.id,
        "name": part.name,
        "input": parsed_input(part.json, finished),
    }
    return {"toolUse": tool_use}
