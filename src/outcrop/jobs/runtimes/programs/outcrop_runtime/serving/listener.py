"""Who listens: takes connections and answers pings, also while the model is at work.

A connection that asks for a prediction goes to the main thread, which keeps it for what it will ask
next: so the thread changes once for a client, not twice for each of its requests.
"""

import os
import queue
import selectors
import socket
import threading
import traceback
from contextlib import suppress
from pathlib import Path

from outcrop_runtime.serving.connection import Connection
from outcrop_runtime.serving.messages import Response

BACKLOG = 128
OK, NOT_FOUND, METHOD_NOT_ALLOWED = 200, 404, 405
NO_TYPE = "text/plain"
EXECUTION_PARAMETERS = "/execution-parameters"
"""Where transform jobs ask how they are to ask.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html
"""


class Listener:
    """The thread that listens on a socket."""

    def __init__(self, path: Path, *, has_many_models: bool) -> None:
        """Listen; nobody is answered before `start`.

        Args:
            path: The socket.
            has_many_models: Whether requests name the model that is to answer.
        """
        self._has_many_models = has_many_models
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen(BACKLOG)
        self._asking: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self._returned: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self.wakes, self._wake = socket.socketpair()
        """Can be read when a connection asks."""
        self._returns, self._return = socket.socketpair()
        self._selector = selectors.DefaultSelector()

    def start(self) -> None:
        """Begin to answer."""
        threading.Thread(target=self._listen, name="listener", daemon=True).start()

    def take(self) -> Connection:
        """Wait for a connection that asks for a prediction, and return it."""
        asking = self._asking.get()
        self.wakes.recv(1)
        return asking

    def give_back(self, connection: Connection) -> None:
        """Let the listener read a connection again, between two of its requests."""
        self._returned.put(connection)
        self._return.send(b".")

    def _listen(self) -> None:
        try:
            self._run()
        finally:
            traceback.print_exc()
            os._exit(1)  # Who cannot listen is of no use.

    def _run(self) -> None:
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._selector.register(self._returns, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._socket:
                    with suppress(OSError):  # A client that went at once.
                        self._watch(Connection(self._socket.accept()[0]))
                elif key.fileobj is self._returns:
                    self._returns.recv(1)
                    self._watch(self._returned.get())
                else:
                    self._read(key.data)

    def _watch(self, connection: Connection) -> None:
        self._selector.register(connection.socket, selectors.EVENT_READ, connection)

    def _read(self, connection: Connection) -> None:
        if not connection.read():
            self._selector.unregister(connection.socket)
            connection.close()
        elif connection.is_in_body:
            self._selector.unregister(connection.socket)
            self._answer(connection)

    def _answer(self, connection: Connection) -> None:
        refusal = self.refused(connection)
        if refusal is None:
            self._asking.put(connection)
            self._wake.send(b".")
        elif connection.read_body() is not None and connection.answer(refusal):
            self._watch(connection)
        else:
            connection.close()

    def refused(self, connection: Connection) -> Response | None:
        """Return the answer of a request that is for nobody's model; `None` of one that is."""
        match connection.method, connection.path.partition("?")[0]:
            case "POST", path if self._is_for_a_model(path):
                return None
            case "GET", path if path == EXECUTION_PARAMETERS:
                return None
            case "GET", "/ping":
                return Response(body=b"", content_type=NO_TYPE, status=OK)
            case _, "/ping" | "/invocations" | "/execution-parameters":
                return Response(
                    body=b"Method not allowed\n", content_type=NO_TYPE, status=METHOD_NOT_ALLOWED
                )
            case _:
                return Response(body=b"Not found\n", content_type=NO_TYPE, status=NOT_FOUND)

    def _is_for_a_model(self, path: str) -> bool:
        if self._has_many_models:
            return path.startswith("/models/") and path.endswith("/invoke")
        return path == "/invocations"
