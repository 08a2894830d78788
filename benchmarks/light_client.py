"""A client that costs next to nothing, so that the processors are left to what is measured.

It sends what is ready to be sent, and looks only for the status and the end of an answer.
"""

import re
import selectors
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Self, cast
from urllib.parse import urlsplit

_HEAD_END = b"\r\n\r\n"
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_length = re.compile(rb"content-length: (\d+)").search
RECEIVED_BYTES = 1 << 18


class Connection:
    """A connection that stays open; one request at a time."""

    def __init__(self, url: str, *, path: str, headers: Mapping[str, str]) -> None:
        """Connect; all requests go to one path with the same headers."""
        where = urlsplit(url)
        lines = [f"POST {path} HTTP/1.1", f"host: {where.netloc}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._head = "\r\n".join(lines).encode()
        self._answer = b""
        self.socket = socket.create_connection((where.hostname or "", where.port or 80))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, body: bytes) -> None:
        """Send a request."""
        self._answer = b""
        head = b"%b\r\ncontent-length: %d\r\n\r\n" % (self._head, len(body))
        self.socket.sendall(head + body)

    def receive(self) -> bool:
        """Take what has come of the answer; tell whether that was all.

        Raises:
            SystemExit: It is not the answer that was wished for.
        """
        data = self.socket.recv(RECEIVED_BYTES)
        self._answer += data
        head, found, body = self._answer.partition(_HEAD_END)
        length = _length(head.lower())
        is_whole = len(body) >= int(length[1]) if length else body.endswith(_LAST_CHUNK)
        if not data or (found and is_whole and b" 200 " not in head.partition(b"\r\n")[0]):
            raise SystemExit(f"An answer was {self._answer!r}")
        return bool(found) and is_whole

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.socket.close()

    def ask(self, body: bytes) -> None:
        """Send a request and wait for its answer."""
        self.send(body)
        while not self.receive():
            pass


def ask_all(connections: Sequence[Connection], body: Callable[[], bytes], requests: int) -> None:
    """Send so many requests, one at a time on each connection, and wait for all answers."""
    bodies = (body() for _ in range(requests))
    with selectors.DefaultSelector() as selector:
        for connection, first in zip(connections, bodies, strict=False):
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(first)
        while selector.get_map():
            for key, _ in selector.select():
                connection = cast("Connection", key.data)
                if not connection.receive():
                    continue
                if (following := next(bodies, None)) is not None:
                    connection.send(following)
                else:
                    selector.unregister(connection.socket)
