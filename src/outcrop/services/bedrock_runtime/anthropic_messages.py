"""Anthropic's Messages API, under `/anthropic/v1` and `/v1`.

Source: https://docs.claude.com/en/api/messages, https://docs.claude.com/en/api/errors
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.engines.chat.interface import Prompt
from outcrop.operations import Call, http_route
from outcrop.services.bedrock_runtime.anthropic_names import bedrock_id
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.count_tokens import counted
from outcrop.services.bedrock_runtime.generation import Generation, open_generation
from outcrop.services.bedrock_runtime.model_families.anthropic import AnthropicMessages
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.registry import check_converses
from outcrop.services.bedrock_runtime.model_families.wording import ANTHROPIC
from outcrop.services.bedrock_runtime.model_ids import resolve
from outcrop.services.bedrock_runtime.native_http import (
    answered,
    anthropic_error,
    as_event_stream,
    as_response,
    event_bytes,
)

FAMILY = AnthropicMessages()


@http_route("POST", "/anthropic/v1/messages", "/v1/messages")
async def messages(call: Call, request: HttpRequest) -> HttpResponse:
    """Answer a Message, whole or as server-sent events."""
    return await answered(call, request, _generated, wording=ANTHROPIC, error_form=anthropic_error)


@http_route("POST", "/anthropic/v1/messages/count_tokens", "/v1/messages/count_tokens")
async def messages_count_tokens(call: Call, request: HttpRequest) -> HttpResponse:
    """Answer with the input tokens of a Message."""
    return await answered(call, request, _counted, wording=ANTHROPIC, error_form=anthropic_error)


async def _generated(call: Call, body: Fields) -> HttpResponse:
    body.need("model", "messages", "max_tokens")
    model_id, prompt = await _read(call, body)
    name = _told(body, model_id)
    is_streamed = body.truth("stream", default=False)
    generation = await open_generation(call, model_id, prompt, is_streamed=is_streamed)
    if is_streamed:
        return as_event_stream(_events(name, prompt, generation))
    reply, finished = await generation.reply()
    return as_response(FAMILY.write(name, prompt, reply, finished))


async def _counted(call: Call, body: Fields) -> HttpResponse:
    body.need("model", "messages")
    return as_response({"input_tokens": await counted(call, *await _read(call, body))})


async def _read(call: Call, body: Fields) -> tuple[str, Prompt]:
    model_id = (await resolve(call, await bedrock_id(call, body.text("model")))).id
    check_converses(model_id)
    return model_id, await FAMILY.read(body, Attachments(call))


def _told(body: Fields, model_id: str) -> str:
    """Return an answer's name of its model: the request's own, where that is Anthropic's."""
    asked = body.text("model")
    return asked if asked.startswith("claude-") else model_id


async def _events(
    model_id: str, prompt: Prompt, generation: Generation
) -> AsyncGenerator[bytes, None]:
    try:
        async with aclosing(FAMILY.events(model_id, prompt, generation)) as events:
            async for event in events:
                yield event_bytes(event, event["type"])
    except ServiceError as error:
        told = anthropic_error(HTTPStatus.INTERNAL_SERVER_ERROR, error)
        yield event_bytes(told, "error")
