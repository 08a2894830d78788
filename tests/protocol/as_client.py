"""botocore's own serialisers and parsers, to stand at the other end of the wire."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from botocore.awsrequest import HeadersDict, create_request_object, prepare_request_dict
from botocore.eventstream import EventStream
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import Body, HttpRequest, HttpResponse
from outcrop.protocol.choose import wire_protocol
from outcrop.protocol.interface import WireProtocol
from outcrop.protocol.service_models import ServiceModels

MODELS = ServiceModels()
HOST = "http://localhost"
BODY_LIMIT = 1 << 20
NO_REQUEST = HttpRequest(method="POST", raw_path="/", body=Body.of(b""))


class Conversation:
    """One operation of one service in one wire protocol."""

    def __init__(self, service: str, operation: str, protocol: str = "") -> None:
        self.model: ServiceModel = MODELS.load(service)
        self.protocol = protocol or self.model.resolved_protocol
        self.operation = self.model.operation_model(operation)

    def request(self, **parameters: Any) -> HttpRequest:
        """Return what botocore sends for parameters."""
        serializer = create_serializer(self.protocol, include_validation=False)
        sent: Any = serializer.serialize_to_request(parameters, self.operation)
        prepare_request_dict(sent, HOST)
        prepared: Any = create_request_object(sent).prepare()
        path, _, query = prepared.url.removeprefix(HOST).partition("?")
        content = prepared.body or b""
        return HttpRequest(
            method=prepared.method,
            raw_path=path,
            query_string=query,
            headers={name.lower(): text(value) for name, value in prepared.headers.items()},
            body=Body.of(content.encode() if isinstance(content, str) else content),
        )

    def parsed(self, request: HttpRequest) -> dict[str, Any]:
        """Return what we make of a request."""
        wire = wire_protocol(self.model, request)
        return asyncio.run(wire.parse(self.operation.name, request, body_limit=BODY_LIMIT))

    def answer(self, result: Any, request: HttpRequest | None = None) -> Any:
        """Return what botocore makes of our answer."""
        response = self.wire(request).serialize(self.operation.name, result, request_id="an-id")
        return self.read(response)

    def error(self, error: ServiceError, request: HttpRequest | None = None) -> Any:
        """Return what botocore makes of our answer when the handler raises."""
        name = self.operation.name
        return self.read(self.wire(request).serialize_error(name, error, request_id="an-id"))

    def wire(self, request: HttpRequest | None = None) -> WireProtocol:
        """Return our side of the wire; without a request, of a service with one protocol."""
        return wire_protocol(self.model, request or NO_REQUEST)

    def read(self, response: HttpResponse) -> Any:
        """Return what botocore reads out of a response."""
        content = asyncio.run(whole(response))
        is_stream = isinstance(response.body, AsyncIterator)
        parser: Any = create_parser(self.protocol)
        parsed = parser.parse(
            {
                "status_code": response.status,
                "headers": HeadersDict(response.headers),
                "body": Stream(content) if is_stream else content,
                "context": {"operation_name": self.operation.name},
            },
            self.operation.output_shape,
        )
        del parsed["ResponseMetadata"]["HTTPHeaders"]
        return parsed


class Stream:
    """A body as botocore's event streams want it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> list[bytes]:
        """Give all at once."""
        return [self._content]


def events_of(stream: EventStream) -> list[Any]:
    """Return the events of a stream."""
    return list(stream)


async def whole(response: HttpResponse) -> bytes:
    """Return the bytes of a response."""
    if isinstance(response.body, AsyncIterator):
        return b"".join([chunk async for chunk in response.body])
    assert isinstance(response.body, bytes)
    return response.body


def text(value: str | bytes) -> str:
    """Return a header as text."""
    return value.decode() if isinstance(value, bytes) else value


def modelled(name: str) -> type[ServiceError]:
    """Return an error class as a service's `shapes` module makes it."""
    return type(name, (ServiceError,), {"code": name})
