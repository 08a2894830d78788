"""The wire protocols json 1.0 and 1.1: `POST /` with the operation in `X-Amz-Target`.

Sources: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html,
https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html,
https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#awsquerycompatible-trait
"""

from typing import Any

from botocore.model import ServiceModel

from outcrop.aws.http import HttpResponse
from outcrop.protocol.json_values import JsonValues, dumps, loads
from outcrop.protocol.rpc import Rpc


class JsonRpc(Rpc):
    """See `WireProtocol`."""

    def __init__(self, service_model: ServiceModel) -> None:
        super().__init__(service_model, JsonValues())
        version = service_model.metadata.get("jsonVersion", "1.1")
        self.content_type = f"application/x-amz-json-{version}"

    def dumps(self, value: Any) -> bytes:
        """See `Rpc.dumps`."""
        return dumps(value)

    def loads(self, content: bytes) -> Any:
        """See `Rpc.loads`."""
        return loads(content)

    def no_output(self, request_id: str) -> HttpResponse:
        """See `Rpc.no_output`."""
        return self.response(200, b"{}", request_id)
