"""Requests as bytes, sent as they are, and what comes back of them."""

import re
import socket
from dataclasses import dataclass

ANSWER_WITHIN_SECONDS = 5.0
PAUSE_SECONDS = 0.2
SHOWN = 4000
MOST_BYTES = 1 << 24
ALLOWED_SERVER_ERRORS = (501, 503)
"""Modelled: an operation that is not here, and a server or model that is not ready."""

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One HTTP request, right or wrong."""

    method: bytes
    target: bytes
    headers: Headers
    """`encoded` adds `Content-Length` and `Connection: close` where there is nothing else."""
    body: bytes = b""

    @property
    def is_whole(self) -> bool:
        """Whether its head tells the truth about its body, so that an answer is due."""
        telling = (b"content-length", b"transfer-encoding", b"connection", b"expect", b"upgrade")
        return not any(name.lower() in telling for name, _ in self.headers)

    def encoded(self) -> bytes:
        """Return the bytes of HTTP/1.1."""
        headers = list(self.headers)
        names = {name.lower() for name, _ in headers}
        if not names & {b"content-length", b"transfer-encoding"}:
            headers.append((b"Content-Length", str(len(self.body)).encode()))
        if b"connection" not in names:
            headers.append((b"Connection", b"close"))
        head = b"".join(b"%s: %s\r\n" % header for header in headers)
        return b"%s %s HTTP/1.1\r\n%s\r\n%s" % (self.method, self.target, head, self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back while the client held the connection open."""

    raw: bytes
    is_reset: bool = False
    """Whether the server hung up on bytes that it had not read, which may overtake its answer."""

    @property
    def statuses(self) -> list[int]:
        """The status of each answer; none if the connection was closed without one."""
        return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) ", self.raw)]


class HungError(AssertionError):
    """The server neither answered nor closed the connection in time."""


def exchange(port: int, sent: bytes, *, pause_seconds: float = PAUSE_SECONDS) -> Answer:
    """Send bytes and return what comes back.

    A server may wait for more of a request that is not whole. So after a pause without an answer it
    is told that there is no more, and then it must let go.

    Raises:
        HungError: See there.
    """
    with socket.create_connection(("127.0.0.1", port)) as connection:
        try:
            connection.settimeout(ANSWER_WITHIN_SECONDS)
            connection.sendall(sent)
            received = _received(connection, pause_seconds)
            connection.shutdown(socket.SHUT_WR)
        except OSError:  # The server had seen enough.
            return Answer(b"", is_reset=True)
        answer = Answer(received)
        # Whoever says that there is no more counts as gone: what comes now is for nobody.
        if not _is_closed(connection):
            raise HungError(f"{sent[:SHOWN]!r}\n→ {received[:500]!r}")
    return answer


def _received(connection: socket.socket, pause_seconds: float) -> bytes:
    """Return what comes until the server closes the connection or pauses."""
    received = b""
    connection.settimeout(pause_seconds)
    try:
        while piece := connection.recv(1 << 16):
            received += piece
            if len(received) > MOST_BYTES:
                break
    except TimeoutError:
        pass
    return received


def _is_closed(connection: socket.socket) -> bool:
    """Return whether the server closes the connection in time."""
    connection.settimeout(ANSWER_WITHIN_SECONDS)
    try:
        while connection.recv(1 << 16):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def ask(port: int, request: WireRequest) -> None:
    """Send a request and hold what comes back against what none may get.

    Raises:
        AssertionError: The answer is not right, or there is none though one is due.
    """
    sent = request.encoded()
    pause = ANSWER_WITHIN_SECONDS if request.is_whole else PAUSE_SECONDS
    answer = exchange(port, sent, pause_seconds=pause)
    check(answer, sent)
    if request.is_whole and not answer.is_reset:
        assert len(answer.statuses) == 1, f"{sent[:SHOWN]!r}\n→ {answer.raw[:SHOWN]!r}"


def check(answer: Answer, sent: bytes) -> None:
    """Hold an answer against what no request may get.

    Raises:
        AssertionError: It is an unmodelled error of the server, or it shows a stack trace.
    """
    bad = [code for code in answer.statuses if code >= 500 and code not in ALLOWED_SERVER_ERRORS]
    assert not bad, f"{sent[:SHOWN]!r}\n→ {answer.raw[:SHOWN]!r}"
    assert b"Traceback" not in answer.raw, f"{sent[:SHOWN]!r}\n→ {answer.raw[:SHOWN]!r}"
