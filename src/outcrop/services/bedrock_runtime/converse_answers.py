"""A generation as Converse and ConverseStream tell it.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
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


def answer(
    reply: Reply, finished: Finished, *, latency_ms: int = 0, tells_cache: bool = False
) -> shapes.ConverseResponse:
    """Return a whole turn.

    Args:
        reply: What the model said.
        finished: How it ended.
        latency_ms: How long it took.
        tells_cache: Whether the request marked cache points, and so wants the cache told apart.
    """
    return {
        "output": {
            "message": {
                "role": "assistant",
                "content": [_content_block(part) for part in reply.parts],
            }
        },
        "stopReason": STOP_REASONS[finished.reason],
        "usage": usage(finished, tells_cache=tells_cache),
        "metrics": {"latencyMs": latency_ms},
    }


async def events(
    generation: Generation, *, tells_cache: bool = False
) -> AsyncGenerator[shapes.ConverseStreamOutput, None]:
    """Give a turn event by event, its content blocks numbered from 0."""
    yield {"messageStart": {"role": "assistant"}}
    index, is_open = 0, False
    async with aclosing(generation.deltas()) as deltas:
        async for delta in deltas:
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
                    yield {"messageStop": {"stopReason": STOP_REASONS[delta.reason]}}
                    yield {
                        "metadata": {
                            "usage": usage(delta, tells_cache=tells_cache),
                            "metrics": {"latencyMs": generation.latency_ms},
                        }
                    }


def usage(finished: Finished, *, tells_cache: bool) -> shapes.TokenUsage:
    """Return the tokens of a turn; with the cache told apart, input tokens are those not in it."""
    spent = finished.usage
    total = spent.input_tokens + spent.output_tokens
    if not tells_cache:
        return {
            "inputTokens": spent.input_tokens,
            "outputTokens": spent.output_tokens,
            "totalTokens": total,
        }
    return {
        "inputTokens": spent.input_tokens - spent.cached_input_tokens,
        "outputTokens": spent.output_tokens,
        "totalTokens": total,
        "cacheReadInputTokens": spent.cached_input_tokens,
        "cacheWriteInputTokens": 0,
    }


def _delta(index: int, delta: shapes.ContentBlockDelta) -> shapes.ConverseStreamOutput:
    return {"contentBlockDelta": {"delta": delta, "contentBlockIndex": index}}


def _content_block(part: str | ToolCall) -> shapes.ContentBlock:
    if isinstance(part, str):
        return {"text": part}
    tool_use: Any = {
        "toolUseId": part.id,
        "name": part.name,
        "input": parsed_input(part.json),
    }
    return {"toolUse": tool_use}
