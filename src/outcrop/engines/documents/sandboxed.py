"""Documents read by Python libraries, in a worker process with limits of its own.

A document that hangs, swells or crashes its reader takes that process along and nothing else.
"""

import asyncio
import importlib.util
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from outcrop.engines.documents.interface import (
    DocumentError,
    DocumentKind,
    DocumentReaderUnavailableError,
    DocumentTooLargeError,
    UnreadableDocumentError,
)
from outcrop.engines.documents.settings import DocumentsSettings
from outcrop.engines.workers.process import RemoteError, WorkerError, WorkerStartError
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.engines.workers.worker import Worker

LIBRARIES = ("bs4", "defusedxml", "docx", "openpyxl", "pypdf")
REFUSALS: dict[str, type[DocumentError]] = {
    "too large": DocumentTooLargeError,
    "unreadable": UnreadableDocumentError,
}


def _ignore(_: Any) -> None:
    pass


class SandboxedDocumentReader:
    """Reads one document at a time, in a process that starts with the first.

    Belongs to one event loop.
    """

    def __init__(
        self,
        settings: DocumentsSettings | None = None,
        *,
        log: Callable[[str], None] = _ignore,
    ) -> None:
        """Prepare to read; nothing is started yet.

        Args:
            settings: Limits.
            log: Called with every line that the process writes.
        """
        self._settings = settings or DocumentsSettings()
        # The time limit ends the process, so no second document may be in it.
        self._turn = asyncio.Lock()
        self._worker = Worker(
            "outcrop.engines.documents.sandboxed_worker",
            asdict(self._settings),
            settings=WorkerSettings(
                idle_seconds=self._settings.idle_seconds, stop_grace_seconds=0.0
            ),
            log=log,
        )

    @property
    def worker(self) -> Worker:
        """The process behind it, for those who watch over memory."""
        return self._worker

    async def close(self) -> None:
        """Stop the process."""
        await self._worker.stop()

    async def read(self, content: bytes, kind: DocumentKind) -> str:
        """See `DocumentReader.read`."""
        limit = self._settings.file_limit_mib
        if len(content) > limit << 20:
            raise DocumentTooLargeError(f"It has {len(content)} bytes; {limit} MiB may be read.")
        self._check_that_it_can_run()
        async with self._turn:
            return await self._read(content, kind)

    async def _read(self, content: bytes, kind: DocumentKind) -> str:
        seconds = self._settings.time_limit_seconds
        try:
            async with asyncio.timeout(seconds):
                frame = await self._worker.call({"kind": kind}, content)
        except TimeoutError as error:
            await self._worker.stop()
            raise DocumentTooLargeError(
                f"Reading it takes more than {seconds:g} seconds."
            ) from error
        except RemoteError as error:
            raise REFUSALS.get(error.kind, UnreadableDocumentError)(str(error)) from error
        except WorkerStartError as error:
            raise DocumentReaderUnavailableError(f"The reader does not start: {error}") from error
        except WorkerError as error:
            raise UnreadableDocumentError(f"Its reader broke down: {error}") from error
        return frame.blob.decode()

    def _check_that_it_can_run(self) -> None:
        for library in LIBRARIES:
            if importlib.util.find_spec(library) is None:
                raise DocumentReaderUnavailableError(
                    f"{library} is not installed: run `pip install 'outcrop[documents]'`."
                )
