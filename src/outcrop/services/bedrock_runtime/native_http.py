"""What the vendors' own HTTP APIs share: a JSON body in, JSON or server-sent events out.

Their errors have the vendor's form, not AWS's.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from http import HTTPStatus

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.operations import Call
from outcrop.services.bedrock_runtime.json_bodies import as_json, read_object
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json
from outcrop.services.bedrock_runtime.model_families.wording import Wording

BODY_LIMIT_BYTES = 32 << 20
STATUS_OF_CODE = {
    "ValidationException": HTTPStatus.BAD_REQUEST,
    "AccessDeniedException": HTTPStatus.FORBIDDEN,
    "ResourceNotFoundException": HTTPStatus.NOT_FOUND,
    "ThrottlingException": HTTPStatus.TOO_MANY_REQUESTS,
    "ServiceUnavailableException": HTTPStatus.SERVICE_UNAVAILABLE,
}
ERROR_TYPES = {
    HTTPStatus.BAD_REQUEST: "invalid_request_error",
    HTTPStatus.FORBIDDEN: "permission_error",
    HTTPStatus.NOT_FOUND: "not_found_error",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_error",
}

ErrorForm = Callable[[HTTPStatus, ServiceError], Json]
"""Returns an error's body."""


def openai_error(status: HTTPStatus, error: ServiceError) -> Json:
    """Return an error as OpenAI's clients expect it."""
    kind = ERROR_TYPES.get(status, "server_error")
    return {"error": {"message": error.message, "type": kind, "param": None, "code": error.code}}


def anthropic_error(status: HTTPStatus, error: ServiceError) -> Json:
    """Return an error as Anthropic's clients expect it."""
    kind = ERROR_TYPES.get(status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": error.message}}


async def answered(
    call: Call,
    request: HttpRequest,
    answer: Callable[[Call, Fields], Awaitable[HttpResponse]],
    *,
    wording: Wording,
    error_form: ErrorForm,
) -> HttpResponse:
    """Answer a JSON body, errors in the vendor's form."""
    try:
        content = await request.body.read(BODY_LIMIT_BYTES)
        return await answer(call, Fields.of(read_object(content), wording=wording))
    except ServiceError as error:
        return refused(error, error_form)


def refused(error: ServiceError, error_form: ErrorForm) -> HttpResponse:
    """Return an error in the vendor's form."""
    status = STATUS_OF_CODE.get(error.code, HTTPStatus.INTERNAL_SERVER_ERROR)
    response = as_response(error_form(status, error), status=status)
    response.headers.update(error.headers)
    return response


def as_response(value: Json, *, status: int = HTTPStatus.OK) -> HttpResponse:
    """Return a JSON object as a response."""
    return HttpResponse(
        status=status, headers={"content-type": "application/json"}, body=as_json(value)
    )


def as_event_stream(events: AsyncGenerator[bytes, None]) -> HttpResponse:
    """Return server-sent events as a response."""
    body: AsyncIterator[bytes] = events
    headers = {"content-type": "text/event-stream", "cache-control": "no-cache"}
    return HttpResponse(headers=headers, body=body)


def event_bytes(event: Json, name: str = "") -> bytes:
    """Return a server-sent event."""
    line = f"event: {name}\n".encode() if name else b""
    return line + b"data: " + as_json(event) + b"\n\n"
