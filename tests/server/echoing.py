"""A server whose only operation with events both ways gives back what it is told."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from outcrop.aws.errors import ServiceError, ThrottlingError
from outcrop.gateway.authentication import AuthenticationSettings, Authenticator
from outcrop.gateway.faults import Faults
from outcrop.gateway.gateway import Gateway
from outcrop.gateway.journal import Journal
from outcrop.gateway.registry import ServiceRegistry
from outcrop.gateway.settings import FaultSettings, GatewaySettings, JournalSettings
from outcrop.operations import Backends, Call, Service
from outcrop.operations.operation import Operation
from outcrop.operations.web_socket_route import WebSocketRoute
from outcrop.server.administration import Administration
from outcrop.server.application import Application
from outcrop.server.cleartext import CleartextListener
from outcrop.server.listener import Listener
from outcrop.server.measures import Measures
from outcrop.server.tls import ensure_certificates

OPERATION = "StartSpeechSynthesisStream"


@dataclass
class Echo:
    """Says every text again; what it saw is kept for the test."""

    inputs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    callers: list[str] = field(default_factory=list[str])
    heard: list[str] = field(default_factory=list[str])
    went_away: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    flooded: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, call: Call, request: Any) -> Mapping[str, Any]:
        """Answer `StartSpeechSynthesisStream`."""
        self.callers.append(call.principal.arn)
        self.inputs.append({name: it for name, it in request.items() if name != "ActionStream"})
        first = await anext(request["ActionStream"])
        if first["TextEvent"]["Text"] == "busy":
            raise ThrottlingError("Too much is said at once.")
        return {"EventStream": self._say(first, request["ActionStream"])}

    async def _say(
        self, first: Mapping[str, Any], rest: AsyncIterator[Mapping[str, Any]]
    ) -> AsyncIterator[Mapping[str, Any]]:
        try:
            yield self._again(first)
            async for event in rest:
                if "CloseStreamEvent" in event:
                    break
                text = event["TextEvent"]["Text"]
                if text == "wait":
                    await self.goes_on.wait()
                for _ in range(4000 if text == "flood" else 1):
                    yield self._again(event)
                if text == "flood":
                    self.flooded.set()
        except (asyncio.CancelledError, GeneratorExit):
            self.went_away.set()
            raise
        yield {"StreamClosedEvent": {"RequestCharacters": len("".join(self.heard))}}

    def _again(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        text = event["TextEvent"]["Text"]
        self.heard.append(text)
        if text == "refuse":
            raise type("Refusal", (ServiceError,), {"code": "ValidationException"})("Say no such.")
        sound = b"-" * 64_000 if text == "flood" else text.upper().encode()
        return {"AudioEvent": {"AudioChunk": sound}}

    def service(self) -> Service:
        """Return Amazon Polly with this voice."""
        return Service(
            name="polly",
            operations={OPERATION: Operation(OPERATION, self.handle)},
            web_sockets=(WebSocketRoute(OPERATION, header_prefix="x-amzn-"),),
        )


@dataclass
class Served:
    """Where the echo answers."""

    echo: Echo
    port: int
    tls_port: int
    authority: Path
    journal: Path
    application: Application


@asynccontextmanager
async def serving(
    folder: Path, authentication: AuthenticationSettings, *, body_idle_seconds: float = 30.0
) -> AsyncIterator[Served]:
    """Serve an echo on a cleartext port and on one with TLS."""
    nothing = cast("Any", None)
    echo, measures = Echo(), Measures()
    journal = Journal(JournalSettings(), folder / "journal")
    gateway = Gateway(
        GatewaySettings(),
        registry=ServiceRegistry([echo.service()]),
        authenticator=Authenticator(authentication),
        backends=Backends(
            records=nothing, blobs=nothing, engines=nothing, jobs=nothing, ask=nothing
        ),
        faults=Faults(FaultSettings()),
    )
    application = Application(
        gateway=gateway,
        administration=Administration(
            state=dict, measures=measures, reset=None, default_account="123456789012"
        ),
        journal=journal,
        measures=measures,
        body_idle_seconds=body_idle_seconds,
    )
    tls = ensure_certificates(folder / "tls", now=datetime.now(UTC))
    served = Served(echo, *_free_ports(), tls.authority, folder / "journal", application)
    listeners = [
        CleartextListener(application, host="127.0.0.1", port=served.port),
        Listener(application, host="127.0.0.1", port=served.tls_port, tls=tls),
    ]
    for listener in listeners:
        await listener.start()
    for port in (served.port, served.tls_port):
        await _until_open(port)
    try:
        yield served
    finally:
        await application.drain(0)
        for listener in listeners:
            await listener.stop()
        journal.close()


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


async def _until_open(port: int) -> None:
    for _ in range(500):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return
    raise TimeoutError(port)
