"""Many models in one worker: each is loaded when it is first asked, and the longest unasked goes.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html
"""

import ctypes
import gc
import importlib
import sys
import time
import traceback
from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from outcrop_runtime.serving.frameworks import find_framework
from outcrop_runtime.serving.handlers import Handlers, failed
from outcrop_runtime.serving.messages import Request, Response
from outcrop_runtime.serving.surroundings import Surroundings

USED = 0.8
"""The part of a worker's memory that may be taken before models are unloaded for another one."""
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that answers."""

    handlers: Handlers
    bytes: int
    """That it takes, as far as one can tell."""


class ManyModels:
    """The models that one worker has loaded."""

    def __init__(self, surroundings: Surroundings, framework: str) -> None:
        self._surroundings = surroundings
        self._framework = framework
        self._loaded: OrderedDict[str, Loaded] = OrderedDict()
        own = surroundings.memory_bytes * USED / max(1, surroundings.workers)
        self._room = own - _resident_bytes()
        self._largest = 0
        """Bytes of the largest model so far: the next one may take as many."""

    def answer(self, request: Request) -> Response:
        """Return the answer of the model that a request names; never raise."""
        folder = self._surroundings.models / request.model
        if not request.model or not folder.is_dir():
            said = f"There is no model {request.model!r}.\n".encode()
            return Response(body=said, content_type="text/plain", status=NOT_FOUND)
        try:
            model = self._model(request.model, folder)
        except Exception as error:  # noqa: BLE001 - users' code; the client and the log are told
            traceback.print_exc()
            return failed(error)
        response = model.handlers.answer(request)
        if not self._surroundings.keeps_models:
            self._unload(request.model)
        return response

    def execution_parameters(self) -> Response:
        """Refuse: transform jobs ask no container that has many models."""
        return Response(body=b"Not found\n", content_type="text/plain", status=NOT_FOUND)

    def _model(self, name: str, folder: Path) -> Loaded:
        if name not in self._loaded:
            size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
            self._make_room(max(size, self._largest))
            try:
                self._loaded[name] = self._load(name, folder, size)
            except MemoryError:
                while self._loaded:
                    self._unload(next(iter(self._loaded)))
                self._loaded[name] = self._load(name, folder, size)
        self._loaded.move_to_end(name)
        return self._loaded[name]

    def _load(self, name: str, folder: Path, size: int) -> Loaded:
        began, before = time.monotonic(), _resident_bytes()
        own = replace(
            self._surroundings,
            model=folder / "model",
            code=self._surroundings.code_in(folder / "model"),
        )
        with _own_modules(own.code):
            handlers = Handlers(own, find_framework(self._framework, own.model))
        taken = max(size, _resident_bytes() - before)
        self._largest = max(self._largest, taken)
        seconds = time.monotonic() - began
        print(f"Loaded model {name} in {seconds:.2f} s: {taken >> 20} MiB.", flush=True)
        return Loaded(handlers, taken)

    def _make_room(self, wanted: int) -> None:
        """Unload models, those first that have not been asked for the longest time."""
        while (
            self._loaded and sum(one.bytes for one in self._loaded.values()) + wanted > self._room
        ):
            self._unload(next(iter(self._loaded)))

    def _unload(self, name: str) -> None:
        del self._loaded[name]
        gc.collect()
        with suppress(OSError, AttributeError):  # Only GNU's library has it.
            ctypes.CDLL(None).malloc_trim(0)
        print(f"Unloaded model {name}.", flush=True)


@contextmanager
def _own_modules(code: Path) -> Generator[None, None, None]:
    """Let what is imported of a model's code be its alone: others name their files the same."""
    path, before = list(sys.path), set(sys.modules)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None)
            if file is not None and Path(file).is_relative_to(code):
                del sys.modules[name]


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096
