"""InvokeModel and InvokeModelWithResponseStream: each vendor's own form of request and answer.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from outcrop.engines.chat.interface import Prompt, Usage
from outcrop.operations import Call, operation
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.embedding import embed
from outcrop.services.bedrock_runtime.generation import Generation, open_generation
from outcrop.services.bedrock_runtime.guardrails import refuse_guardrail
from outcrop.services.bedrock_runtime.invocation_notes import InvocationNotes
from outcrop.services.bedrock_runtime.json_bodies import as_json, read_metadata, read_object
from outcrop.services.bedrock_runtime.model_families.cache_marks import cache_figures, fresh_tokens
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import EmbeddingFamily, Json
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
CACHE_READ_TOKENS = "x-amzn-bedrock-cache-read-input-token-count"
CACHE_WRITE_TOKENS = "x-amzn-bedrock-cache-write-input-token-count"
LATENCY = "x-amzn-bedrock-invocation-latency"
METRICS = "amazon-bedrock-invocationMetrics"
"""Bedrock's own member of a stream's last chunk."""
REPEATED = ("performanceConfigLatency", "serviceTier")
NOTHING_SPENT = Usage(input_tokens=0, output_tokens=0)


@operation("InvokeModel")
async def invoke_model(
    call: Call, request: shapes.InvokeModelRequest
) -> shapes.InvokeModelResponse:
    """Answer a body in the form of the model's family with the whole answer in the same form."""
    asked = await _read(call, request)
    async with asked.notes.watching():
        if asked.embeddings is None:
            answer = await _generated(call, asked)
        else:
            answer = await _embedded(call, asked, asked.embeddings)
    told: Any = {"contentType": JSON, "body": as_json(answer), **_repeated(request)}
    return told


@operation("InvokeModelWithResponseStream")
async def invoke_model_with_response_stream(
    call: Call, request: shapes.InvokeModelWithResponseStreamRequest
) -> shapes.InvokeModelWithResponseStreamResponse:
    """Answer likewise, chunk by chunk as the model speaks."""
    asked = await _read(call, request)
    check_streams(asked.model_id)
    async with asked.notes.watching():
        native = await read_native(call, asked.model_id, asked.body)
        asked.notes.tells_cache = native.prompt.marked_parts is not None
        generation = await _opened(call, asked.model_id, native, is_streamed=True)
    events = _events(asked.model_id, native, generation)
    body = _chunks(asked.notes.streamed(events, generation, dict))
    told: Any = {"contentType": JSON, "body": body, **_repeated(request)}
    return told


def _repeated(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an answer repeats of how it was to be served; it changes nothing here."""
    return {name: request[name] for name in REPEATED if name in request}


@dataclass(frozen=True, slots=True)
class _Asked:
    model_id: str
    embeddings: EmbeddingFamily | None
    """`None` where the model writes text."""
    body: Mapping[str, Any]
    notes: InvocationNotes


async def _read(
    call: Call,
    request: shapes.InvokeModelRequest | shapes.InvokeModelWithResponseStreamRequest,
) -> _Asked:
    model_id = (await resolve(call, request["modelId"])).id
    refuse_guardrail(request.get("guardrailIdentifier"))
    embeddings = embedding_family(model_id)
    body = read_object(request.get("body", b""))
    notes = InvocationNotes(
        call=call,
        model_id=request["modelId"],
        input=body,
        data="text" if embeddings is None else "embedding",
        request_metadata=read_metadata(request.get("requestMetadata")),
    )
    return _Asked(model_id, embeddings, body, notes)


async def _embedded(call: Call, asked: _Asked, family: EmbeddingFamily) -> Json:
    fields = Fields.of(asked.body)
    request = family.read(fields)
    refuse_if_strict(call, fields)
    answer, tokens = await embed(call, asked.model_id, family, request)
    call.answer_headers[INPUT_TOKENS] = str(tokens)
    await asked.notes.answered(answer, tokens=tokens)
    return answer


async def _generated(call: Call, asked: _Asked) -> Json:
    native = await read_native(call, asked.model_id, asked.body)
    asked.notes.tells_cache = native.prompt.marked_parts is not None
    generation = await _opened(call, asked.model_id, native, is_streamed=False)
    reply, finished = await generation.reply()
    call.answer_headers.update(_token_headers(native.prompt, finished.usage))
    call.answer_headers[LATENCY] = str(generation.latency_ms)
    answer = native.family.write(asked.model_id, native.prompt, reply, finished)
    await asked.notes.answered(answer, finished.usage)
    return answer


def _token_headers(prompt: Prompt, spent: Usage) -> dict[str, str]:
    counts = {
        INPUT_TOKENS: fresh_tokens(prompt, spent),
        OUTPUT_TOKENS: spent.output_tokens,
        **cache_figures(prompt, spent, read=CACHE_READ_TOKENS, written=CACHE_WRITE_TOKENS),
    }
    return {name: str(count) for name, count in counts.items()}


async def _opened(
    call: Call, model_id: str, native: NativePrompt, *, is_streamed: bool
) -> Generation:
    return await open_generation(
        call,
        model_id,
        native.prompt,
        is_streamed=is_streamed,
        default_max_tokens=native.default_max_tokens,
    )


async def _chunks(
    events: AsyncGenerator[Json, None],
) -> AsyncGenerator[shapes.ResponseStream, None]:
    async with aclosing(events):
        async for event in events:
            yield {"chunk": {"bytes": as_json(event)}}


async def _events(
    model_id: str, native: NativePrompt, generation: Generation
) -> AsyncGenerator[Json, None]:
    """Give the answer's events; the last one tells Bedrock's metrics too."""
    last = None
    async with aclosing(native.family.events(model_id, native.prompt, generation)) as events:
        async for event in events:
            if last is not None:
                yield last
            last = event if generation.finished is not None else None
            if last is None:
                yield event
    if last is not None:
        yield {**last, METRICS: _metrics(native.prompt, generation)}


def _metrics(prompt: Prompt, generation: Generation) -> dict[str, int]:
    spent = generation.finished.usage if generation.finished is not None else NOTHING_SPENT
    return {
        "inputTokenCount": fresh_tokens(prompt, spent),
        "outputTokenCount": spent.output_tokens,
        **cache_figures(
            prompt, spent, read="cacheReadInputTokenCount", written="cacheWriteInputTokenCount"
        ),
        "invocationLatency": generation.latency_ms,
        "firstByteLatency": generation.first_latency_ms,
    }
