"""A model in a process of its own: what the front of an ability is made of."""

import asyncio
import contextlib
import importlib.util
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from outcrop.engines.workers.frames import Frame
from outcrop.engines.workers.process import RemoteError, WorkerError, WorkerStartError
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.engines.workers.worker import Worker
from outcrop.weights import WeightsError, WeightStore

FAILED = "failed"
"""The kind of refusal that `child` makes of what no handler foresaw."""


class EngineError(Exception):
    """A model could not answer; the subclasses say why."""


class EngineUnavailableError(EngineError):
    """The weights or a library are not there; the message says how to get them."""


class EngineFailedError(EngineError):
    """The model's process failed."""


class RefusedInputError(EngineError):
    """The model cannot take what it was given: the worker's `child.RefusedError`."""

    def __init__(self, kind: str, message: str, details: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.kind = kind
        self.details = details


def _ignore(_: Any) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineProgram:
    """What a worker runs, and what it cannot run without."""

    module: str
    """Calls `child.serve`; what `python -m` runs: `outcrop.engines.ocr.onnx_worker`."""
    extra: str
    """What installs its libraries: `vision`."""
    libraries: Sequence[str] = ()
    """What it imports, as `import` names it."""
    weights: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names of entries of the catalogue by the keys of the worker's configuration, which has the
    path of the entry's first file there; the entry's other files lie beside it."""
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What else the worker's `start` gets, as JSON can hold it."""


class WorkerEngine:
    """Runs a program, once its weights and libraries are there.

    The process starts with the first request and ends when it is idle. Belongs to one event loop.
    """

    def __init__(
        self,
        program: EngineProgram,
        store: WeightStore,
        *,
        settings: WorkerSettings | None = None,
        log: Callable[[str], None] = _ignore,
        progress: Callable[[Any], None] = _ignore,
    ) -> None:
        """Describe the engine; nothing is imported, looked for or started.

        Args:
            program: What it runs.
            store: Where the weights are.
            settings: Time limits.
            log: Called with every line that the process writes.
            progress: Called with what the worker reports while it loads.
        """
        self._program = program
        self._store = store
        self._settings = settings
        self._log = log
        self._progress = progress
        self._worker: Worker | None = None
        self._making = asyncio.Lock()

    @property
    def worker(self) -> Worker | None:
        """The process behind it, for those who watch over memory; `None` before the first use."""
        return self._worker

    async def ask(self, value: Any, blob: bytes = b"") -> Frame:
        """Ask for something that has one answer.

        Raises:
            EngineError: See its subclasses.
        """
        worker = await self._ready()
        with self._as_engine_errors():
            return await worker.call(value, blob)

    async def stream(self, value: Any, blob: bytes = b"") -> AsyncGenerator[Frame, None]:
        """Ask for something that has many answers; close the iterator early to cancel.

        Raises:
            EngineError: See its subclasses.
        """
        worker = await self._ready()
        with self._as_engine_errors():
            async with contextlib.aclosing(worker.stream(value, blob)) as frames:
                async for frame in frames:
                    yield frame

    async def close(self) -> None:
        """Stop the process, if one was started."""
        if self._worker is not None:
            await self._worker.stop()

    async def _ready(self) -> Worker:
        async with self._making:
            if self._worker is None or self._worker.process is None:
                paths = await asyncio.to_thread(self._look)
                if self._worker is None:
                    self._worker = Worker(
                        self._program.module,
                        {**self._program.config, **paths},
                        settings=self._settings,
                        log=self._log,
                        progress=self._progress,
                    )
            return self._worker

    def _look(self) -> dict[str, str]:
        """Return the paths of the weights.

        Raises:
            EngineUnavailableError: Weights or libraries are missing.
        """
        for library in self._program.libraries:
            if importlib.util.find_spec(library) is None:
                raise EngineUnavailableError(
                    f"{library} is not installed:"
                    f" run `pip install 'outcrop[{self._program.extra}]'`."
                )
        try:
            return {key: str(self._store.path(name)) for key, name in self._program.weights.items()}
        except WeightsError as error:
            raise EngineUnavailableError(str(error)) from error

    @contextlib.contextmanager
    def _as_engine_errors(self) -> Generator[None]:
        try:
            yield
        except RemoteError as error:
            if error.kind == FAILED:
                raise EngineFailedError(f"{self._program.module} failed: {error}") from error
            raise RefusedInputError(error.kind, str(error), error.details) from error
        except WorkerStartError as error:
            raise EngineUnavailableError(
                f"{self._program.module} does not start: {error}"
            ) from error
        except WorkerError as error:
            raise EngineFailedError(f"{self._program.module} failed: {error}") from error


class EngineFront:
    """What the fronts of most abilities are: they ask one program, which starts on first use.

    Belongs to one event loop.
    """

    program: ClassVar[EngineProgram]

    def __init__(self, store: WeightStore, *, settings: WorkerSettings | None = None) -> None:
        """Prepare; nothing is loaded yet.

        Args:
            store: Where the weights are.
            settings: Time limits.
        """
        self._engine = WorkerEngine(self.program, store, settings=settings)

    async def close(self) -> None:
        """Stop the process, if it runs."""
        await self._engine.close()
