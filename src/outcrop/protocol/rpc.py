"""What json and rpc-v2-cbor share: whole structures as bodies, operations named outside them."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from botocore.model import ServiceModel, Shape, StructureShape

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.protocol import event_stream
from outcrop.protocol.aws_chunked import unchunked
from outcrop.protocol.events import (
    EventReader,
    EventWriter,
    event_stream_member,
    initial_response,
)
from outcrop.protocol.idempotency import token_filler
from outcrop.protocol.modelled_errors import ModelledErrors, WireError
from outcrop.protocol.nesting import BoundedNesting
from outcrop.protocol.request_body import read_whole
from outcrop.protocol.tree_values import TreeValues

Parse = Callable[[HttpRequest, int], Awaitable[dict[str, Any]]]
Serialize = Callable[[Mapping[str, Any], str], HttpResponse]


class Rpc(ABC):
    """A wire protocol without HTTP bindings; the format of bodies is left open."""

    content_type: str
    constant_headers: ClassVar[Mapping[str, str]] = {}
    """Sent with every response."""

    def __init__(self, service_model: ServiceModel, values: TreeValues) -> None:
        self._service_model = service_model
        self._values = values
        self._errors = ModelledErrors(service_model)
        self._is_query_compatible = service_model.is_query_compatible
        self._parsers: dict[str, Parse] = {}
        self._serializers: dict[str, Serialize] = {}

    @abstractmethod
    def dumps(self, value: Any) -> bytes:
        """Return the bytes of a plain value."""

    @abstractmethod
    def loads(self, content: bytes) -> Any:
        """Return the plain value that the bytes hold; raise `SerializationError` if none."""

    @abstractmethod
    def no_output(self, request_id: str) -> HttpResponse:
        """Return the response of an operation without output."""

    def body_writer(self, shape: Shape) -> Callable[[Any], bytes]:
        """See `BodyCodec.body_writer`."""
        encode = self._values.encoder(shape)
        return lambda value: self.dumps(encode(value))

    def body_reader(self, shape: Shape) -> Callable[[bytes], Any]:
        """See `BodyCodec.body_reader`."""
        decode = self._values.decoder(shape)
        return lambda content: decode(self.loads(content))

    async def parse(
        self, operation_name: str, request: HttpRequest, *, body_limit: int
    ) -> dict[str, Any]:
        """See `WireProtocol.parse`."""
        parse = self._parsers.get(operation_name)
        if parse is None:
            parse = self._parsers[operation_name] = self._parser(operation_name)
        with BoundedNesting():
            return await parse(unchunked(request), body_limit)

    def _parser(self, operation_name: str) -> Parse:
        shape = self._service_model.operation_model(operation_name).input_shape
        if stream := event_stream_member(shape):
            name, stream_shape = stream
            reader = EventReader(stream_shape, self)

            async def parse_stream(request: HttpRequest, _: int) -> dict[str, Any]:
                return {name: reader.events(request.body)}

            return parse_stream
        decode = self.body_reader(shape) if shape is not None else _nothing
        fill_tokens = token_filler(shape)

        async def parse(request: HttpRequest, limit: int) -> dict[str, Any]:
            content = await read_whole(request, limit=limit, gzip=True)
            return fill_tokens(decode(content) if content else {})

        return parse

    def serialize(
        self, operation_name: str, result: Mapping[str, Any] | None, *, request_id: str
    ) -> HttpResponse:
        """See `WireProtocol.serialize`."""
        serialize = self._serializers.get(operation_name)
        if serialize is None:
            serialize = self._serializers[operation_name] = self._serializer(operation_name)
        return serialize(result or {}, request_id)

    def _serializer(self, operation_name: str) -> Serialize:
        shape = self._service_model.operation_model(operation_name).output_shape
        if shape is None:
            return lambda _, request_id: self.no_output(request_id)
        if stream := event_stream_member(shape):
            return self._stream_serializer(shape, *stream)
        write = self.body_writer(shape)
        return lambda result, request_id: self.response(200, write(result), request_id)

    def _stream_serializer(
        self, shape: StructureShape, name: str, stream_shape: StructureShape
    ) -> Serialize:
        beside = {key: member for key, member in shape.members.items() if key != name}
        encode = self._values.members_encoder(lambda: beside)
        writer = EventWriter(stream_shape, self, self._errors)

        def serialize(result: Mapping[str, Any], request_id: str) -> HttpResponse:
            first = initial_response(self.dumps(encode(result)), self.content_type)
            response = self.response(200, b"", request_id)
            response.headers["content-type"] = event_stream.CONTENT_TYPE
            return replace(response, body=writer.frames(result[name], first))

        return serialize

    def serialize_error(
        self, operation_name: str | None, error: ServiceError, *, request_id: str
    ) -> HttpResponse:
        """See `WireProtocol.serialize_error`."""
        wire_error = self._errors.describe(error)
        members = {"__type": wire_error.name, **self._values.error_members(wire_error)}
        response = self.response(wire_error.status, self.dumps(members), request_id)
        response.headers.update(self._error_headers(wire_error))
        return response

    def error_code(self, error: ServiceError) -> str:
        """See `WireProtocol.error_code`."""
        return self._errors.describe(error).name

    def _error_headers(self, wire_error: WireError) -> dict[str, str]:
        headers = dict(wire_error.headers)
        if self._is_query_compatible and wire_error.query_code:
            fault = "Sender" if wire_error.is_sender_fault else "Receiver"
            headers["x-amzn-query-error"] = f"{wire_error.query_code};{fault}"
        return headers

    def response(self, status: int, content: bytes, request_id: str) -> HttpResponse:
        """Return a response with the headers that all of them have."""
        return HttpResponse(
            status=status,
            headers={
                "content-type": self.content_type,
                "x-amzn-requestid": request_id,
                **self.constant_headers,
            },
            body=content,
        )


def _nothing(content: bytes) -> dict[str, Any]:
    """Give no members, whatever was sent."""
    del content
    return {}
