"""InvokeModel and InvokeModelWithResponseStream: each vendor's own form of request and answer.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any, cast

from outcrop.operations import Call, operation
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.generation import Generation, open_generation
from outcrop.services.bedrock_runtime.model_families.anthropic import AnthropicMessages
from outcrop.services.bedrock_runtime.model_families.interface import TextFamily
from outcrop.services.bedrock_runtime.model_ids import resolve

JSON = "application/json"


@operation("InvokeModel")
async def invoke_model(
    call: Call, request: shapes.InvokeModelRequest
) -> shapes.InvokeModelResponse:
    """Answer a body in the form of the model's family with the whole answer in the same form."""
    model_id = await resolve(call, request["modelId"])
    family = _family(model_id)
    generation = await open_generation(call, model_id, family.read(_body(request)))
    reply, finished = await generation.reply()
    usage = finished.usage
    call.answer_headers["x-amzn-bedrock-invocation-latency"] = str(generation.latency_ms)
    call.answer_headers["x-amzn-bedrock-input-token-count"] = str(usage.input_tokens)
    call.answer_headers["x-amzn-bedrock-output-token-count"] = str(usage.output_tokens)
    answer = family.write(model_id, reply, finished)
    return {"contentType": JSON, "body": _bytes(answer)}


@operation("InvokeModelWithResponseStream")
async def invoke_model_with_response_stream(
    call: Call, request: shapes.InvokeModelWithResponseStreamRequest
) -> shapes.InvokeModelWithResponseStreamResponse:
    """Answer likewise, chunk by chunk as the model speaks."""
    model_id = await resolve(call, request["modelId"])
    family = _family(model_id)
    generation = await open_generation(call, model_id, family.read(_body(request)))
    return {"contentType": JSON, "body": _chunks(family, model_id, generation)}


async def _chunks(
    family: TextFamily, model_id: str, generation: Generation
) -> AsyncIterator[shapes.ResponseStream]:
    async with aclosing(family.events(model_id, generation)) as events:
        async for event in events:
            yield {"chunk": {"bytes": _bytes(event)}}


def _family(model_id: str) -> TextFamily:
    if model_id.startswith("anthropic."):
        return AnthropicMessages()
    raise shapes.ValidationException("The provided model identifier is invalid.")


def _body(
    request: shapes.InvokeModelRequest | shapes.InvokeModelWithResponseStreamRequest,
) -> Mapping[str, Any]:
    try:
        value = json.loads(request.get("body", b""))
    except ValueError as error:
        raise shapes.ValidationException(
            "Malformed input request, please reformat your input and try again."
        ) from error
    if not isinstance(value, dict):
        raise shapes.ValidationException(
            "Malformed input request: expected type: JSONObject, found: "
            f"{type(value).__name__}, please reformat your input and try again."
        )
    return cast(Mapping[str, Any], value)


def _bytes(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
