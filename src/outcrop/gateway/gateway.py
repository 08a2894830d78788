"""The path of one request: identify → authenticate → parse → validate → handle → serialise."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from outcrop.aws.errors import (
    NotImplementedByOutcropError,
    SerializationError,
    ServiceError,
    UnknownOperationError,
    ValidationError,
)
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.gateway.authentication import Authenticator
from outcrop.gateway.dispatcher import Destination, Dispatcher
from outcrop.gateway.faults import Faults, befall, cut
from outcrop.gateway.forwards import Forwards
from outcrop.gateway.identify import Identity
from outcrop.gateway.plain_errors import plain_error
from outcrop.gateway.registry import ServiceRegistry
from outcrop.gateway.settings import GatewaySettings
from outcrop.gateway.trace import Trace
from outcrop.gateway.web_sockets import answering_at_once
from outcrop.operations import Backends, Call
from outcrop.operations.quirks import WireQuirks
from outcrop.protocol.choose import wire_protocol
from outcrop.protocol.events import event_stream_member
from outcrop.protocol.json_values import JsonValues
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
        faults: Faults,
        upstream: Forwards | None = None,
    ) -> None:
        """Take what `assembly` made; `ask` and `read_input` of `Backends` become this gateway's.

        Args:
            settings: Limits.
            registry: The services.
            authenticator: Knows the callers.
            backends: What handlers work with.
            faults: What befalls requests on purpose.
            upstream: Takes the requests of services that are not in the registry.
        """
        self._body_limit = settings.body_limit_mib << 20
        self._authenticator = authenticator
        self._backends = replace(backends, ask=self.ask, read_input=self.read_input)
        self._faults = faults
        self._upstream = upstream
        self._models = ServiceModels()
        self._dispatcher = Dispatcher(registry, self._models)
        self._validators: dict[Identity, Callable[[Any], None]] = {}
        self._hearing: dict[Identity, bool] = {}
        self._unsigned: dict[Identity, bool] = {}
        self._readers: dict[Identity, Callable[[Any], dict[str, Any]]] = {}

    @property
    def backends(self) -> Backends:
        """What handlers work with, for work that no request asks for."""
        return self._backends

    async def answer(self, request: HttpRequest, trace: Trace) -> HttpResponse:
        """Return what the operation gives, or the error in its place.

        `trace` learns on the way what the journal will say.
        """
        try:
            destination = await self._find(request)
            if destination is None or not self._dispatcher.serves(destination.identity.service):
                return await self._forward(request, destination, trace)
            trace.identity = destination.identity
            faults = self._faults.of(destination.identity, request)
            await befall(faults)
            return cut(await self._answer_here(request, destination, trace), faults)
        except ServiceError as error:
            return self.refuse(request, error, trace)
        except RecursionError:
            # Handlers read documents that callers wrote: policies, manifests, tokens.
            error = SerializationError("The request is nested too deeply")
            return self.refuse(request, error, trace)

    async def _answer_here(
        self, request: HttpRequest, destination: Destination, trace: Trace
    ) -> HttpResponse:
        if destination.beside is not None:
            call, request = await self._open_call(request, destination, trace)
            response = await destination.beside(call, request)
            response.headers.update(call.answer_headers)
            response.headers.setdefault("x-amzn-requestid", trace.request_id)
            return response
        identity = destination.identity
        service = self._dispatcher.service(identity)
        call, request = await self._open_call(request, destination, trace)
        wire = wire_protocol(self._models.load(service.name), request)
        parameters = await wire.parse(identity.operation, request, body_limit=self._body_limit)
        self._validate(service.quirks, identity, parameters)
        handle = service.operations[identity.operation].handle
        if request.is_websocket:
            model = self._models.load(service.name).operation_model(identity.operation)
            handle = answering_at_once(
                handle, model, lambda error: trace.failed(error, code=wire.error_code(error))
            )
        result = await handle(call, parameters)
        response = wire.serialize(identity.operation, result, request_id=trace.request_id)
        response.headers.update(call.answer_headers)
        return service.quirks.after_serialize(identity.operation, parameters, response)

    def refuse(self, request: HttpRequest, error: ServiceError, trace: Trace) -> HttpResponse:
        """Return an error as the service that the request means would tell it."""
        identity = trace.identity
        if identity is None:
            trace.failed(error, code=error.code)
            return plain_error(request, error, trace.request_id)
        model = self._models.load(identity.service)
        wire = wire_protocol(model, request)
        quirks = self._dispatcher.quirks(identity.service)
        error = quirks.error(error, request)
        trace.failed(error, code=wire.error_code(error))
        name = identity.operation if identity.operation in model.operation_names else None
        response = wire.serialize_error(name, error, request_id=trace.request_id)
        response.headers.update(trace.answer_headers or {})
        return quirks.after_serialize(identity.operation, None, response)

    async def ask(
        self, call: Call, service: str, operation: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        """Run an operation of another service for the same caller: `Backends.ask`.

        Raises:
            ServiceError: As that operation's handler raises it.
        """
        identity = Identity(service, operation)
        handler = self._dispatcher.service(identity).operations[operation]
        # Headers, in and out, belong to the request that came over the wire.
        inner = replace(
            call,
            service=service,
            operation=operation,
            asked_by=call.operation,
            headers={},
            answer_headers={},
        )
        return dict(await handler.handle(inner, parameters) or {})

    def read_input(self, service: str, operation: str, value: Any) -> dict[str, Any]:
        """Return an operation's input from a JSON value, checked: `Backends.read_input`.

        Raises:
            ServiceError: The value breaks the service model.
        """
        identity = Identity(service, operation)
        if identity not in self._readers:
            shape = self._models.load(service).operation_model(operation).input_shape
            self._readers[identity] = JsonValues().members_decoder(
                lambda: shape.members if shape is not None else {}
            )
        parameters = self._readers[identity](value)
        self._validate(self._dispatcher.quirks(service), identity, parameters)
        return parameters

    async def _find(self, request: HttpRequest) -> Destination | None:
        try:
            return await self._dispatcher.find(request)
        except UnknownOperationError:
            if self._upstream is None or request.is_websocket:
                raise
            return None

    async def _forward(
        self, request: HttpRequest, destination: Destination | None, trace: Trace
    ) -> HttpResponse:
        """Send a request on that no service here takes, or say that none does."""
        if destination is not None:
            trace.identity = destination.identity
        service = destination.identity.service if destination is not None else ""
        if self._upstream is None:
            raise NotImplementedByOutcropError(f"Outcrop does not answer {service} yet.")
        caller = await self._authenticator.authenticate(
            request, service=service, body_limit=self._body_limit
        )
        trace.account, trace.region = caller.principal.account, caller.region
        return await self._upstream.forward(caller.request, service=service, region=caller.region)

    async def _open_call(
        self, request: HttpRequest, destination: Destination, trace: Trace
    ) -> tuple[Call, HttpRequest]:
        """Authenticate the request as it was signed; go on with it as it was routed."""
        identity, routed = destination.identity, destination.request
        request.body.may_pause = destination.beside is None and self._hears_events(identity)
        caller = await self._authenticator.authenticate(
            request if routed.body is request.body else replace(request, body=routed.body),
            service=identity.service,
            takes_anonymous=self._takes_anonymous(destination),
            body_limit=self._body_limit,
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
            answer_headers={},
        )
        trace.answer_headers = call.answer_headers
        body = caller.request.body
        return call, routed if body is routed.body else replace(routed, body=body)

    def _hears_events(self, identity: Identity) -> bool:
        """Tell whether an operation's input is a stream of events."""
        if identity not in self._hearing:
            model = self._models.load(identity.service).operation_model(identity.operation)
            self._hearing[identity] = event_stream_member(model.input_shape) is not None
        return self._hearing[identity]

    def _takes_anonymous(self, destination: Destination) -> bool:
        identity = destination.identity
        if destination.beside is not None:
            return identity.operation in self._dispatcher.quirks(identity.service).anonymous
        if identity not in self._unsigned:
            model = self._models.load(identity.service).operation_model(identity.operation)
            self._unsigned[identity] = (
                model.auth_type == "none"
                or identity.operation in self._dispatcher.quirks(identity.service).anonymous
            )
        return self._unsigned[identity]

    def _validate(self, quirks: WireQuirks, identity: Identity, parameters: dict[str, Any]) -> None:
        if not quirks.validates:
            return
        validate = self._validators.get(identity)
        if validate is None:
            model = self._models.load(identity.service).operation_model(identity.operation)
            validate = self._validators[identity] = prepare(model.input_shape)
        try:
            validate(parameters)
        except ValidationError as error:
            raise quirks.validation_error(error.message) or error from None
