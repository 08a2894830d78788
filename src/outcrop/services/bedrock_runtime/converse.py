"""Converse and ConverseStream: one form of conversation for every model.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from outcrop.engines.chat.interface import (
    Finished,
    StopReason,
    TextDelta,
    ToolInputDelta,
    ToolUseStarted,
)
from outcrop.operations import Call, operation
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.converse_prompts import read_prompt
from outcrop.services.bedrock_runtime.generation import Generation, ToolCall, open_generation
from outcrop.services.bedrock_runtime.tool_inputs import parsed_input

STOP_REASONS: dict[StopReason, str] = {
    "end": "end_turn",
    "max_tokens": "max_tokens",
    "stop_sequence": "stop_sequence",
    "tool_use": "tool_use",
    "content_filter": "content_filtered",
}


@operation("Converse")
async def converse(call: Call, request: shapes.ConverseRequest) -> shapes.ConverseResponse:
    """Answer a conversation with the whole of its next turn."""
    generation = await open_generation(call, request["modelId"], read_prompt(request))
    reply, finished = await generation.reply()
    return {
        "output": {
            "message": {
                "role": "assistant",
                "content": [_content_block(part) for part in reply.parts],
            }
        },
        "stopReason": STOP_REASONS[finished.reason],
        "usage": _usage(finished),
        "metrics": {"latencyMs": generation.latency_ms},
    }


@operation("ConverseStream")
async def converse_stream(
    call: Call, request: shapes.ConverseStreamRequest
) -> shapes.ConverseStreamResponse:
    """Answer a conversation with the events of its next turn, as the model speaks."""
    generation = await open_generation(call, request["modelId"], read_prompt(request))
    return {"stream": _events(generation)}


async def _events(generation: Generation) -> AsyncIterator[shapes.ConverseStreamOutput]:
    """Give a generation in the events of ConverseStream, blocks numbered from 0."""
    yield {"messageStart": {"role": "assistant"}}
    index, is_open = 0, False
    async with aclosing(generation.deltas()) as deltas:
        async for delta in deltas:
            match delta:
                case TextDelta(text):
                    is_open = True
                    yield {
                        "contentBlockDelta": {"delta": {"text": text}, "contentBlockIndex": index}
                    }
                case ToolUseStarted(id=tool_use_id, name=name):
                    if is_open:
                        yield {"contentBlockStop": {"contentBlockIndex": index}}
                        index += 1
                    is_open = True
                    start: Any = {"toolUse": {"toolUseId": tool_use_id, "name": name}}
                    yield {"contentBlockStart": {"start": start, "contentBlockIndex": index}}
                case ToolInputDelta(json):
                    tool_use: Any = {"toolUse": {"input": json}}
                    yield {"contentBlockDelta": {"delta": tool_use, "contentBlockIndex": index}}
                case Finished():
                    if is_open:
                        yield {"contentBlockStop": {"contentBlockIndex": index}}
                    yield {"messageStop": {"stopReason": STOP_REASONS[delta.reason]}}
                    yield {
                        "metadata": {
                            "usage": _usage(delta),
                            "metrics": {"latencyMs": generation.latency_ms},
                        }
                    }


def _content_block(part: str | ToolCall) -> shapes.ContentBlock:
    if isinstance(part, str):
        return {"text": part}
    return {
        "toolUse": {
            "toolUseId": part.id,
            "name": part.name,
            "input": parsed_input(part.json),
        }
    }


def _usage(finished: Finished) -> shapes.TokenUsage:
    usage = finished.usage
    return {
        "inputTokens": usage.input_tokens - usage.cached_input_tokens,
        "outputTokens": usage.output_tokens,
        "totalTokens": usage.input_tokens + usage.output_tokens,
        "cacheReadInputTokens": usage.cached_input_tokens,
        "cacheWriteInputTokens": 0,
    }
