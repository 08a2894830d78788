"""The path of one request: identify → authenticate → parse → validate → handle → serialise."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from outcrop.aws.errors import (
    NotImplementedByOutcropError,
    ServiceError,
    UnknownOperationError,
    ValidationError,
)
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.gateway.authentication import Authenticator
from outcrop.gateway.identify import Identifier, Identity
from outcrop.gateway.plain_errors import plain_error
from outcrop.gateway.registry import ServiceRegistry
from outcrop.gateway.settings import GatewaySettings
from outcrop.gateway.trace import Trace
from outcrop.operations import Backends, Call, Service
from outcrop.operations.http_route import RouteHandler
from outcrop.operations.quirks import WireQuirks
from outcrop.protocol.choose import wire_protocol
from outcrop.protocol.service_index import ServiceIndex, all_service_names
from outcrop.protocol.service_models import ServiceModels
from outcrop.protocol.validation import prepare


class Gateway:
    """Answers requests by the services of a registry."""

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        registry: ServiceRegistry,
        authenticator: Authenticator,
        backends: Backends,
    ) -> None:
        """Take what `assembly` made; `Backends.ask` becomes this gateway's `ask`."""
        self._body_limit = settings.body_limit_mib << 20
        self._registry = registry
        self._authenticator = authenticator
        self._backends = replace(backends, ask=self.ask)
        self._models = ServiceModels()
        self._served = self._identifier(sorted(registry.names), guesses_unsigned=True)
        self._known: Identifier | None = None
        self._validators: dict[Identity, Callable[[Any], None]] = {}

    async def answer(self, request: HttpRequest, trace: Trace) -> HttpResponse:
        """Return what the operation gives, or the error in its place.

        `trace` learns on the way what the journal will say.
        """
        try:
            identity, routed = await self._identify(request)
            if identity is None:
                return await self._answer_route(request, trace)
            trace.identity = identity
            service = self._service(identity)
            call, routed = await self._open_call(request, routed, trace)
            wire = wire_protocol(self._models.load(service.name), routed)
            parameters = await wire.parse(identity.operation, routed, body_limit=self._body_limit)
            self._validate(service, identity, parameters)
            result = await service.operations[identity.operation].handle(call, parameters)
            response = wire.serialize(identity.operation, result, request_id=trace.request_id)
            response.headers.update(call.answer_headers)
            return service.quirks.after_serialize(identity.operation, parameters, response)
        except ServiceError as error:
            return self.refuse(request, error, trace)

    def refuse(self, request: HttpRequest, error: ServiceError, trace: Trace) -> HttpResponse:
        """Return an error as the service that the request means would tell it."""
        identity = trace.identity
        quirks = self._quirks(identity)
        error = quirks.error(error, request)
        trace.failed(error)
        if identity is None:
            return plain_error(request, error, trace.request_id)
        model = self._models.load(identity.service)
        name = identity.operation if identity.operation in model.operation_names else None
        wire = wire_protocol(model, request)
        response = wire.serialize_error(name, error, request_id=trace.request_id)
        response.headers.update(trace.answer_headers)
        return quirks.after_serialize(identity.operation, None, response)

    async def ask(
        self, call: Call, service: str, operation: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        """Run an operation of another service for the same caller: `Backends.ask`.

        Raises:
            ServiceError: As that operation's handler raises it.
        """
        identity = Identity(service, operation)
        handler = self._service(identity).operations[operation]
        inner = replace(call, service=service, operation=operation, answer_headers={})
        return dict(await handler.handle(inner, parameters) or {})

    def _identifier(self, names: list[str], *, guesses_unsigned: bool) -> Identifier:
        return Identifier(
            ServiceIndex(names),
            self._models,
            self._before_parse,
            guesses_unsigned=guesses_unsigned,
        )

    def _before_parse(self, service: str, request: HttpRequest) -> HttpRequest:
        if service not in self._registry.names:
            return request
        return self._registry.get(service).quirks.before_parse(request)

    async def _identify(self, request: HttpRequest) -> tuple[Identity | None, HttpRequest]:
        """Return the operation, looked for among the services here, then among all of AWS's.

        `None` stands for a path that a service answers beside its operations.
        """
        try:
            return await self._served.identify(request)
        except UnknownOperationError:
            if self._route(request) is not None:
                return None, request
            if self._known is None:
                self._known = self._identifier(all_service_names(), guesses_unsigned=False)
            return await self._known.identify(request)

    def _quirks(self, identity: Identity | None) -> WireQuirks:
        if identity is None or identity.service not in self._registry.names:
            return WireQuirks()
        return self._registry.get(identity.service).quirks

    def _route(self, request: HttpRequest) -> tuple[Identity, RouteHandler] | None:
        """Return what answers a request beside the operations, and what to call it."""
        found = self._registry.routes.get((request.method, request.raw_path))
        if found is not None:
            name, route = found
            return Identity(name, f"{route.method} {route.path}"), route.handle
        for name in sorted(self._registry.names):
            quirks = self._registry.get(name).quirks
            if quirks.claims(request):
                return Identity(name, request.method), quirks.answer
        return None

    def _service(self, identity: Identity) -> Service:
        """Return the service, sure to have a handler for the operation.

        Raises:
            NotImplementedByOutcropError: AWS has the operation and Outcrop has not.
            UnknownOperationError: AWS has no such operation.
        """
        if identity.service in self._registry.names:
            service = self._registry.get(identity.service)
            if identity.operation in service.operations:
                return service
        if identity.operation not in self._models.load(identity.service).operation_names:
            raise UnknownOperationError(
                f"{identity.service} has no operation {identity.operation}."
            )
        raise NotImplementedByOutcropError(
            f"Outcrop does not answer {identity.service}:{identity.operation} yet."
        )

    async def _open_call(
        self, request: HttpRequest, routed: HttpRequest, trace: Trace
    ) -> tuple[Call, HttpRequest]:
        """Authenticate the request as it was signed; go on with it as it was routed."""
        identity = trace.identity or Identity("bedrock-runtime", "")
        signed = replace(request, body=routed.body)
        caller = await self._authenticator.authenticate(
            signed, service=identity.service, body_limit=self._body_limit
        )
        trace.account, trace.region = caller.principal.account, caller.region
        call = Call(
            service=identity.service,
            operation=identity.operation,
            region=caller.region,
            principal=caller.principal,
            request_id=trace.request_id,
            backends=self._backends,
            endpoint_url=f"{request.scheme}://{request.headers.get('host', 'localhost')}",
            headers=request.headers,
        )
        trace.answer_headers = call.answer_headers
        return call, replace(routed, body=caller.request.body)

    def _validate(self, service: Service, identity: Identity, parameters: dict[str, Any]) -> None:
        if not service.quirks.validates:
            return
        validate = self._validators.get(identity)
        if validate is None:
            model = self._models.load(identity.service).operation_model(identity.operation)
            validate = self._validators[identity] = prepare(model.input_shape)
        try:
            validate(parameters)
        except ValidationError as error:
            raise service.quirks.validation_error(error.message) or error from None

    async def _answer_route(self, request: HttpRequest, trace: Trace) -> HttpResponse:
        route = self._route(request)
        if route is None:
            raise UnknownOperationError(f"Nothing answers {request.method} {request.raw_path}.")
        trace.identity, handle = route
        call, routed = await self._open_call(request, request, trace)
        response = await handle(call, routed)
        response.headers.update(call.answer_headers)
        response.headers.setdefault("x-amzn-requestid", trace.request_id)
        return response
