"""The worker's side: one thread reads requests, others answer them.

What large inputs took of the memory is given back when they are answered.

The parent passes the descriptor of a socket as the only argument. Everything written to stdout
or stderr is for the parent's log.
"""

import contextlib
import ctypes
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias

from outcrop.engines.workers.frames import Decoder, Frame, encode
from outcrop.engines.workers.spare_memory import SpareMemory

_PR_SET_PDEATHSIG = 1
"""Source: <linux/prctl.h>"""
_MOST_AT_ONCE = 64
"""Requests that are answered at the same time; others wait."""


class RefusedError(Exception):
    """What the engine cannot fulfil; the parent gets a `RemoteError` with the same words."""

    def __init__(self, kind: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.kind = kind
        self.details = details


Handle: TypeAlias = Callable[[Frame], Generator[Frame, None, None]]
"""Answers one request with any number of frames; closed between two of them when cancelled."""


def _refuse(_: Frame) -> Generator[Frame, None, None]:
    yield from ()
    raise RefusedError("unsupported", "This worker takes no requests on its pipe.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An engine that has started."""

    info: Any = None
    """What the parent is told, as JSON can hold it."""
    handle: Handle = _refuse
    """Called for every request, several at a time on different threads."""


Start: TypeAlias = Callable[[Any, Callable[[Any], None]], Ready]
"""Loads the engine from its configuration; calls its second argument to report progress."""


def serve(start: Start) -> None:
    """Load an engine and answer for it until the parent hangs up; never returns.

    `start` gets the configuration that the parent's `Worker` was made with.
    """
    _die_with_parent()
    connection = _Connection(socket.socket(fileno=int(sys.argv[1])))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    incoming = connection.frames()
    try:
        ready = start(
            next(incoming).value["start"], lambda value: connection.send({"progress": value})
        )
    except RefusedError as error:
        connection.send({"failed": str(error)})
        os._exit(1)
    connection.send({"ready": ready.info})
    answering = _Answering(connection, ready.handle)
    for frame in incoming:
        answering.take(frame)
    # Threads may be deep in a library that cannot be interrupted: leave without waiting.
    os._exit(0)


def _die_with_parent() -> None:
    if sys.platform != "linux":
        return  # The parent's hanging up ends the process there.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # Ctrl-C reaches the whole group; the parent decides when workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Connection:
    """The socket to the parent; many threads send, one receives."""

    def __init__(self, endpoint: socket.socket) -> None:
        self._endpoint = endpoint
        self._sending = threading.Lock()

    def send(self, value: Any, blob: bytes = b"") -> None:
        data = encode(Frame(value, blob))
        # A parent that has gone away ends this process through `frames`.
        with self._sending, contextlib.suppress(OSError):
            self._endpoint.sendall(data)

    def frames(self) -> Iterator[Frame]:
        decoder = Decoder()
        with contextlib.suppress(OSError):
            while data := self._endpoint.recv(1 << 20):
                yield from decoder.feed(data)


class _Answering:
    """Answers each request on a thread and knows which are cancelled."""

    def __init__(self, connection: _Connection, handle: Handle) -> None:
        self._connection = connection
        self._handle = handle
        self._open: dict[int, threading.Event] = {}
        self._threads = ThreadPoolExecutor(_MOST_AT_ONCE)
        self._memory = SpareMemory()

    def take(self, frame: Frame) -> None:
        if "cancel" in frame.value:
            if cancelled := self._open.get(frame.value["cancel"]):
                cancelled.set()
            return
        request_id: int = frame.value["id"]
        self._open[request_id] = threading.Event()
        self._threads.submit(self._answer, request_id, frame)

    def _answer(self, request_id: int, frame: Frame) -> None:
        try:
            self._answer_or_refuse(request_id, frame)
        except BaseException:  # noqa: BLE001 - whatever it is: the parent must not wait for ever
            os._exit(1)  # As where not even the refusal finds memory.

    def _answer_or_refuse(self, request_id: int, frame: Frame) -> None:
        # The parent waits for a last word, unless the only answer is it.
        last: dict[str, Any] | None
        try:
            last = self._tell(request_id, frame)
        except RefusedError as error:
            last = {"refusal": [error.kind, str(error), error.details]}
        except BaseException as error:  # noqa: BLE001 - told to the log and to the parent
            traceback.print_exc()
            last = {"refusal": ["failed", repr(error), {}]}
        del self._open[request_id]
        if last is not None:
            self._connection.send({"id": request_id, **last})
        self._memory.give_back()

    def _tell(self, request_id: int, frame: Frame) -> dict[str, Any] | None:
        """Send the answers to a request and return what ends them."""
        cancelled = self._open[request_id]
        request = Frame(frame.value["request"], frame.blob)
        with contextlib.closing(self._handle(request)) as replies:
            for reply in replies:
                if cancelled.is_set():
                    break
                self._connection.send({"id": request_id, "reply": reply.value}, reply.blob)
                if frame.value.get("answers") == 1:
                    return None
        return {"end": True}
