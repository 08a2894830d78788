"""InvokeModel and InvokeModelWithResponseStream: each vendor's own form of request and answer.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
"""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

from outcrop.engines.chat.interface import Prompt
from outcrop.operations import Call, operation
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.embedding import embed
from outcrop.services.bedrock_runtime.generation import Generation, open_generation
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json, TextFamily
from outcrop.services.bedrock_runtime.model_families.jurassic import not_streaming
from outcrop.services.bedrock_runtime.model_families.registry import embedding_family, text_family
from outcrop.services.bedrock_runtime.model_ids import resolve

JSON = "application/json"
INPUT_TOKENS = "x-amzn-bedrock-input-token-count"
OUTPUT_TOKENS = "x-amzn-bedrock-output-token-count"
LATENCY = "x-amzn-bedrock-invocation-latency"


@operation("InvokeModel")
async def invoke_model(
    call: Call, request: shapes.InvokeModelRequest
) -> shapes.InvokeModelResponse:
    """Answer a body in the form of the model's family with the whole answer in the same form."""
    model_id = await resolve(call, request["modelId"])
    body = read_body(request)
    embeddings = embedding_family(model_id)
    if embeddings is not None:
        answer, tokens = await embed(call, model_id, embeddings, body)
        call.answer_headers[INPUT_TOKENS] = str(tokens)
        return {"contentType": JSON, "body": as_json(answer)}
    family = text_family(model_id, body)
    prompt = family.read(body)
    generation = await open_generation(call, model_id, prompt)
    reply, finished = await generation.reply()
    call.answer_headers[LATENCY] = str(generation.latency_ms)
    call.answer_headers[INPUT_TOKENS] = str(finished.usage.input_tokens)
    call.answer_headers[OUTPUT_TOKENS] = str(finished.usage.output_tokens)
    return {
        "contentType": JSON,
        "body": as_json(family.write(model_id, prompt, reply, finished)),
    }


@operation("InvokeModelWithResponseStream")
async def invoke_model_with_response_stream(
    call: Call, request: shapes.InvokeModelWithResponseStreamRequest
) -> shapes.InvokeModelWithResponseStreamResponse:
    """Answer likewise, chunk by chunk as the model speaks."""
    model_id = await resolve(call, request["modelId"])
    if embedding_family(model_id) is not None:
        raise not_streaming(model_id)
    body = read_body(request)
    family = text_family(model_id, body)
    prompt = family.read(body)
    generation = await open_generation(call, model_id, prompt)
    return {"contentType": JSON, "body": _chunks(family, model_id, prompt, generation)}


async def _chunks(
    family: TextFamily, model_id: str, prompt: Prompt, generation: Generation
) -> AsyncGenerator[shapes.ResponseStream, None]:
    async with aclosing(family.events(model_id, prompt, generation)) as events:
        async for event in events:
            yield {"chunk": {"bytes": as_json(event)}}


def read_body(
    request: shapes.InvokeModelRequest | shapes.InvokeModelWithResponseStreamRequest,
) -> Fields:
    """Return the members of a request's body.

    Raises:
        ServiceError: The body is no JSON object.
    """
    try:
        value = json.loads(request.get("body", b""))
    except ValueError as error:
        raise shapes.ValidationException(
            "Malformed input request, please reformat your input and try again."
        ) from error
    return Fields.of(value)


def as_json(value: Json) -> bytes:
    """Return the bytes of a JSON object."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
