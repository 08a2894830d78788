"""InvokeModel and InvokeModelWithResponseStream: each vendor's own form of request and answer.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from outcrop.operations import Call, operation
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.embedding import embed
from outcrop.services.bedrock_runtime.generation import Generation, open_generation
from outcrop.services.bedrock_runtime.guardrails import refuse_guardrail
from outcrop.services.bedrock_runtime.json_bodies import as_json, read_object
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.registry import (
    check_streams,
    embedding_family,
)
from outcrop.services.bedrock_runtime.model_ids import resolve
from outcrop.services.bedrock_runtime.native_prompts import (
    NativePrompt,
    read_native,
    refuse_if_strict,
)

JSON = "application/json"
INPUT_TOKENS = "x-amzn-bedrock-input-token-count"
OUTPUT_TOKENS = "x-amzn-bedrock-output-token-count"
LATENCY = "x-amzn-bedrock-invocation-latency"
METRICS = "amazon-bedrock-invocationMetrics"
"""Bedrock's own member of a stream's last chunk."""


@operation("InvokeModel")
async def invoke_model(
    call: Call, request: shapes.InvokeModelRequest
) -> shapes.InvokeModelResponse:
    """Answer a body in the form of the model's family with the whole answer in the same form."""
    model_id = (await resolve(call, request["modelId"])).id
    refuse_guardrail(request.get("guardrailIdentifier"))
    body = read_object(request.get("body", b""))
    embeddings = embedding_family(model_id)
    if embeddings is not None:
        fields = Fields.of(body)
        asked = embeddings.read(fields)
        refuse_if_strict(call, fields)
        answer, tokens = await embed(call, model_id, embeddings, asked)
        call.answer_headers[INPUT_TOKENS] = str(tokens)
        return {"contentType": JSON, "body": as_json(answer)}
    native = await read_native(call, model_id, body)
    generation = await open_generation(call, model_id, native.prompt)
    reply, finished = await generation.reply()
    call.answer_headers[LATENCY] = str(generation.latency_ms)
    call.answer_headers[INPUT_TOKENS] = str(finished.usage.input_tokens)
    call.answer_headers[OUTPUT_TOKENS] = str(finished.usage.output_tokens)
    answer = native.family.write(model_id, native.prompt, reply, finished)
    return {"contentType": JSON, "body": as_json(answer)}


@operation("InvokeModelWithResponseStream")
async def invoke_model_with_response_stream(
    call: Call, request: shapes.InvokeModelWithResponseStreamRequest
) -> shapes.InvokeModelWithResponseStreamResponse:
    """Answer likewise, chunk by chunk as the model speaks."""
    model_id = (await resolve(call, request["modelId"])).id
    refuse_guardrail(request.get("guardrailIdentifier"))
    check_streams(model_id)
    native = await read_native(call, model_id, read_object(request.get("body", b"")))
    generation = await open_generation(call, model_id, native.prompt)
    return {"contentType": JSON, "body": _chunks(model_id, native, generation)}


async def _chunks(
    model_id: str, native: NativePrompt, generation: Generation
) -> AsyncGenerator[shapes.ResponseStream, None]:
    """Give the chunks; the last one tells Bedrock's metrics too."""
    last = None
    async with aclosing(native.family.events(model_id, native.prompt, generation)) as events:
        async for event in events:
            if last is not None:
                yield {"chunk": {"bytes": as_json(last)}}
            last = event if generation.finished is not None else None
            if last is None:
                yield {"chunk": {"bytes": as_json(event)}}
    if last is not None:
        yield {"chunk": {"bytes": as_json({**last, METRICS: _metrics(generation)})}}


def _metrics(generation: Generation) -> dict[str, int]:
    spent = generation.finished.usage if generation.finished is not None else None
    return {
        "inputTokenCount": spent.input_tokens if spent else 0,
        "outputTokenCount": spent.output_tokens if spent else 0,
        "invocationLatency": generation.latency_ms,
        "firstByteLatency": generation.first_latency_ms,
    }
