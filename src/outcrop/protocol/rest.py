"""What rest-json and rest-xml share: members bound to HTTP, and payloads.

Source: https://smithy.io/2.0/spec/http-bindings.html
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

from outcrop.aws.errors import SerializationError, ServiceError
from outcrop.aws.http import HttpRequest, HttpResponse, ResponseBody
from outcrop.protocol import event_stream
from outcrop.protocol.aws_chunked import unchunked
from outcrop.protocol.events import EventReader, EventWriter
from outcrop.protocol.http_bindings import RequestBindings, ResponseBindings
from outcrop.protocol.idempotency import token_filler
from outcrop.protocol.modelled_errors import ModelledErrors, WireError
from outcrop.protocol.nesting import BoundedNesting
from outcrop.protocol.request_body import read_whole
from outcrop.protocol.tree_values import REQUEST_LOCATIONS, RESPONSE_LOCATIONS, body_members

ReadBody = Callable[[HttpRequest, int], Awaitable[dict[str, Any]]]
WriteBody = Callable[[Mapping[str, Any]], tuple[str, ResponseBody]]
"""Gives the content type, empty for none, and the body."""


class Rest(ABC):
    """A wire protocol with HTTP bindings; the format of structured bodies is left open."""

    content_type: str
    empty_body: bytes
    """Sent where an output has members for the body and none is set."""

    def __init__(self, service_model: ServiceModel) -> None:
        self.errors = ModelledErrors(service_model)
        self._service_model = service_model
        self._parsers: dict[str, ReadBody] = {}
        self._serializers: dict[str, Callable[[Mapping[str, Any], str], HttpResponse]] = {}
        self._error_bindings: dict[str, ResponseBindings] = {}

    @abstractmethod
    def body_writer(self, shape: Shape) -> Callable[[Any], bytes]:
        """See `BodyCodec.body_writer`."""

    @abstractmethod
    def body_reader(self, shape: Shape) -> Callable[[bytes], Any]:
        """See `BodyCodec.body_reader`."""

    @abstractmethod
    def members_writer(
        self, operation: OperationModel, shape: StructureShape
    ) -> Callable[[Mapping[str, Any]], bytes]:
        """Return what writes a body from the members of `shape` that stand in it."""

    @abstractmethod
    def members_reader(self, shape: StructureShape) -> Callable[[bytes], dict[str, Any]]:
        """Return what reads the members of `shape` that stand in the body."""

    @abstractmethod
    def serialize_error(
        self, operation_name: str | None, error: ServiceError, *, request_id: str
    ) -> HttpResponse:
        """See `WireProtocol.serialize_error`."""

    async def parse(
        self, operation_name: str, request: HttpRequest, *, body_limit: int
    ) -> dict[str, Any]:
        """See `WireProtocol.parse`."""
        parse = self._parsers.get(operation_name)
        if parse is None:
            operation = self._service_model.operation_model(operation_name)
            parse = self._parsers[operation_name] = self._parser(operation)
        with BoundedNesting():
            return await parse(unchunked(request), body_limit)

    def _parser(self, operation: OperationModel) -> ReadBody:
        shape = operation.input_shape
        if shape is None:
            return _no_input
        bindings = RequestBindings(operation)
        read_body = self._body_parser(operation, shape)
        fill_tokens = token_filler(shape)

        async def parse(request: HttpRequest, limit: int) -> dict[str, Any]:
            return fill_tokens(bindings.read(request) | await read_body(request, limit))

        return parse

    def _body_parser(self, operation: OperationModel, shape: StructureShape) -> ReadBody:
        payload = shape.serialization.get("payload")
        if payload is not None:
            return self._payload_parser(operation, payload, shape.members[payload])
        if not body_members(shape, REQUEST_LOCATIONS):
            return _no_input
        read = self.members_reader(shape)
        gzip = bool(operation.request_compression)
        verifies = _are_checksums_of_body(operation, shape)

        async def parse(request: HttpRequest, limit: int) -> dict[str, Any]:
            content = await read_whole(request, limit=limit, gzip=gzip, verifies=verifies)
            return read(content) if content else {}

        return parse

    def _payload_parser(self, operation: OperationModel, name: str, shape: Shape) -> ReadBody:
        if shape.serialization.get("eventstream"):
            reader = EventReader(cast("StructureShape", shape), self)

            async def parse_events(request: HttpRequest, _: int) -> dict[str, Any]:
                return {name: reader.events(request.body)}

            return parse_events
        if shape.serialization.get("streaming"):

            async def parse_stream(request: HttpRequest, _: int) -> dict[str, Any]:
                return {name: request.body}

            return parse_stream
        read = _RAW_READERS.get(shape.type_name) or self.body_reader(shape)
        gzip = bool(operation.request_compression)
        input_shape = cast("StructureShape", operation.input_shape)
        verifies = _are_checksums_of_body(operation, input_shape)

        async def parse(request: HttpRequest, limit: int) -> dict[str, Any]:
            content = await read_whole(request, limit=limit, gzip=gzip, verifies=verifies)
            return {name: read(content)} if content else {}

        return parse

    def serialize(
        self, operation_name: str, result: Mapping[str, Any] | None, *, request_id: str
    ) -> HttpResponse:
        """See `WireProtocol.serialize`."""
        serialize = self._serializers.get(operation_name)
        if serialize is None:
            operation = self._service_model.operation_model(operation_name)
            serialize = self._serializers[operation_name] = self._serializer(operation)
        return serialize(result or {}, request_id)

    def _serializer(
        self, operation: OperationModel
    ) -> Callable[[Mapping[str, Any], str], HttpResponse]:
        usual_status = int(operation.http.get("responseCode", 200))
        shape = operation.output_shape
        if shape is None:
            return lambda _, request_id: HttpResponse(
                status=usual_status, headers={"x-amzn-requestid": request_id}
            )
        bindings = ResponseBindings(shape)
        write_body = self._body_serializer(operation, shape)

        def serialize(result: Mapping[str, Any], request_id: str) -> HttpResponse:
            content_type, body = write_body(result)
            headers = {"x-amzn-requestid": request_id}
            if content_type:
                headers["content-type"] = content_type
            headers |= bindings.headers(result)
            status = bindings.status(result, usual_status)
            return HttpResponse(status=status, headers=headers, body=body)

        return serialize

    def _body_serializer(self, operation: OperationModel, shape: StructureShape) -> WriteBody:
        payload = shape.serialization.get("payload")
        if payload is not None:
            return self._payload_serializer(payload, shape.members[payload])
        if not body_members(shape, RESPONSE_LOCATIONS):
            empty = (self.content_type if self.empty_body else "", self.empty_body)
            return lambda _: empty
        write = self.members_writer(operation, shape)
        return lambda result: (self.content_type, write(result))

    def _payload_serializer(self, name: str, shape: Shape) -> WriteBody:
        if shape.serialization.get("eventstream"):
            writer = EventWriter(cast("StructureShape", shape), self, self.errors)
            return lambda result: (event_stream.CONTENT_TYPE, writer.frames(result[name]))
        if shape.type_name in _RAW_CONTENT_TYPES:
            return _raw_serializer(name, _RAW_CONTENT_TYPES[shape.type_name])
        write = self.body_writer(shape)
        return lambda result: (
            ("", b"") if result.get(name) is None else (self.content_type, write(result[name]))
        )

    def error_code(self, error: ServiceError) -> str:
        """See `WireProtocol.error_code`."""
        return self.errors.describe(error).code

    def error_headers(self, wire_error: WireError) -> dict[str, str]:
        """Return the headers of an error that its shape or its raiser asks for."""
        shape = wire_error.shape
        if shape is None:
            return dict(wire_error.headers)
        bindings = self._error_bindings.get(shape.name)
        if bindings is None:
            bindings = self._error_bindings[shape.name] = ResponseBindings(shape)
        return {**bindings.headers(wire_error.members), **wire_error.headers}


def _are_checksums_of_body(operation: OperationModel, shape: StructureShape) -> bool:
    """Tell whether checksum headers are about the request's body.

    CompleteMultipartUpload has them as members without the trait: they are about the object.
    """
    headers = (str(member.serialization.get("name", "")) for member in shape.members.values())
    return bool(operation.http_checksum) or not any(
        header.lower().startswith("x-amz-checksum-") for header in headers
    )


async def _no_input(request: HttpRequest, limit: int) -> dict[str, Any]:
    """Give no members; a body that nothing asks for is left unread."""
    del request, limit
    return {}


def _read_text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise SerializationError("The body is no UTF-8") from error


_RAW_READERS: Mapping[str, Callable[[bytes], Any]] = {"blob": bytes, "string": _read_text}
_RAW_CONTENT_TYPES = {"blob": "application/octet-stream", "string": "text/plain"}


def _raw_serializer(name: str, content_type: str) -> WriteBody:
    def write(result: Mapping[str, Any]) -> tuple[str, ResponseBody]:
        value = result.get(name)
        if value is None:
            return "", b""
        return content_type, value.encode() if isinstance(value, str) else value

    return write
