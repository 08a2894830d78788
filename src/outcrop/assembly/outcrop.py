"""A running server: its rooms, put together."""

import asyncio
import contextlib
import errno
import logging
import sqlite3
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol, TypeVar

import outcrop
from outcrop.assembly.chat import LazyChat
from outcrop.assembly.data_folder import claimed
from outcrop.assembly.documents import LazyDocuments
from outcrop.assembly.embeddings import LazyEmbeddings
from outcrop.assembly.errors import CannotStartError
from outcrop.assembly.former_ports import former_ports
from outcrop.assembly.jobs import make_jobs
from outcrop.assembly.language import make_language_engines
from outcrop.assembly.resetting import reset
from outcrop.assembly.start_up import resume
from outcrop.assembly.stores import open_blobs, open_records
from outcrop.assembly.translation import LazyTranslator
from outcrop.aws.session_tokens import SessionTokens
from outcrop.engines.chat.interface import Chat
from outcrop.engines.document_fields.by_rules import RuleFieldReader
from outcrop.engines.document_layout.onnx import OnnxLayoutReader
from outcrop.engines.document_marks.opencv import OpenCvMarkFinder
from outcrop.engines.document_pages.pdfium import PdfiumPages
from outcrop.engines.document_texts.editor import SandboxedDocumentEditor
from outcrop.engines.documents.interface import DocumentReader
from outcrop.engines.embeddings.interface import Embeddings
from outcrop.engines.faces.onnx import OnnxFaceFinder
from outcrop.engines.image_labels.efficientnet import EfficientNetImageLabeler
from outcrop.engines.image_properties.pixels import PixelImageMeter
from outcrop.engines.moderation.open_nsfw import OpenNsfwModerator
from outcrop.engines.ocr.paddle import PaddleReader
from outcrop.engines.speech_to_text.resemblyzer import ResemblyzerSpeakerTeller
from outcrop.engines.speech_to_text.whisper import WhisperTranscriber
from outcrop.engines.text_to_speech.espeak import EspeakSynthesizer
from outcrop.engines.text_to_speech.kokoro import KokoroSynthesizer
from outcrop.engines.text_to_speech.router import SynthesizerRouter
from outcrop.engines.video_frames.ffmpeg import FfmpegVideoSplitter
from outcrop.gateway.authentication import Authenticator
from outcrop.gateway.faults import Faults
from outcrop.gateway.forwards import Forwards
from outcrop.gateway.gateway import Gateway
from outcrop.gateway.journal import Journal
from outcrop.gateway.registry import ServiceRegistry
from outcrop.gateway.session_secret import ensure_session_secret
from outcrop.operations import Backends, Call
from outcrop.operations.backends import Engines
from outcrop.operations.key_holder import KeyHolder
from outcrop.server.administration import Administration
from outcrop.server.application import Application
from outcrop.server.cleartext import CleartextListener
from outcrop.server.clients import client_environment
from outcrop.server.listener import Listener, PortTakenError
from outcrop.server.measures import Measures
from outcrop.server.tls import Certificates, ensure_certificates
from outcrop.settings import Settings
from outcrop.storage.records.interface import RecordStore
from outcrop.storage.schema import NewerSchemaError
from outcrop.weights import WeightStore

logger = logging.getLogger(__name__)
LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))


class _Closes(Protocol):
    async def close(self) -> None: ...


Closable = TypeVar("Closable", bound=_Closes)


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
        except BaseException as error:
            await running._closing.aclose()
            if isinstance(error, NewerSchemaError):
                raise CannotStartError(f"{error}.") from error
            if isinstance(error, OSError | sqlite3.Error):
                raise CannotStartError(
                    f"What is in the data folder {settings.data} cannot be used: {error}."
                ) from error
            raise
        return running

    async def stop(self) -> None:
        """Finish the answers under way, for as long as the settings allow, and close everything."""
        if self._application is not None:
            await self._application.drain(self._settings.server.drain_seconds)
        await self._closing.aclose()

    def client_environment(self) -> dict[str, str]:
        """Return the environment variables that point clients at this server."""
        authentication = self._settings.authentication
        return client_environment(
            self._settings.server.url,
            region=authentication.default_region,
            is_open=authentication.mode == "open",
            ca_bundle=self._certificates.bundle if self._certificates else None,
        )

    async def _open(self) -> None:
        settings = self._settings
        self._closing.enter_context(claimed(settings.data, settings.server.url))
        records = await open_records(settings)
        self._closing.push_async_callback(records.close)
        blobs = await open_blobs(settings)
        self._closing.push_async_callback(blobs.close)
        weights = WeightStore(settings.weights)
        journal = Journal(settings.journal, settings.data / "journal")
        self._closing.callback(journal.close)
        registry = ServiceRegistry()
        jobs = make_jobs(
            settings.jobs,
            settings.data,
            is_open=settings.authentication.mode == "open",
            url=settings.server.url,
        )
        self._closing.push_async_callback(jobs.close)
        sessions = SessionTokens(ensure_session_secret(settings.data / "session-secret"))
        chat = self._make_chat(weights)
        embeddings = self._make_embeddings(weights)
        backends = Backends(
            records=records,
            blobs=blobs,
            engines=Engines(
                chat=chat,
                embeddings=embeddings,
                documents=self._make_documents(),
                document_texts=self._closed_at_end(SandboxedDocumentEditor(weights)),
                document_fields=RuleFieldReader(),
                document_layout=self._closed_at_end(OnnxLayoutReader(weights)),
                document_marks=self._closed_at_end(OpenCvMarkFinder(weights)),
                document_pages=self._closed_at_end(PdfiumPages(weights)),
                faces=self._closed_at_end(OnnxFaceFinder(weights)),
                image_labels=self._closed_at_end(EfficientNetImageLabeler(weights)),
                image_properties=self._closed_at_end(PixelImageMeter(weights)),
                moderation=self._closed_at_end(OpenNsfwModerator(weights)),
                video_frames=self._closed_at_end(FfmpegVideoSplitter(weights)),
                **make_language_engines(weights, embeddings, self._closing),
                ocr=self._closed_at_end(PaddleReader(weights)),
                synthesizer=SynthesizerRouter(
                    [
                        self._closed_at_end(KokoroSynthesizer(weights)),
                        self._closed_at_end(EspeakSynthesizer(weights)),
                    ]
                ),
                transcriber=self._closed_at_end(WhisperTranscriber(weights)),
                speaker_teller=self._closed_at_end(ResemblyzerSpeakerTeller(weights)),
                translation=self._closed_at_end(
                    LazyTranslator(settings.translation, weights, chat)
                ),
            ),
            jobs=jobs,
            ask=_ask_later,
            public_bucket=_public_bucket,
            sessions=sessions,
            webhook_url=settings.events.webhook_url,
            bedrock=settings.bedrock,
        )
        self._closing.push_async_callback(backends.background.close)
        gateway = Gateway(
            settings.gateway,
            registry=registry,
            authenticator=Authenticator(
                settings.authentication,
                session_tokens=sessions,
                issued_keys=partial(_issued_key, records),
            ),
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
                reset=partial(reset, registry, gateway.backends)
                if settings.authentication.mode == "open"
                else None,
                default_account=settings.authentication.default_account,
            ),
            journal=journal,
            measures=measures,
            body_idle_seconds=settings.server.body_idle_seconds,
        )
        await self._listen(self._application)
        await self._listen_where_programs_look(self._application)
        await resume(registry, gateway.backends)

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
                listener = (
                    Listener(application, host=server.host, port=port, tls=certificates)
                    if certificates
                    else CleartextListener(application, host=server.host, port=port)
                )
            except PortTakenError as error:
                raise CannotStartError(f"{error}. {_cure(error)}") from error
            await listener.start()
            self._closing.push_async_callback(listener.stop)

    async def _listen_where_programs_look(self, application: Application) -> None:
        """Listen, too, where an earlier server did whose programs still run."""
        server = self._settings.server
        for port in former_ports(self._settings.data, server.port):
            try:
                listener = CleartextListener(application, host=server.host, port=port)
            except PortTakenError as error:
                logger.warning(
                    "Programs that an earlier server started look for it at a port that somebody"
                    " else has now, and will not find it: %s",
                    error,
                )
                continue
            await listener.start()
            self._closing.push_async_callback(listener.stop)

    def _make_upstream(self) -> Forwards | None:
        if not self._settings.upstream.url:
            return None
        from outcrop.gateway.upstream import Upstream

        upstream = Upstream(self._settings.upstream)
        self._closing.push_async_callback(upstream.close)
        return upstream

    def _make_chat(self, weights: WeightStore) -> Chat:
        chat = LazyChat(self._settings.chat, weights)
        self._closing.push_async_callback(chat.close)
        return chat

    def _make_embeddings(self, weights: WeightStore) -> Embeddings:
        embeddings = LazyEmbeddings(self._settings.embeddings, weights)
        self._closing.push_async_callback(embeddings.close)
        return embeddings

    def _make_documents(self) -> DocumentReader:
        documents = LazyDocuments(self._settings.documents)
        self._closing.push_async_callback(documents.close)
        return documents

    def _closed_at_end(self, engine: Closable) -> Closable:
        self._closing.push_async_callback(engine.close)
        return engine

    def _state(self, registry: ServiceRegistry) -> Mapping[str, Any]:
        return {
            "version": outcrop.__version__,
            "uptime_seconds": round(time.monotonic() - self._started),
            "services": sorted(registry.names),
            "client_environment": self.client_environment(),
        }


async def _issued_key(records: RecordStore, access_key_id: str) -> KeyHolder | None:
    from outcrop.services.iam.signing_keys import find_key_holder

    return await find_key_holder(records, access_key_id)


async def _public_bucket(call: Call, name: str) -> bool:
    if not name.startswith("jumpstart-"):  # Whoever asks for any other waits for no import.
        return False
    from outcrop.services.sagemaker.jumpstart.bucket import make_bucket

    return await make_bucket(call, name)


async def _ask_later(
    call: Call, service: str, operation: str, parameters: dict[str, Any]
) -> dict[str, Any]:
    raise RuntimeError("The gateway puts its own `ask` here.")


def _cure(error: PortTakenError) -> str:
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.errno in (errno.EADDRINUSE, errno.EACCES):
        return "Choose other ports with `outcrop up --port N`."
    return "Choose an address of this machine with `outcrop up --host ADDRESS`."


def _check(settings: Settings) -> None:
    server, authentication = settings.server, settings.authentication
    for port in (server.port, server.tls_port):
        if port is not None and not 0 < port < 1 << 16:
            raise CannotStartError(f"[server] {port} is no port: those go from 1 to 65535.")
    if server.port == server.tls_port:
        raise CannotStartError(f"[server] port and tls_port are both {server.port}.")
    if authentication.mode == "open" and server.host not in LOOPBACK:
        raise CannotStartError(
            f"Open mode believes every claim and so listens on loopback only, not {server.host}. "
            'Set [authentication] mode = "keys" and the keys, or bind 127.0.0.1.'
        )
    if authentication.mode == "keys" and not authentication.keys:
        raise CannotStartError(
            "Mode `keys` needs at least one access key in [authentication.keys]."
        )
