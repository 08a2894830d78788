"""A service: its name in botocore, its operations, and what is odd about it."""

from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from types import ModuleType
from typing import Protocol

from outcrop.operations.backends import Backends
from outcrop.operations.http_route import HttpRoute
from outcrop.operations.operation import Operation
from outcrop.operations.quirks import WireQuirks
from outcrop.operations.web_socket_route import WebSocketRoute

StartUp = Callable[[Backends], Awaitable[None]]
"""Run once after start: resume or fairly end what an earlier run left unfinished."""

Reset = Callable[[Backends, str], Awaitable[None]]
"""Ends what goes on outside the records of an account, which are deleted a moment later."""


class LiveBlobs(Protocol):
    """Returns the ids of the blobs that a service's records name; what nobody names is swept.

    It may run while requests are answered: records between which an id moves are read in the order
    in which it moves.
    """

    async def __call__(self, backends: Backends, account: str | None = None) -> AbstractSet[str]:
        """Return those of one account, or of all."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One AWS service, as Outcrop answers it."""

    name: str
    """botocore's name of the service: `bedrock-runtime`."""
    operations: Mapping[str, Operation]
    routes: tuple[HttpRoute, ...] = ()
    web_sockets: tuple[WebSocketRoute, ...] = ()
    quirks: WireQuirks = field(default_factory=WireQuirks)
    on_start: StartUp | None = None
    on_reset: Reset | None = None
    live_blobs: LiveBlobs | None = None
    """`None`: the service keeps no blobs of its own."""

    @classmethod
    def of(
        cls,
        name: str,
        *families: ModuleType,
        quirks: WireQuirks | None = None,
        on_start: StartUp | None = None,
        on_reset: Reset | None = None,
        live_blobs: LiveBlobs | None = None,
    ) -> "Service":
        """Gather the operations and routes that the modules of a service's families define.

        Raises:
            ValueError: Two families answer the same operation.
        """
        operations: dict[str, Operation] = {}
        routes: list[HttpRoute] = []
        web_sockets: list[WebSocketRoute] = []
        for family in families:
            for value in vars(family).values():
                if isinstance(value, HttpRoute):
                    routes.append(value)
                if isinstance(value, WebSocketRoute):
                    web_sockets.append(value)
                if not isinstance(value, Operation):
                    continue
                if operations.setdefault(value.name, value) is not value:
                    raise ValueError(f"{name}: {value.name} has two handlers")
        return cls(
            name=name,
            operations=operations,
            routes=tuple(routes),
            web_sockets=tuple(web_sockets),
            quirks=quirks or WireQuirks(),
            on_start=on_start,
            on_reset=on_reset,
            live_blobs=live_blobs,
        )
