"""The worker's side: one thread reads requests, others answer them.

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
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from outcrop.engines.workers.frames import Decoder, Frame, encode

_PR_SET_PDEATHSIG = 1
"""Source: <linux/prctl.h>"""


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
    """Called on a thread of its own for every request, several at a time."""


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
    """Runs each request on a thread and knows which are cancelled."""

    def __init__(self, connection: _Connection, handle: Handle) -> None:
        self._connection = connection
        self._handle = handle
        self._open: dict[int, threading.Event] = {}

    def take(self, frame: Frame) -> None:
        if "cancel" in frame.value:
            if cancelled := self._open.get(frame.value["cancel"]):
                cancelled.set()
            return
        request_id: int = frame.value["id"]
        cancelled = self._open[request_id] = threading.Event()
        request = Frame(frame.value["request"], frame.blob)
        threading.Thread(
            target=self._answer, args=(request_id, request, cancelled), daemon=True
        ).start()

    def _answer(self, request_id: int, request: Frame, cancelled: threading.Event) -> None:
        last: dict[str, Any] = {"end": True}
        try:
            with contextlib.closing(self._handle(request)) as replies:
                for reply in replies:
                    if cancelled.is_set():
                        break
                    self._connection.send({"id": request_id, "reply": reply.value}, reply.blob)
        except RefusedError as error:
            last = {"refusal": [error.kind, str(error), error.details]}
        finally:
            # What no handler foresaw goes to the log by way of the thread's hook; the parent
            # must not wait for ever.
            unforeseen = sys.exc_info()[1]
            if unforeseen is not None:
                last = {"refusal": ["failed", repr(unforeseen), {}]}
            del self._open[request_id]
            self._connection.send({"id": request_id, **last})
