"""Which operation a WebSocket is opened for, as the routes of the services say.

Such a request is rewritten into the operation's ordinary form, with the messages as its body.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from botocore.model import OperationModel

from outcrop.aws.errors import (
    NotImplementedByOutcropError,
    ServiceError,
    UnknownOperationError,
)
from outcrop.aws.http import HttpRequest
from outcrop.gateway.identify import Identity, claimed_signing_name
from outcrop.gateway.registry import ServiceRegistry
from outcrop.operations import Call
from outcrop.operations.operation import Handler
from outcrop.operations.web_socket_route import PATH_SUFFIX, WebSocketRoute
from outcrop.protocol.events import event_stream_member
from outcrop.protocol.http_bindings import parse_query
from outcrop.protocol.service_models import ServiceModels
from outcrop.protocol.uri_router import UriRouter

_IS_OF_SIGNATURE = "x-amz-"


class WebSocketFinder:
    """Finds the operations that WebSockets are opened for."""

    def __init__(self, registry: ServiceRegistry, models: ServiceModels) -> None:
        self._registry = registry
        self._models = models
        self._routers: dict[str, UriRouter] = {}

    def find(self, request: HttpRequest) -> tuple[Identity, HttpRequest]:
        """Return the operation, and the request in its ordinary form.

        Raises:
            NotImplementedByOutcropError: No service here opens a WebSocket of this path.
            UnknownOperationError: The same, and the request is not signed for any service.
            SerializationError: The query does not decode.
        """
        if request.raw_path.endswith(PATH_SUFFIX):
            for name in sorted(self._registry.names):
                for route in self._registry.get(name).web_sockets:
                    asked = _in_ordinary_form(request, route)
                    if route.operation in self._operations(name, asked):
                        return Identity(name, route.operation), asked
        service = claimed_signing_name(request)
        if service:
            raise NotImplementedByOutcropError(
                f"Outcrop opens no WebSocket of {service} at {request.raw_path} yet."
            )
        raise UnknownOperationError(f"No operation is opened as a WebSocket at {request.raw_path}.")

    def _operations(self, service: str, asked: HttpRequest) -> frozenset[str]:
        router = self._routers.get(service)
        if router is None:
            router = self._routers[service] = UriRouter([self._models.load(service)])
        found = router.find(asked.method, asked.raw_path, asked.query_string, asked.headers)
        return frozenset(route.operation for route in found)


def _in_ordinary_form(request: HttpRequest, route: WebSocketRoute) -> HttpRequest:
    moved = {
        route.header_prefix + name.lower(): ",".join(values)
        for name, values in parse_query(request.query_string).items()
        if not name.lower().startswith(_IS_OF_SIGNATURE)
    }
    return replace(
        request,
        method="POST",
        raw_path=request.raw_path.removesuffix(PATH_SUFFIX),
        headers={**request.headers, **moved},
    )


def answering_at_once(
    handle: Handler, operation: OperationModel, failed: Callable[[ServiceError], None]
) -> Handler:
    """Return a handler that runs `handle` when the first event of its answer is asked for.

    A handler may read its input before it answers, and a WebSocket brings none before it is
    accepted: the answer, which accepts it, must not wait for the handler. Errors become events.

    Args:
        handle: The operation's handler.
        operation: Its model.
        failed: Called with an error before it becomes an event.
    """
    stream = event_stream_member(operation.output_shape)
    if stream is None:
        raise NotImplementedByOutcropError(f"{operation.name} has no events to answer with.")
    name, _ = stream

    async def events(call: Call, parameters: Any) -> AsyncIterator[Mapping[str, Any]]:
        try:
            result = await handle(call, parameters) or {}
            async with _closing(result[name]) as answered:
                async for event in answered:
                    yield event
        except ServiceError as error:
            failed(error)
            raise

    async def answer(call: Call, parameters: Any) -> Mapping[str, Any]:
        return {name: events(call, parameters)}

    return answer


@asynccontextmanager
async def _closing(
    events: AsyncIterator[Mapping[str, Any]],
) -> AsyncGenerator[AsyncIterator[Mapping[str, Any]], None]:
    """Close the events that a handler gives, if they can be closed, when nobody asks for more."""
    try:
        yield events
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()
