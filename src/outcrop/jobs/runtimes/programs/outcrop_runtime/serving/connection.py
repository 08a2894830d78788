"""A connection to a worker: HTTP/1.1, whoever reads it.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

import socket
from collections.abc import Iterator
from http import HTTPStatus

import httptools

from outcrop_runtime.serving.messages import Response

READ_BYTES = 1 << 18
MOST_HEAD_BYTES = 64 << 10
BODY_SECONDS = 60.0
"""For which a client may be silent within a request, or not read its answer."""


class Connection:
    """One client's connection, and the request that it reads."""

    def __init__(self, opened: socket.socket) -> None:
        self.socket = opened
        opened.settimeout(BODY_SECONDS)
        self.method = self.path = ""
        self.headers: dict[str, str] = {}
        """Of the present request; names in lower case."""
        self.is_in_body = False
        """Whether the head of a request has come, and no answer went out yet."""
        self.is_whole = False
        """Whether its body has come, too."""
        self._parser = httptools.HttpRequestParser(self)
        self._body: list[bytes] = []
        self._head_bytes = 0

    def read(self) -> bool:
        """Take what has come; return whether the client is still there."""
        try:
            data = self.socket.recv(READ_BYTES)
            if not data:
                return False
            if not self.is_in_body:
                self._head_bytes += len(data)
            self._parser.feed_data(data)
        except (OSError, httptools.HttpParserError, httptools.HttpParserUpgrade):
            return False
        return self.is_in_body or self._head_bytes <= MOST_HEAD_BYTES

    def read_body(self) -> bytes | None:
        """Return the whole body of the present request; `None` if the client goes away."""
        while not self.is_whole:
            if not self.read():
                return None
        return self._body[0] if len(self._body) == 1 else b"".join(self._body)

    def answer(self, response: Response) -> bool:
        """Send an answer; return whether the client is still there.

        Raises:
            Exception: What the pieces of a streamed body raise; the answer is broken off then.
        """
        stays = self._parser.should_keep_alive()
        self.is_in_body = self.is_whole = False
        try:
            if isinstance(response.body, bytes):
                self._send(_head(response, f"content-length: {len(response.body)}"), response.body)
            else:
                self._stream(response, response.body)
        except OSError:
            return False
        return stays

    def close(self) -> None:
        """Let go of it."""
        self.socket.close()

    def _stream(self, response: Response, pieces: Iterator[bytes]) -> None:
        self.socket.sendall(_head(response, "transfer-encoding: chunked"))
        for piece in pieces:
            if piece:
                self._send(f"{len(piece):x}\r\n".encode(), piece, b"\r\n")
        self.socket.sendall(b"0\r\n\r\n")

    def _send(self, *parts: bytes) -> None:
        self.socket.sendall(b"".join(parts))

    def on_message_begin(self) -> None:
        """Begin a request."""
        self.path, self.headers, self._body = "", {}, []

    def on_url(self, url: bytes) -> None:
        """Take the target, or a part of it."""
        self.path += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self.headers[name.decode("latin-1").lower()] = value.decode("utf-8", "replace")

    def on_headers_complete(self) -> None:
        """Take the end of the head."""
        self.method = self._parser.get_method().decode("latin-1")
        self.is_in_body, self._head_bytes = True, 0
        if self.headers.get("expect", "").lower() == "100-continue":
            self.socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Take the end of the request."""
        self.is_whole = True


def _head(response: Response, length: str) -> bytes:
    content_type = response.content_type.replace("\r", " ").replace("\n", " ")
    return (
        f"HTTP/1.1 {response.status} {_phrase(response.status)}\r\n"
        f"content-type: {content_type}\r\n{length}\r\n\r\n"
    ).encode("latin-1", "replace")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
