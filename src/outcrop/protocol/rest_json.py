"""The wire protocol rest-json: HTTP bindings around a JSON body.

Source: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import HttpResponse
from outcrop.protocol.json_values import JsonValues, dumps, loads
from outcrop.protocol.rest import Rest


class RestJson(Rest):
    """See `WireProtocol`."""

    content_type = "application/json"
    empty_body = b"{}"

    def __init__(self, service_model: ServiceModel) -> None:
        super().__init__(service_model)
        self._values = JsonValues()

    def body_writer(self, shape: Shape) -> Callable[[Any], bytes]:
        """See `BodyCodec.body_writer`."""
        encode = self._values.encoder(shape)
        return lambda value: dumps(encode(value))

    def body_reader(self, shape: Shape) -> Callable[[bytes], Any]:
        """See `BodyCodec.body_reader`."""
        decode = self._values.decoder(shape)
        return lambda content: decode(loads(content))

    def members_writer(
        self, operation: OperationModel, shape: StructureShape
    ) -> Callable[[Mapping[str, Any]], bytes]:
        """See `Rest.members_writer`."""
        del operation
        encode = self._values.body_encoder(shape)
        return lambda members: dumps(encode(members))

    def members_reader(self, shape: StructureShape) -> Callable[[bytes], dict[str, Any]]:
        """See `Rest.members_reader`."""
        decode = self._values.body_decoder(shape)
        return lambda content: decode(loads(content))

    def serialize_error(
        self, operation_name: str | None, error: ServiceError, *, request_id: str
    ) -> HttpResponse:
        """See `WireProtocol.serialize_error`."""
        wire_error = self.errors.describe(error)
        return HttpResponse(
            status=wire_error.status,
            headers={
                "content-type": self.content_type,
                "x-amzn-requestid": request_id,
                "x-amzn-errortype": wire_error.code,
                **self.error_headers(wire_error),
            },
            body=dumps(self._values.error_members(wire_error)),
        )
