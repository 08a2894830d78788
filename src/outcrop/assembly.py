"""Puts the rooms together; the only module that creates backends."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import outcrop
from outcrop.aws.session_tokens import SessionTokens
from outcrop.engines.chat.interface import Chat, ChatModel, ModelUnavailableError
from outcrop.engines.embeddings.interface import (
    Embedder,
    EmbedderUnavailableError,
    Embeddings,
)
from outcrop.engines.embeddings.models import KNOWN_MODELS, EmbeddingModel
from outcrop.engines.embeddings.settings import EmbeddingsSettings
from outcrop.engines.workers.worker import WorkerSettings
from outcrop.gateway.authentication import Authenticator
from outcrop.gateway.faults import Faults
from outcrop.gateway.forwards import Forwards
from outcrop.gateway.gateway import Gateway
from outcrop.gateway.journal import Journal
from outcrop.gateway.registry import ServiceRegistry
from outcrop.gateway.session_secret import ensure_session_secret
from outcrop.operations import Backends, Call
from outcrop.operations.backends import Engines
from outcrop.server.administration import Administration
from outcrop.server.application import Application
from outcrop.server.clients import client_environment
from outcrop.server.listener import Listener, PortTakenError
from outcrop.server.measures import Measures
from outcrop.server.tls import Certificates, ensure_certificates
from outcrop.settings import Settings
from outcrop.storage.blobs.interface import BlobStore
from outcrop.storage.records.interface import RecordStore
from outcrop.weights import WeightsMissingError, WeightStore

if TYPE_CHECKING:
    from outcrop.engines.embeddings.onnx import OnnxEmbedder
    from outcrop.engines.embeddings.router import EmbeddingsRouter

LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))

logger = logging.getLogger(__name__)


class CannotStartError(Exception):
    """The settings, the machine or another program stand in the way; the message says what."""


class Outcrop:
    """A running server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._started = time.monotonic()
        self._closing = contextlib.AsyncExitStack()
        self._application: Application | None = None
        self._certificates: Certificates | None = None

    @classmethod
    async def start(cls, settings: Settings) -> "Outcrop":
        """Start a server in the running event loop and return it when it listens.

        Raises:
            CannotStartError: See there.
        """
        _check(settings)
        running = cls(settings)
        try:
            await running._open()
        except BaseException:
            await running._closing.aclose()
            raise
        return running

    async def stop(self) -> None:
        """Finish the answers under way, for as long as the settings allow, and close everything."""
        if self._application is not None:
            await self._application.drain(self._settings.server.drain_seconds)
        await self._closing.aclose()

    def client_environment(self) -> dict[str, str]:
        """Return the environment variables that point clients at this server."""
        server = self._settings.server
        return client_environment(
            f"http://{server.host}:{server.port}",
            region=self._settings.authentication.default_region,
            ca_bundle=self._certificates.bundle if self._certificates else None,
        )

    async def _open(self) -> None:
        settings = self._settings
        settings.data.mkdir(parents=True, exist_ok=True)
        records = await self._open_records()
        blobs = await self._open_blobs()
        weights = WeightStore(settings.weights)
        journal = Journal(settings.journal, settings.data / "journal")
        self._closing.callback(journal.close)
        registry = ServiceRegistry()
        sessions = SessionTokens(ensure_session_secret(settings.data / "session-secret"))
        backends = Backends(
            records=records,
            blobs=blobs,
            engines=Engines(
                chat=self._make_chat(weights), embeddings=self._make_embeddings(weights)
            ),
            ask=_ask_later,
            sessions=sessions,
        )
        self._closing.push_async_callback(backends.background.close)
        gateway = Gateway(
            settings.gateway,
            registry=registry,
            authenticator=Authenticator(settings.authentication, session_tokens=sessions),
            backends=backends,
            faults=Faults(settings.faults),
            upstream=self._make_upstream(),
        )
        measures = Measures()
        self._application = Application(
            gateway=gateway,
            administration=Administration(
                state=lambda: self._state(registry),
                measures=measures,
                reset=records.clear if settings.authentication.mode == "open" else None,
                default_account=settings.authentication.default_account,
            ),
            journal=journal,
            measures=measures,
        )
        await self._listen(self._application)
        await _resume(registry, gateway.backends)

    async def _listen(self, application: Application) -> None:
        server = self._settings.server
        ports: list[tuple[int, Certificates | None]] = [(server.port, None)]
        if server.tls_port is not None:
            self._certificates = await asyncio.to_thread(
                ensure_certificates,
                self._settings.data / "tls",
                names=[server.host],
                now=datetime.now(UTC),
            )
            ports.append((server.tls_port, self._certificates))
        for port, certificates in ports:
            try:
                listener = Listener(application, host=server.host, port=port, tls=certificates)
            except PortTakenError as error:
                raise CannotStartError(
                    f"{error}. Choose other ports with `outcrop up --port N`."
                ) from error
            listener.start()
            self._closing.push_async_callback(listener.stop)

    async def _open_records(self) -> RecordStore:
        from outcrop.storage.records.sqlite import SqliteRecordSettings, SqliteRecordStore

        store = await SqliteRecordStore.open(
            self._settings.data / "records.sqlite",
            SqliteRecordSettings(durability=self._settings.storage.durability),
        )
        self._closing.push_async_callback(store.close)
        return store

    async def _open_blobs(self) -> BlobStore:
        from outcrop.storage.blobs.directory import DirectoryBlobSettings, DirectoryBlobStore

        store = await DirectoryBlobStore.open(
            self._settings.data / "blobs",
            DirectoryBlobSettings(durability=self._settings.storage.durability),
        )
        self._closing.push_async_callback(store.close)
        return store

    def _make_upstream(self) -> Forwards | None:
        if not self._settings.upstream.url:
            return None
        from outcrop.gateway.upstream import Upstream

        upstream = Upstream(self._settings.upstream)
        self._closing.push_async_callback(upstream.close)
        return upstream

    def _make_chat(self, weights: WeightStore) -> Chat:
        chat = _LocalChat(weights, self._settings.chat.model)
        self._closing.push_async_callback(chat.close)
        return chat

    def _make_embeddings(self, weights: WeightStore) -> Embeddings:
        embeddings = _LazyEmbeddings(self._settings.embeddings, weights)
        self._closing.push_async_callback(embeddings.close)
        return embeddings

    def _state(self, registry: ServiceRegistry) -> Mapping[str, Any]:
        return {
            "version": outcrop.__version__,
            "uptime_seconds": round(time.monotonic() - self._started),
            "services": sorted(registry.names),
            "client_environment": self.client_environment(),
        }


class _LocalChat:
    """Answers for every model id with the best chat model that lies on this machine."""

    def __init__(self, weights: WeightStore, model: str) -> None:
        self._weights = weights
        self._model = model
        self._models: dict[str, Any] = {}

    def model(self, model_id: str) -> ChatModel:
        """See `Chat.model`."""
        from outcrop.engines.chat.llama_cpp import LlamaCppChatModel, LlamaCppSettings

        best = ("qwen2.5-coder-1.5b-instruct-q4_k_m", "qwen2.5-coder-0.5b-instruct-q4_k_m")
        for name in best if self._model == "auto" else (self._model,):
            if self._weights.is_present(name):
                if name not in self._models:
                    self._models[name] = LlamaCppChatModel(
                        LlamaCppSettings(model=self._weights.path(name), name=name)
                    )
                return self._models[name]
        raise ModelUnavailableError(
            f"No weights answer for {model_id}: run `outcrop models pull default`."
        )

    async def close(self) -> None:
        for model in self._models.values():
            await model.close()


class _LazyEmbeddings:
    """Embeddings whose libraries, NumPy among them, are imported with the first request."""

    def __init__(self, settings: EmbeddingsSettings, weights: WeightStore) -> None:
        self._settings = settings
        self._weights = weights
        self._router: EmbeddingsRouter | None = None

    def model(self, model_id: str) -> Embedder:
        """See `Embeddings.model`."""
        if self._router is None:
            self._router = self._make_router()
        return self._router.model(model_id)

    async def close(self) -> None:
        """Close the embedders that were made."""
        if self._router is not None:
            await self._router.close()

    def _make_router(self) -> "EmbeddingsRouter":
        try:
            from outcrop.engines.embeddings.onnx import OnnxEmbedder, OnnxEmbedderSettings
            from outcrop.engines.embeddings.openai_compatible import OpenAiCompatibleEmbedder
            from outcrop.engines.embeddings.router import EmbeddingsRouter
        except ImportError as error:
            raise EmbedderUnavailableError(
                "Embeddings need `pip install 'outcrop[embeddings]'`."
            ) from error
        settings, weights = self._settings, self._weights

        def local(model: EmbeddingModel) -> "OnnxEmbedder":
            try:
                path = weights.path(model.name)
            except WeightsMissingError as error:
                raise EmbedderUnavailableError(str(error)) from error
            return OnnxEmbedder(
                OnnxEmbedderSettings(
                    path=path,
                    model=model,
                    threads=settings.threads,
                    worker=WorkerSettings(idle_seconds=settings.idle_seconds),
                )
            )

        return EmbeddingsRouter(
            routes=settings.routes,
            embedders={
                **{name: partial(local, model) for name, model in KNOWN_MODELS.items()},
                **{
                    name: partial(OpenAiCompatibleEmbedder, remote)
                    for name, remote in settings.remote.items()
                },
            },
        )


async def _resume(registry: ServiceRegistry, backends: Backends) -> None:
    """Let every service that has records go on with what an earlier run left unfinished.

    A service without records has nothing to resume and is not even loaded.
    """

    async def resume(name: str) -> None:
        service = await asyncio.to_thread(registry.get, name)
        if service.on_start is not None:
            await service.on_start(backends)

    kept = {scope.service for scope in await backends.records.scopes()}
    for name in sorted(kept & registry.names):
        backends.background.start(f"{name}/resume", partial(resume, name))


async def _ask_later(
    call: Call, service: str, operation: str, parameters: dict[str, Any]
) -> dict[str, Any]:
    raise RuntimeError("The gateway puts its own `ask` here.")


def _check(settings: Settings) -> None:
    server, authentication = settings.server, settings.authentication
    if authentication.mode == "open" and server.host not in LOOPBACK:
        raise CannotStartError(
            f"Open mode believes every claim and so listens on loopback only, not {server.host}. "
            'Set [authentication] mode = "keys" and the keys, or bind 127.0.0.1.'
        )
    if authentication.mode == "keys" and not authentication.keys:
        raise CannotStartError(
            "Mode `keys` needs at least one access key in [authentication.keys]."
        )
