"""The wire protocol ec2: query with flat lists, capital names and envelopes of its own.

Source: https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botocore.model import ListShape, Shape

from outcrop.protocol.forms import FormValues, Node
from outcrop.protocol.modelled_errors import WireError
from outcrop.protocol.query import Query
from outcrop.protocol.timestamps import to_iso8601_milliseconds
from outcrop.protocol.xml_errors import write_error
from outcrop.protocol.xml_writing import XmlWriting

EC2_COMMON_CODES = {
    "AccessDeniedException": "UnauthorizedOperation",
    "SerializationException": "MalformedInput",
    "ThrottlingException": "RequestLimitExceeded",
    "UnknownOperationException": "InvalidAction",
    "ValidationException": "InvalidParameterValue",
}
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"""


class Ec2Forms(FormValues):
    """Forms as EC2 has them."""

    def wire_names(self, name: str, shape: Shape) -> Iterable[str]:
        """See `FormValues.wire_names`."""
        traits = shape.serialization
        wire_name = str(traits.get("queryName") or traits.get("name", name))
        yield wire_name if "queryName" in traits else wire_name[:1].upper() + wire_name[1:]

    def items(self, shape: ListShape, node: Node) -> list[Node]:
        """See `FormValues.items`."""
        del shape
        return node.numbered()


class Ec2(Query):
    """See `WireProtocol`."""

    common_codes = EC2_COMMON_CODES

    def make_forms(self) -> FormValues:
        """See `Query.make_forms`."""
        return Ec2Forms()

    def make_xml(self) -> XmlWriting:
        """See `Query.make_xml`."""
        return XmlWriting(to_iso8601_milliseconds)

    def document(self, operation_name: str) -> Callable[[Mapping[str, Any], str], str]:
        """See `Query.document`."""
        shape = self.service_model.operation_model(operation_name).output_shape
        write = self.xml.content(shape) if shape is not None else None
        response = f"{operation_name}Response"

        def serialize(result: Mapping[str, Any], request_id: str) -> str:
            out = [f"<{response}{self.xmlns}><requestId>{request_id}</requestId>"]
            if write is not None:
                write(result, out)
            out.append(f"</{response}>")
            return "".join(out)

        return serialize

    def error_document(self, wire_error: WireError, request_id: str) -> str:
        """See `Query.error_document`."""
        out = ["<Response><Errors>"]
        write_error(self.xml, wire_error, out)
        out.append(f"</Errors><RequestID>{request_id}</RequestID></Response>")
        return "".join(out)
