"""Which wire protocol a request speaks: a service may take several.

Source: https://smithy.io/2.0/aws/protocols/index.html
"""

from collections.abc import Callable, Mapping
from functools import cache

from botocore.model import ServiceModel

from outcrop.aws.http import HttpRequest
from outcrop.protocol.ec2 import Ec2
from outcrop.protocol.interface import WireProtocol
from outcrop.protocol.json_rpc import JsonRpc
from outcrop.protocol.query import Query
from outcrop.protocol.rest_json import RestJson
from outcrop.protocol.rest_xml import RestXml
from outcrop.protocol.rpc_v2_cbor import RpcV2Cbor

WIRE_PROTOCOLS: Mapping[str, Callable[[ServiceModel], WireProtocol]] = {
    "smithy-rpc-v2-cbor": RpcV2Cbor,
    "json": JsonRpc,
    "rest-json": RestJson,
    "rest-xml": RestXml,
    "query": Query,
    "ec2": Ec2,
}
"""By the names that service models use."""


def wire_protocol(service_model: ServiceModel, request: HttpRequest) -> WireProtocol:
    """Return the wire protocol of this request, prepared once for each service model."""
    return _prepared(service_model, protocol_name(service_model, request))


@cache
def _prepared(service_model: ServiceModel, name: str) -> WireProtocol:
    return WIRE_PROTOCOLS[name](service_model)


def protocol_name(service_model: ServiceModel, request: HttpRequest) -> str:
    """Return the name of the request's wire protocol, among those of the service."""
    metadata = service_model.metadata
    offered = metadata.get("protocols") or [metadata["protocol"]]
    if len(offered) == 1:
        return str(offered[0])
    asked = _asked_for(request)
    return asked if asked in offered else str(offered[-1])


def _asked_for(request: HttpRequest) -> str:
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return "smithy-rpc-v2-cbor"
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "application/cbor":
        return "smithy-rpc-v2-cbor"
    if "x-amz-target" in request.headers or content_type.startswith("application/x-amz-json"):
        return "json"
    return "query"
