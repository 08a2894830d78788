"""A server that is asked to stop: what is under way is finished first."""

import socket
import time
from pathlib import Path

from outcrop import LocalServer
from outcrop.local import health
from tests.server.test_cleartext import exchange
from tests.server.test_http1 import LAST, request, statuses

PATIENCE_SECONDS = 60


def until_it_stops(server: LocalServer) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "Stopping: answers under way are finished first." not in server.log():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_request_under_way_is_answered_before_the_server_stops(tmp_path: Path) -> None:
    server = LocalServer(tmp_path, settings={"OUTCROP_SERVER_DRAIN_SECONDS": "60"})
    server.start()
    assert server.process is not None
    exchange(server, request(b"PUT", b"/last", headers=LAST))
    whole = request(b"PUT", b"/last/words", b"said", headers=b"expect: 100-continue\r\n" + LAST)
    head, _, body = whole.partition(b"\r\n\r\n")

    with socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS) as connection:
        connection.sendall(head + b"\r\n\r\n")
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"  # The body is awaited.
        server.process.terminate()
        until_it_stops(server)
        connection.sendall(body)
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    status = server.process.wait(PATIENCE_SECONDS)

    assert (statuses(answer), status, health(server.url)) == ([b"200"], 0, None)


def test_who_is_silent_keeps_no_server_from_stopping(tmp_path: Path) -> None:
    settings = {
        "OUTCROP_SERVER_DRAIN_SECONDS": "0.5",
        "OUTCROP_SERVER_BODY_IDLE_SECONDS": str(100 * PATIENCE_SECONDS),
    }
    server = LocalServer(tmp_path, settings=settings)
    server.start()
    assert server.process is not None
    exchange(server, request(b"PUT", b"/last", headers=LAST))
    whole = request(b"PUT", b"/last/words", b"said", headers=b"expect: 100-continue\r\n")

    with socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS) as connection:
        connection.sendall(whole.removesuffix(b"said"))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        server.process.terminate()

        assert server.process.wait(PATIENCE_SECONDS) == 0
