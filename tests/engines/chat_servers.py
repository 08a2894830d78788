"""Stand-in servers that speak the APIs of chat backends, and remember what they were asked."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request that came in."""

    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass
class Answer:
    """What is sent back; chunks go out one by one."""

    status: int = 200
    chunks: Iterator[bytes] = field(default_factory=lambda: iter(()))
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Answers = Callable[[Asked], Answer]


class StandIn:
    """A server on a port of its own."""

    def __init__(self, answers: Answers) -> None:
        self.asked: list[Asked] = []
        self.hung_up = threading.Event()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.path, headers, json.loads(self.rfile.read(length)))
                stand_in.asked.append(asked)
                self._send(answers(asked))

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                try:
                    for chunk in answer.chunks:
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                        self.wfile.flush()
                    self.wfile.write(b"0\r\n\r\n")
                except OSError:
                    stand_in.hung_up.set()
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator["StandIn"]:
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


def sse(*events: Any, named: bool = False) -> Iterator[bytes]:
    """Give each event as the bytes of a server-sent event."""
    for event in events:
        name = f"event: {event['type']}\n" if named else ""
        data = event if isinstance(event, str) else json.dumps(event)
        yield f"{name}data: {data}\n\n".encode()


def as_json(status: int, body: Any, **headers: str) -> Answer:
    return Answer(status, iter([json.dumps(body).encode()]), headers)


def for_ever(chunk: bytes) -> Iterator[bytes]:
    """Give the same chunk until the client hangs up."""
    pause = threading.Event()
    while not pause.wait(0.01):
        yield chunk


async def is_set(event: threading.Event) -> bool:
    """Wait for an event of another thread."""
    return await asyncio.to_thread(event.wait, 20)
