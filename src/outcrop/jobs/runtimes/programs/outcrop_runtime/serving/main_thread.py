"""The main thread's work: users' code runs there, one call at a time, while another thread listens.

Libraries that want the main thread, or always the same one, get it.
"""

import selectors
import time
import traceback
from typing import Protocol

from outcrop_runtime.serving.connection import Connection
from outcrop_runtime.serving.listener import EXECUTION_PARAMETERS, Listener
from outcrop_runtime.serving.messages import JSON, Request, Response


class Served(Protocol):
    """A model that is served, or many."""

    def answer(self, request: Request) -> Response:
        """Return the model's answer; never raise."""
        ...

    def execution_parameters(self) -> Response:
        """Return how transform jobs are to ask; never raise."""
        ...


class MainThread:
    """Answers what connections ask."""

    def __init__(self, served: Served, listener: Listener) -> None:
        self._served = served
        self._listener = listener
        self._busy_since: float | None = None

    def run(self) -> None:
        """Serve for ever."""
        while True:
            connection = self._listener.take()
            try:
                if self._keep(connection):
                    self._listener.give_back(connection)
                else:
                    connection.close()
            except Exception:  # noqa: BLE001 - users' code; the client and the log are told
                traceback.print_exc()
                connection.close()

    def busy_seconds(self) -> float:
        """Return how long the present call takes by now."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    def _keep(self, connection: Connection) -> bool:
        """Answer a connection's requests until another one asks; return whether it is there yet."""
        with selectors.DefaultSelector() as selector:
            selector.register(connection.socket, selectors.EVENT_READ)
            selector.register(self._listener.wakes, selectors.EVENT_READ)
            while self._serve(connection):
                while not connection.is_in_body:
                    ready = [key.fileobj for key, _ in selector.select()]
                    if connection.socket not in ready:
                        return True
                    if not connection.read():
                        return False
        return False

    def _serve(self, connection: Connection) -> bool:
        """Answer a request; return whether the client is still there."""
        self._busy_since = time.monotonic()
        try:
            body = connection.read_body()
            if body is None:
                return False
            return connection.answer(
                self._listener.refused(connection) or self._answered(connection, body)
            )
        finally:
            self._busy_since = None

    def _answered(self, connection: Connection, body: bytes) -> Response:
        headers = connection.headers
        if connection.path == EXECUTION_PARAMETERS:
            return self._served.execution_parameters()
        return self._served.answer(
            Request(
                body=body,
                content_type=headers.get("content-type", JSON),
                accept=headers.get("accept", ""),
                headers=headers,
                model=_model_of(connection.path),
            )
        )


def _model_of(path: str) -> str:
    """Return the model that a path names, if it names one."""
    return path.removeprefix("/models/").removesuffix("/invoke") if "/models/" in path else ""
