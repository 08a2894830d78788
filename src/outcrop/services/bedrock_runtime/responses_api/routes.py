"""The paths of the Responses API, under `/openai/v1/responses` and `/v1/responses`.

Source: OpenAI API reference, "Responses"
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from http import HTTPStatus
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.operations import Call, http_route
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.generation import Generation, open_generation
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.registry import check_converses
from outcrop.services.bedrock_runtime.model_families.wording import SCHEMA
from outcrop.services.bedrock_runtime.model_ids import resolve
from outcrop.services.bedrock_runtime.native_http import (
    answered,
    as_event_stream,
    as_response,
    event_bytes,
    openai_error,
    refused,
)
from outcrop.services.bedrock_runtime.responses_api.requests import (
    ResponseRequest,
    read_prompt,
    read_request,
)
from outcrop.services.bedrock_runtime.responses_api.stored import (
    conversation,
    find,
    forget,
    remember,
)
from outcrop.services.bedrock_runtime.responses_api.telling import Response, events, whole

PATHS = ("/openai/v1/responses", "/v1/responses")
ENDS = ("response.completed", "response.incomplete")
FAILED = "response.failed"


@http_route("POST", *PATHS)
async def create_response(call: Call, request: HttpRequest) -> HttpResponse:
    """Answer with the model's next turn, whole or as server-sent events."""
    return await answered(call, request, _created, wording=SCHEMA, error_form=openai_error)


async def one_response(call: Call, request: HttpRequest) -> HttpResponse:
    """Answer GET and DELETE of a response that was stored."""
    response_id = request.raw_path.rpartition("/")[2]
    try:
        if request.method == "GET":
            return as_response((await find(call, response_id))["response"])
        await forget(call, response_id)
    except ServiceError as error:
        return refused(error, openai_error)
    return as_response({"id": response_id, "object": "response", "deleted": True})


async def _created(call: Call, body: Fields) -> HttpResponse:
    asked = read_request(body)
    model_id = (await resolve(call, asked.model)).id
    check_converses(model_id)
    items = [*await conversation(call, asked.previous), *asked.items]
    prompt = await read_prompt(body, items, Attachments(call))
    generation = await open_generation(call, model_id, prompt, is_streamed=asked.is_streamed)
    response = Response(asked.model, asked.repeated)
    if asked.is_streamed:
        return as_event_stream(_events(call, asked, response, generation))
    told = whole(response, *await generation.reply())
    await _kept(call, asked, response, told)
    return as_response(told)


async def _events(
    call: Call, asked: ResponseRequest, response: Response, generation: Generation
) -> AsyncGenerator[bytes, None]:
    number = 0
    try:
        async with aclosing(events(response, generation)) as told:
            async for event in told:
                if generation.finished is not None and event["type"] in ENDS:
                    # Whoever has seen the end may go on from it.
                    await _kept(call, asked, response, event["response"])
                yield event_bytes(event, event["type"])
                number = event["sequence_number"] + 1
    except ServiceError as error:
        failed = openai_error(HTTPStatus.INTERNAL_SERVER_ERROR, error)["error"]
        told_error = {"code": failed["code"], "message": failed["message"]}
        told_response = response.told(error=told_error)
        yield event_bytes(
            {"type": FAILED, "response": told_response, "sequence_number": number}, FAILED
        )


async def _kept(call: Call, asked: ResponseRequest, response: Response, told: Any) -> None:
    if asked.is_stored:
        items: Sequence[Any] = asked.items
        await remember(call, response, items, told)
