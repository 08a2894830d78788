"""A stand-in for the hub, a mirror or a content network: files over HTTP, with faults on demand."""

import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import cast


def open_gate() -> Event:
    """Return an event that is set."""
    gate = Event()
    gate.set()
    return gate


@dataclass
class FileServer:
    """What a server has, how it misbehaves, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    breaks: list[int] = field(default_factory=list)
    """For each coming request: after how many bytes of the body the connection is cut."""
    statuses: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """For each coming request: a status and headers that are sent instead of the file."""
    token: str | None = None
    """Asked of every request."""
    honours_ranges: bool = True
    gate: Event = field(default_factory=open_gate)
    """Bodies wait here while it is closed."""
    stalls_after: int = 0
    """How many bytes of a body come before the gate."""
    asked: Event = field(default_factory=Event)
    """Set by the first request."""
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path and headers of each request, whose names are in small letters."""
    url: str = ""

    def ranges(self) -> list[str | None]:
        """Return the range that each request asked for."""
        return [headers.get("range") for _path, headers in self.requests]


class _Listening(ThreadingHTTPServer):
    """A socket that knows what it serves."""

    def __init__(self, state: FileServer) -> None:
        self.state = state
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hung up: some are killed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # pyright: ignore[reportArgumentType] - any socket


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        state = cast("_Listening", self.server).state
        headers = {name.lower(): value for name, value in self.headers.items()}
        state.requests.append((self.path, headers))
        state.asked.set()
        if state.statuses:
            self._say(*state.statuses.pop(0))
        elif state.token and headers.get("authorization") != f"Bearer {state.token}":
            self._say(401, {})
        elif self.path in state.redirects:
            self._say(302, {"Location": state.redirects[self.path]})
        elif self.path not in state.files:
            self._say(404, {})
        else:
            self._send(state, headers.get("range") if state.honours_ranges else None)

    def _say(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, state: FileServer, wanted: str | None) -> None:
        content = state.files[self.path]
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        if wanted and start >= len(content):
            self._say(416, {"Content-Range": f"bytes */{len(content)}"})
            return
        headers = {"Content-Length": str(len(content) - start)}
        if wanted:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._say(206 if wanted else 200, headers)
        end = len(content)
        if state.breaks:
            end = start + state.breaks.pop(0)
            self.close_connection = True
        stall = min(end, start + state.stalls_after)
        with suppress(ConnectionError):  # A client may be killed, or hang up.
            self.wfile.write(content[start:stall])
            state.gate.wait()
            self.wfile.write(content[stall:end])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        """Keep quiet."""


@contextmanager
def running(server: FileServer) -> Generator[FileServer, None, None]:
    """Serve on a free port of loopback."""
    with _Listening(server) as listening:
        server.url = f"http://127.0.0.1:{listening.server_address[1]}"
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
