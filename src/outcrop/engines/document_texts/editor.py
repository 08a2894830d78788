"""Documents edited in a worker process with limits of its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.engines.document_texts.interface import (
    DocumentKind,
    Passage,
    UneditableDocumentError,
)
from outcrop.engines.workers.engine import EngineProgram, RefusedInputError, WorkerEngine
from outcrop.engines.workers.frames import Frame
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.weights import WeightStore

MODULE = "outcrop.engines.document_texts.editor_worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorLimits:
    """What editing one document may cost; what takes more is refused."""

    memory_limit_mib: int = 1024
    unpacked_limit_mib: int = 256
    """Of the parts of an Office file, which is a zip archive."""
    time_limit_seconds: float = 60.0
    idle_seconds: float = 60.0


class SandboxedDocumentEditor:
    """Edits one document at a time. Belongs to one event loop."""

    def __init__(self, store: WeightStore, limits: EditorLimits | None = None) -> None:
        """Prepare to edit; nothing is started yet.

        Args:
            store: No weights of it are needed.
            limits: What a document may cost.
        """
        self._limits = limits or EditorLimits()
        # The time limit ends the process, so no second document may be in it.
        self._turn = asyncio.Lock()
        config = {
            "memory": self._limits.memory_limit_mib << 20,
            "unpacked": self._limits.unpacked_limit_mib << 20,
        }
        self._engine = WorkerEngine(
            EngineProgram(module=MODULE, extra="documents", config=config),
            store,
            settings=WorkerSettings(idle_seconds=self._limits.idle_seconds, stop_grace_seconds=0.0),
        )

    async def close(self) -> None:
        """Stop the process."""
        await self._engine.close()

    async def passages(self, content: bytes, kind: DocumentKind) -> list[Passage]:
        """See `DocumentEditor.passages`."""
        answer = await self._ask({"read": kind}, content)
        return [Passage(one["runs"], one["marks"]) for one in answer.value]

    async def replaced(
        self, content: bytes, kind: DocumentKind, texts: Sequence[Sequence[str]]
    ) -> bytes:
        """See `DocumentEditor.replaced`."""
        return (
            await self._ask({"write": kind, "texts": [list(one) for one in texts]}, content)
        ).blob

    async def _ask(self, request: Any, content: bytes) -> Frame:
        seconds = self._limits.time_limit_seconds
        async with self._turn:
            try:
                async with asyncio.timeout(seconds):
                    return await self._engine.ask(request, content)
            except TimeoutError as error:
                await self._engine.close()
                raise UneditableDocumentError(
                    f"Reading the document takes more than {seconds:g} seconds."
                ) from error
            except RefusedInputError as error:
                raise UneditableDocumentError(str(error)) from error
