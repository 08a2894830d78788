"""OpenAI's chat completions and list of models, under `/openai/v1` and `/v1`.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html; OpenAI
API reference, "Streaming".
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.engines.chat.interface import Prompt
from outcrop.operations import Call, http_route
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.generation import Generation, open_generation
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.openai_chat import OpenAIChat
from outcrop.services.bedrock_runtime.model_families.registry import check_converses
from outcrop.services.bedrock_runtime.model_families.wording import SCHEMA
from outcrop.services.bedrock_runtime.model_ids import resolve
from outcrop.services.bedrock_runtime.native_http import (
    answered,
    as_event_stream,
    as_response,
    event_bytes,
    openai_error,
)

FAMILY = OpenAIChat()
LAST_EVENT = b"data: [DONE]\n\n"


@http_route("POST", "/openai/v1/chat/completions", "/v1/chat/completions")
async def chat_completions(call: Call, request: HttpRequest) -> HttpResponse:
    """Answer a chat completion, whole or as server-sent events."""
    return await answered(call, request, _completed, wording=SCHEMA, error_form=openai_error)


@http_route("GET", "/openai/v1/models", "/v1/models")
async def models(call: Call, request: HttpRequest) -> HttpResponse:
    """List the models of Bedrock that write text, as OpenAI's clients expect a list of models."""
    del request
    listed = await call.ask("bedrock", "ListFoundationModels", byOutputModality="TEXT")
    data = [
        {"id": model["modelId"], "object": "model", "created": 0, "owned_by": model["providerName"]}
        for model in listed["modelSummaries"]
    ]
    return as_response({"object": "list", "data": data})


async def _completed(call: Call, body: Fields) -> HttpResponse:
    body.need("model", "messages")
    model_id = (await resolve(call, body.text("model"))).id
    check_converses(model_id)
    prompt = await FAMILY.read(body, Attachments(call))
    wants_usage = body.object("stream_options").truth("include_usage", default=False)
    is_streamed = body.truth("stream", default=False)
    generation = await open_generation(call, model_id, prompt, is_streamed=is_streamed)
    if is_streamed:
        return as_event_stream(_events(model_id, prompt, generation, wants_usage=wants_usage))
    reply, finished = await generation.reply()
    return as_response(FAMILY.write(model_id, prompt, reply, finished))


async def _events(
    model_id: str, prompt: Prompt, generation: Generation, *, wants_usage: bool
) -> AsyncGenerator[bytes, None]:
    try:
        async with aclosing(FAMILY.events(model_id, prompt, generation)) as events:
            async for event in events:
                if event["choices"] or wants_usage:
                    yield event_bytes(event)
    except ServiceError as error:
        yield event_bytes(openai_error(HTTPStatus.INTERNAL_SERVER_ERROR, error))
    yield LAST_EVENT
