"""Embeddings on ONNX weights with ONNX Runtime, in a worker process.

Source: https://onnxruntime.ai/docs/
"""

import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from outcrop.engines.embeddings.batches import Batches
from outcrop.engines.embeddings.interface import (
    EmbedderUnavailableError,
    EmbeddingFailedError,
    Purpose,
)
from outcrop.engines.embeddings.lengths import of_length_one
from outcrop.engines.embeddings.models import EmbeddingModel
from outcrop.engines.workers.frames import Frame
from outcrop.engines.workers.process import WorkerError, WorkerStartError
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.engines.workers.worker import Worker

LIBRARIES = ("onnxruntime", "tokenizers")


def _ignore(_: Any) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class OnnxEmbedderSettings:
    """How an ONNX model is run."""

    path: Path
    """The ONNX file, with its tokenizer inside or in `tokenizer.json` beside it."""
    model: EmbeddingModel
    threads: int | None = None
    """By default all that the process may use."""
    worker: WorkerSettings = field(default_factory=WorkerSettings)


class OnnxEmbedder:
    """One ONNX model; loaded on first use, unloaded when idle. Belongs to one event loop."""

    def __init__(
        self,
        settings: OnnxEmbedderSettings,
        *,
        log: Callable[[str], None] = _ignore,
        progress: Callable[[Any], None] = _ignore,
    ) -> None:
        """Prepare to run the model; nothing is loaded yet.

        Args:
            settings: Where the weights are and how to run them.
            log: Called with every line that the process writes.
            progress: Called when loading begins.
        """
        self._settings = settings
        self._worker = Worker(
            "outcrop.engines.embeddings.onnx_worker",
            _config(settings),
            settings=settings.worker,
            log=log,
            progress=progress,
        )
        self._batches = Batches(self._compute)

    @property
    def name(self) -> str:
        """See `Embedder.name`."""
        return self._settings.model.name

    @property
    def dimensions(self) -> int:
        """See `Embedder.dimensions`."""
        return self._settings.model.dimensions

    @property
    def max_tokens(self) -> int:
        """See `Embedder.max_tokens`."""
        return self._settings.model.max_tokens

    @property
    def worker(self) -> Worker:
        """The process behind it, for those who watch over memory."""
        return self._worker

    async def close(self) -> None:
        """Stop the process."""
        await self._batches.close()
        await self._worker.stop()

    async def embed(
        self, texts: Sequence[str], *, purpose: Purpose | None, is_normalized: bool = True
    ) -> npt.NDArray[np.float32]:
        """See `Embedder.embed`."""
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        model = self._settings.model
        rows = await self._batches.embed([model.prefixed(text, purpose) for text in texts])
        return of_length_one(rows) if is_normalized else rows

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder.count_tokens`."""
        return (await self._ask({"count": list(texts)})).value

    async def _compute(self, texts: list[str]) -> npt.NDArray[np.float32]:
        answer = await self._ask({"embed": texts})
        return np.frombuffer(answer.blob, np.float32).reshape(len(texts), self.dimensions)

    async def _ask(self, request: dict[str, Any]) -> Frame:
        if self._worker.process is None:
            self._check_that_it_can_run()
        try:
            return await self._worker.call(request)
        except WorkerStartError as error:
            raise EmbedderUnavailableError(f"{self.name} does not start: {error}") from error
        except WorkerError as error:
            raise EmbeddingFailedError(f"{self.name} failed: {error}") from error

    def _check_that_it_can_run(self) -> None:
        if not self._settings.path.is_file():
            raise EmbedderUnavailableError(f"The weights {self._settings.path} are not there.")
        for library in LIBRARIES:
            if importlib.util.find_spec(library) is None:
                raise EmbedderUnavailableError(
                    f"{library} is not installed: run `pip install outcrop[embeddings]`."
                )


def _config(settings: OnnxEmbedderSettings) -> dict[str, Any]:
    return {
        "model": str(settings.path),
        "context_tokens": settings.model.context_tokens,
        "pooling": settings.model.pooling,
        "threads": settings.threads or len(os.sched_getaffinity(0)),
    }
