"""Converse and ConverseStream: one form of conversation for every model.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

from outcrop.operations import Call, operation
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.converse_answers import answer, events
from outcrop.services.bedrock_runtime.converse_prompts import has_cache_points, read_prompt
from outcrop.services.bedrock_runtime.generation import open_generation


@operation("Converse")
async def converse(call: Call, request: shapes.ConverseRequest) -> shapes.ConverseResponse:
    """Answer a conversation with the whole of its next turn."""
    generation = await open_generation(call, request["modelId"], read_prompt(request))
    reply, finished = await generation.reply()
    return answer(
        reply,
        finished,
        latency_ms=generation.latency_ms,
        tells_cache=has_cache_points(request),
    )


@operation("ConverseStream")
async def converse_stream(
    call: Call, request: shapes.ConverseStreamRequest
) -> shapes.ConverseStreamResponse:
    """Answer a conversation with the events of its next turn, as the model speaks."""
    generation = await open_generation(call, request["modelId"], read_prompt(request))
    return {"stream": events(generation, tells_cache=has_cache_points(request))}
