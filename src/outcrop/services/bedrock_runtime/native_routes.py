"""The vendors' own HTTP APIs beside AWS's: OpenAI's chat completions, Anthropic's Messages.

Source: Amazon Bedrock User Guide, "Invoke a model with the OpenAI Chat Completions API"; OpenAI API
reference, "Streaming"; Anthropic API reference, "Messages" and "Errors".
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.operations import Call, http_route
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.count_tokens import counted
from outcrop.services.bedrock_runtime.generation import open_generation
from outcrop.services.bedrock_runtime.json_bodies import as_json, read_object
from outcrop.services.bedrock_runtime.model_families.anthropic import AnthropicMessages
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json, TextFamily
from outcrop.services.bedrock_runtime.model_families.openai_chat import OpenAIChat
from outcrop.services.bedrock_runtime.model_ids import resolve

BODY_LIMIT_BYTES = 32 << 20
STATUS_OF_CODE = {
    "ValidationException": HTTPStatus.BAD_REQUEST,
    "AccessDeniedException": HTTPStatus.FORBIDDEN,
    "ResourceNotFoundException": HTTPStatus.NOT_FOUND,
    "ThrottlingException": HTTPStatus.TOO_MANY_REQUESTS,
}
ERROR_TYPES = {
    HTTPStatus.BAD_REQUEST: "invalid_request_error",
    HTTPStatus.FORBIDDEN: "permission_error",
    HTTPStatus.NOT_FOUND: "not_found_error",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is a vendor's own in an API of one POST."""

    family: TextFamily
    needs: tuple[str, ...]
    """Members without which a request is refused."""
    error: Callable[[HTTPStatus, ServiceError], Json]
    event: Callable[[Json, Fields], bytes]
    """Gives one event of a stream, or nothing for one that the request did not ask for."""
    last_event: bytes = b""


def openai_error(status: HTTPStatus, error: ServiceError) -> Json:
    """Return an error as OpenAI's clients expect it."""
    kind = ERROR_TYPES.get(status, "server_error")
    return {"error": {"message": error.message, "type": kind, "param": None, "code": error.code}}


def openai_event(event: Json, body: Fields) -> bytes:
    """Return a chunk; the one that holds only usage is for those who asked for it."""
    wants_usage = body.object("stream_options").truth("include_usage", default=False)
    if event.get("choices") == [] and not wants_usage:
        return b""
    return b"data: " + as_json(event) + b"\n\n"


def anthropic_error(status: HTTPStatus, error: ServiceError) -> Json:
    """Return an error as Anthropic's clients expect it."""
    kind = ERROR_TYPES.get(status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": error.message}}


def anthropic_event(event: Json, body: Fields) -> bytes:
    """Return an event under its name."""
    del body
    return f"event: {event['type']}\n".encode() + b"data: " + as_json(event) + b"\n\n"


OPENAI = Form(
    family=OpenAIChat(),
    needs=("model", "messages"),
    error=openai_error,
    event=openai_event,
    last_event=b"data: [DONE]\n\n",
)
ANTHROPIC = Form(
    family=AnthropicMessages(),
    needs=("model", "messages", "max_tokens"),
    error=anthropic_error,
    event=anthropic_event,
)


@http_route("POST", "/openai/v1/chat/completions")
async def chat_completions(call: Call, request: HttpRequest) -> HttpResponse:
    """Answer one of OpenAI's chat completions, whole or as server-sent events."""
    return await _answered(call, request, OPENAI, _generated)


@http_route("POST", "/anthropic/v1/messages")
async def anthropic_messages(call: Call, request: HttpRequest) -> HttpResponse:
    """Answer one of Anthropic's Messages, whole or as server-sent events."""
    return await _answered(call, request, ANTHROPIC, _generated)


@http_route("POST", "/v1/messages")
async def messages(call: Call, request: HttpRequest) -> HttpResponse:
    """Answer likewise, for clients whose base URL ends before `/v1`."""
    return await _answered(call, request, ANTHROPIC, _generated)


@http_route("POST", "/anthropic/v1/messages/count_tokens")
async def anthropic_count_tokens(call: Call, request: HttpRequest) -> HttpResponse:
    """Answer with the input tokens of a Message."""
    return await _answered(call, request, ANTHROPIC, _counted)


@http_route("POST", "/v1/messages/count_tokens")
async def messages_count_tokens(call: Call, request: HttpRequest) -> HttpResponse:
    """Answer likewise."""
    return await _answered(call, request, ANTHROPIC, _counted)


@http_route("GET", "/openai/v1/models")
async def models(call: Call, request: HttpRequest) -> HttpResponse:
    """List the models of Bedrock that write text, as OpenAI's clients expect a list of models."""
    del request
    listed = await call.ask("bedrock", "ListFoundationModels", byOutputModality="TEXT")
    data = [
        {"id": model["modelId"], "object": "model", "created": 0, "owned_by": model["providerName"]}
        for model in listed["modelSummaries"]
    ]
    return _json({"object": "list", "data": data})


async def _generated(call: Call, body: Fields, form: Form) -> HttpResponse:
    body.need(*form.needs)
    model_id = (await resolve(call, body.text("model"))).id
    prompt = await form.family.read(body, Attachments(call))
    generation = await open_generation(call, model_id, prompt)
    if not body.truth("stream", default=False):
        reply, finished = await generation.reply()
        return _json(form.family.write(model_id, prompt, reply, finished))

    async def events() -> AsyncGenerator[bytes, None]:
        try:
            async with aclosing(form.family.events(model_id, prompt, generation)) as told:
                async for event in told:
                    if line := form.event(event, body):
                        yield line
        except ServiceError as error:
            yield form.event(form.error(HTTPStatus.INTERNAL_SERVER_ERROR, error), body)
        yield form.last_event

    return HttpResponse(
        headers={"content-type": "text/event-stream", "cache-control": "no-cache"}, body=events()
    )


async def _counted(call: Call, body: Fields, form: Form) -> HttpResponse:
    body.need("model", "messages")
    model_id = (await resolve(call, body.text("model"))).id
    prompt = await form.family.read(body, Attachments(call))
    tokens = await counted(call, model_id, prompt)
    return _json({"input_tokens": tokens})


async def _answered(
    call: Call,
    request: HttpRequest,
    form: Form,
    answer: Callable[[Call, Fields, Form], Awaitable[HttpResponse]],
) -> HttpResponse:
    """Answer a JSON body, errors in the vendor's form."""
    try:
        content = await request.body.read(BODY_LIMIT_BYTES)
        body = Fields.of(read_object(content), wording=form.family.wording)
        return await answer(call, body, form)
    except ServiceError as error:
        status = STATUS_OF_CODE.get(error.code, HTTPStatus.INTERNAL_SERVER_ERROR)
        response = _json(form.error(status, error), status=status)
        response.headers.update(error.headers)
        return response


def _json(value: Json, *, status: int = HTTPStatus.OK) -> HttpResponse:
    return HttpResponse(
        status=status, headers={"content-type": "application/json"}, body=as_json(value)
    )
