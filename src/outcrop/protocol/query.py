"""The wire protocol query: a form with `Action` and `Version` in, XML out.

Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import ServiceModel

from outcrop.aws.errors import SerializationError, ServiceError
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.protocol.forms import Decode, FormValues, tree
from outcrop.protocol.http_bindings import ResponseBindings, parse_query
from outcrop.protocol.idempotency import token_filler
from outcrop.protocol.modelled_errors import ModelledErrors, WireError
from outcrop.protocol.nesting import BoundedNesting
from outcrop.protocol.request_body import read_whole
from outcrop.protocol.timestamps import to_iso8601
from outcrop.protocol.xml_errors import write_error
from outcrop.protocol.xml_writing import XmlWriting, escape, escape_attribute

COMMON_CODES = {
    "AccessDeniedException": "AccessDenied",
    "SerializationException": "MalformedInput",
    "ThrottlingException": "Throttling",
    "UnknownOperationException": "InvalidAction",
    "ValidationException": "ValidationError",
}
"""What query services call errors that newer protocols name otherwise.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
"""

CONTENT_TYPE = "text/xml"


class MalformedInputError(SerializationError):
    """The form does not decode."""

    code = "MalformedInput"


class Query:
    """See `WireProtocol`."""

    common_codes: Mapping[str, str] = COMMON_CODES

    def __init__(self, service_model: ServiceModel) -> None:
        self.service_model = service_model
        self._errors = ModelledErrors(service_model)
        self._forms = self.make_forms()
        self.xml = self.make_xml()
        namespace = service_model.metadata.get("xmlNamespace", "")
        self.xmlns = f' xmlns="{escape_attribute(namespace)}"' if namespace else ""
        self._parsers: dict[str, Callable[[Any], dict[str, Any]]] = {}
        self._serializers: dict[str, Callable[[Mapping[str, Any], str], str]] = {}

    def make_forms(self) -> FormValues:
        """Return the readers of forms."""
        return FormValues()

    def make_xml(self) -> XmlWriting:
        """Return the writers of XML."""
        return XmlWriting(to_iso8601)

    async def parse(
        self, operation_name: str, request: HttpRequest, *, body_limit: int
    ) -> dict[str, Any]:
        """See `WireProtocol.parse`."""
        decode = self._parsers.get(operation_name)
        if decode is None:
            decode = self._parsers[operation_name] = self._parser(operation_name)
        content = await read_whole(request, limit=body_limit, gzip=True)
        try:
            form = content.decode()
        except UnicodeDecodeError as error:
            raise MalformedInputError("The form is no UTF-8") from error
        parameters = {**parse_query(request.query_string), **parse_query(form)}
        with BoundedNesting():
            return decode(tree(parameters))

    def _parser(self, operation_name: str) -> Callable[[Any], dict[str, Any]]:
        shape = self.service_model.operation_model(operation_name).input_shape
        if shape is None:
            return lambda _: {}
        decode: Decode = self._forms.decoder(shape)
        fill_tokens = token_filler(shape)
        return lambda node: fill_tokens(decode(node))

    def serialize(
        self, operation_name: str, result: Mapping[str, Any] | None, *, request_id: str
    ) -> HttpResponse:
        """See `WireProtocol.serialize`."""
        serialize = self._serializers.get(operation_name)
        if serialize is None:
            serialize = self._serializers[operation_name] = self.document(operation_name)
        return self._response(200, serialize(result or {}, escape(request_id)), request_id)

    def document(self, operation_name: str) -> Callable[[Mapping[str, Any], str], str]:
        """Return what writes the body of a response from a result and an escaped request id."""
        shape = self.service_model.operation_model(operation_name).output_shape
        write = self.xml.content(shape) if shape is not None else None
        wrapper = f"{operation_name}Result"
        if shape is not None:
            wrapper = shape.serialization.get("resultWrapper", wrapper)
        response = f"{operation_name}Response"

        def serialize(result: Mapping[str, Any], request_id: str) -> str:
            out = [f"<{response}{self.xmlns}>"]
            if write is not None:
                out.append(f"<{wrapper}>")
                write(result, out)
                out.append(f"</{wrapper}>")
            out.append(f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>")
            out.append(f"</{response}>")
            return "".join(out)

        return serialize

    def serialize_error(
        self, operation_name: str | None, error: ServiceError, *, request_id: str
    ) -> HttpResponse:
        """See `WireProtocol.serialize_error`."""
        wire_error = self._errors.describe(error, self.common_codes)
        text = self.error_document(wire_error, escape(request_id))
        response = self._response(wire_error.status, text, request_id)
        if wire_error.shape is not None:
            bindings = ResponseBindings(wire_error.shape)
            response.headers.update(bindings.headers(wire_error.members))
        response.headers.update(wire_error.headers)
        return response

    def error_code(self, error: ServiceError) -> str:
        """See `WireProtocol.error_code`."""
        return self._errors.describe(error, self.common_codes).code

    def error_document(self, wire_error: WireError, request_id: str) -> str:
        """Return the body of an error."""
        out = [f"<ErrorResponse{self.xmlns}>"]
        fault = "Sender" if wire_error.is_sender_fault else "Receiver"
        write_error(self.xml, wire_error, out, before=f"<Type>{fault}</Type>")
        out.append(f"<RequestId>{request_id}</RequestId></ErrorResponse>")
        return "".join(out)

    def _response(self, status: int, text: str, request_id: str) -> HttpResponse:
        return HttpResponse(
            status=status,
            headers={"content-type": CONTENT_TYPE, "x-amzn-requestid": request_id},
            body=text.encode(),
        )
