"""Where a request goes: to an operation, to a path beside the operations, or to nobody here."""

from dataclasses import dataclass
from functools import cached_property

from outcrop.aws.errors import NotImplementedByOutcropError, UnknownOperationError
from outcrop.aws.http import HttpRequest
from outcrop.gateway.identify import Identifier, Identity, signing_name_of
from outcrop.gateway.registry import ServiceRegistry
from outcrop.gateway.web_sockets import WebSocketFinder
from outcrop.operations import Service
from outcrop.operations.http_route import RouteHandler
from outcrop.operations.quirks import WireQuirks
from outcrop.protocol.service_index import ServiceIndex, all_service_names
from outcrop.protocol.service_models import ServiceModels

OWN_PATHS = "/_outcrop/"
"""Below it no bucket is: what services answer that is no operation of AWS's."""


@dataclass(frozen=True, slots=True)
class Destination:
    """What a request means."""

    identity: Identity
    request: HttpRequest
    """The request to parse: its path may have been rewritten."""
    beside: RouteHandler | None = None
    """Answers the request itself, where it is no operation of AWS."""


class Dispatcher:
    """Finds the destination of each request."""

    def __init__(self, registry: ServiceRegistry, models: ServiceModels) -> None:
        self._registry = registry
        self._models = models
        self._served = self._identifier(sorted(registry.names), guesses_unsigned=True)
        self._web_sockets = WebSocketFinder(registry, models)

    async def find(self, request: HttpRequest) -> Destination:
        """Return where a request goes, sought among the services here, then among all of AWS's.

        Raises:
            UnknownOperationError: Nobody knows it.
            NotImplementedByOutcropError: It asks for a WebSocket of a service that has none here.
        """
        if request.is_websocket:
            return Destination(*self._web_sockets.find(request))
        if request.raw_path.startswith(OWN_PATHS):
            return self._own(request)
        name = signing_name_of(request)
        if self._served.is_for_another(name) and not self._known.is_for_another(name):
            return Destination(*await self._known.identify(request, name))
        try:
            found = Destination(*await self._served.identify(request, name))
        except UnknownOperationError:
            beside = self._beside(request)
            if beside is not None:
                return beside
            return Destination(*await self._known.identify(request, name))
        # Where nobody signed, S3 takes any path for that of a key, but for that alone.
        is_key = not name and found.identity.service == "s3" and found.request is request
        return (self._route(request) if is_key else None) or found

    @cached_property
    def _known(self) -> Identifier:
        """All of AWS's services, here or not."""
        return self._identifier(all_service_names(), guesses_unsigned=False)

    def serves(self, service: str) -> bool:
        """Return whether Outcrop answers any operation of a service."""
        return service in self._registry.names

    def service(self, identity: Identity) -> Service:
        """Return the service, sure to have a handler for the operation.

        Raises:
            NotImplementedByOutcropError: AWS has the operation and Outcrop has not.
            UnknownOperationError: AWS has no such operation.
        """
        if self.serves(identity.service):
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

    def quirks(self, service: str) -> WireQuirks:
        """Return what is odd about a service; nothing about one that is not here."""
        return self._registry.get(service).quirks if self.serves(service) else WireQuirks()

    def _identifier(self, names: list[str], *, guesses_unsigned: bool) -> Identifier:
        return Identifier(
            ServiceIndex(names),
            self._models,
            lambda service, request: self.quirks(service).before_parse(request),
            guesses_unsigned=guesses_unsigned,
        )

    def _own(self, request: HttpRequest) -> Destination:
        """Return where a request goes below a path that names the service: `/_outcrop/NAME/…`."""
        name = request.raw_path.removeprefix(OWN_PATHS).partition("/")[0]
        if self.serves(name):
            quirks = self._registry.get(name).quirks
            if quirks.claims(request):
                return Destination(Identity(name, request.method), request, quirks.answer)
        raise UnknownOperationError(f"Nothing is at {request.raw_path}.")

    def _beside(self, request: HttpRequest) -> Destination | None:
        if (route := self._route(request)) is not None:
            return route
        for name in sorted(self._registry.names):
            quirks = self._registry.get(name).quirks
            if quirks.claims(request):
                return Destination(Identity(name, request.method), request, quirks.answer)
        return None

    def _route(self, request: HttpRequest) -> Destination | None:
        found = self._registry.routes.get((request.method, request.raw_path))
        if found is None:
            return None
        name, route = found
        identity = Identity(name, f"{request.method} {request.raw_path}")
        return Destination(identity, request, route.handle)
