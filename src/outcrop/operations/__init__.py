"""What a handler is given and gives back: `Operation`, `Call`, `Service`, `Page`."""

from outcrop.operations.backends import Backends
from outcrop.operations.call import Call, Principal
from outcrop.operations.http_route import HttpRoute, http_route
from outcrop.operations.operation import Operation, operation
from outcrop.operations.service import Service

__all__ = [
    "Backends",
    "Call",
    "HttpRoute",
    "Operation",
    "Principal",
    "Service",
    "http_route",
    "operation",
]
