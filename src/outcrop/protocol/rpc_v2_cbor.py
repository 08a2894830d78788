"""The wire protocol smithy-rpc-v2-cbor: `POST /service/<name>/operation/<name>` with CBOR.

Source: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.model import ServiceModel

from outcrop.aws.http import HttpResponse
from outcrop.protocol.cbor_values import CborValues, dumps, loads
from outcrop.protocol.rpc import Rpc


class RpcV2Cbor(Rpc):
    """See `WireProtocol`."""

    content_type = "application/cbor"
    constant_headers: ClassVar[Mapping[str, str]] = {"smithy-protocol": "rpc-v2-cbor"}

    def __init__(self, service_model: ServiceModel) -> None:
        super().__init__(service_model, CborValues())

    def dumps(self, value: Any) -> bytes:
        """See `Rpc.dumps`."""
        return dumps(value)

    def loads(self, content: bytes) -> Any:
        """See `Rpc.loads`."""
        return loads(content)

    def no_output(self, request_id: str) -> HttpResponse:
        """See `Rpc.no_output`."""
        response = self.response(200, b"", request_id)
        del response.headers["content-type"]
        return response
