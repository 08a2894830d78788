"""The wire protocol rest-xml: HTTP bindings around an XML body.

Source: https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import HttpResponse
from outcrop.protocol.rest import Rest
from outcrop.protocol.timestamps import to_iso8601_milliseconds
from outcrop.protocol.tree_values import REQUEST_LOCATIONS
from outcrop.protocol.xml_errors import write_error
from outcrop.protocol.xml_reading import XmlReading, parse_xml
from outcrop.protocol.xml_writing import Write, XmlWriting, escape, escape_attribute

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


class RestXml(Rest):
    """See `WireProtocol`."""

    content_type = "application/xml"
    empty_body = b""

    def __init__(self, service_model: ServiceModel) -> None:
        super().__init__(service_model)
        metadata = service_model.metadata
        self._reading = XmlReading()
        self._writing = XmlWriting(to_iso8601_milliseconds)
        namespace = metadata.get("xmlNamespace", "")
        self._xmlns = f' xmlns="{escape_attribute(namespace)}"' if namespace else ""
        self._wraps_errors = not metadata.get("noErrorWrapping")
        self._roots: Mapping[str, str] = metadata.get("outputRoots", {})
        self._unwrapped: Mapping[str, str] = metadata.get("unwrappedOutputs", {})

    def body_writer(self, shape: Shape) -> Callable[[Any], bytes]:
        """See `BodyCodec.body_writer`."""
        root = shape.serialization.get("name", shape.name)
        return _document(self._writing.root(shape, root, self._xmlns))

    def body_reader(self, shape: Shape) -> Callable[[bytes], Any]:
        """See `BodyCodec.body_reader`."""
        decode = self._reading.decoder(shape)
        return lambda content: decode(parse_xml(content))

    def members_writer(
        self, operation: OperationModel, shape: StructureShape
    ) -> Callable[[Mapping[str, Any]], bytes]:
        """See `Rest.members_writer`."""
        only = self._unwrapped.get(operation.name)
        if only is not None:
            write = _document(self._writing.root(shape.members[only], only, self._xmlns))
            return lambda members: write(members.get(only) or "")
        root = self._roots.get(operation.name) or shape.serialization.get("name", shape.name)
        return _document(self._writing.root(shape, root, self._xmlns))

    def members_reader(self, shape: StructureShape) -> Callable[[bytes], dict[str, Any]]:
        """See `Rest.members_reader`."""
        decode = self._reading.members_decoder(shape, REQUEST_LOCATIONS)
        return lambda content: decode(parse_xml(content))

    def serialize_error(
        self, operation_name: str | None, error: ServiceError, *, request_id: str
    ) -> HttpResponse:
        """See `WireProtocol.serialize_error`."""
        wire_error = self.errors.describe(error)
        out: list[str] = [DECLARATION]
        told_id = f"<RequestId>{escape(request_id)}</RequestId>"
        if self._wraps_errors:
            fault = "Sender" if wire_error.is_sender_fault else "Receiver"
            out.append(f"<ErrorResponse{self._xmlns}>")
            write_error(self._writing, wire_error, out, before=f"<Type>{fault}</Type>")
            out.append(f"{told_id}</ErrorResponse>")
        else:
            write_error(self._writing, wire_error, out, after=told_id)
        return HttpResponse(
            status=wire_error.status,
            headers={
                "content-type": self.content_type,
                "x-amzn-requestid": request_id,
                **self.error_headers(wire_error),
            },
            body="".join(out).encode(),
        )


def _document(write: Write) -> Callable[[Any], bytes]:
    def write_document(value: Any) -> bytes:
        out = [DECLARATION]
        write(value, out)
        return "".join(out).encode()

    return write_document
