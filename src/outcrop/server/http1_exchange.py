"""One request of an HTTP/1.1 connection, and the sending of its answer."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from outcrop.aws.http import Body, FileBody, HttpRequest, HttpResponse
from outcrop.server.channel import ClientDisconnectedError, may_pause, silence
from outcrop.server.files import pieces

JOINED_BYTES = 64 << 10
"""A body up to this size is written together with its head."""


def _breaks_head(text: str) -> bool:
    return "\r" in text or "\n" in text or "\0" in text


class Exchange:
    """One request; see `Channel`."""

    def __init__(  # noqa: PLR0913  # a head has this many parts
        self,
        transport: asyncio.Transport,
        *,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str],
        client: str,
        is_old: bool,
        stays: bool,
        body_idle_seconds: float,
        take_more: Callable[[], None],
    ) -> None:
        """Take a request's head.

        Args:
            transport: Of its connection.
            method: Of the request line.
            path: Percent-encoded.
            query: Percent-encoded.
            headers: Names in lower case.
            client: The peer's address.
            is_old: Whether the client speaks HTTP/1.0, which knows no chunks.
            stays: Whether the connection may stay after the answer.
            body_idle_seconds: How long the client may be silent in the midst of the body.
            take_more: Lets more of the body come.
        """
        self.status = 0
        self.bytes_sent = 0
        self.bytes_ahead = 0
        """Of the body that came and was not read."""
        self.stays = stays
        self.is_answered = False
        """Whether the answer was sent to its end."""
        self._transport = transport
        self._method, self._path, self._query = method, path, query
        self._headers, self._client = headers, client
        self._is_old = is_old
        self._body_idle_seconds = body_idle_seconds
        self._take_more = take_more
        self._expects_word = "expect" in headers and headers["expect"].lower() == "100-continue"
        self._pieces: list[bytes] = []
        self._is_whole = False
        self._is_gone = False
        """Whether no more of the body will come, though it is not whole."""
        self._is_lost = False
        self._reader: asyncio.Future[None] | None = None
        self._reading_since = 0.0
        self._writer: asyncio.Future[None] | None = None
        """Pending while the client does not take what was written."""
        self._answering: asyncio.Task[Any] | None = None

    def open(self) -> None:
        """Make the request of what has come by now."""
        told = self._headers.get("content-length", "")
        length = int(told) if told.isdecimal() else None
        if self._is_whole:
            body = Body.come(self._take(), length=length)
        else:
            body = Body(self._chunks(), length=length)
        self.request = HttpRequest(
            method=self._method,
            raw_path=self._path,
            query_string=self._query,
            headers=self._headers,
            body=body,
            scheme="http",
            client=self._client,
        )

    def feed(self, piece: bytes) -> None:
        """Take a piece of the body; what comes after the answer is of no use any more."""
        if not self.is_answered:
            self._pieces.append(piece)
            self.bytes_ahead += len(piece)
            self._wake()

    def end(self) -> None:
        """Take the end of the body."""
        self._is_whole = True
        self._wake()

    def breaks(self) -> None:
        """Learn that the body breaks the rules of HTTP: there will be no more of it."""
        self.stays = False
        self._is_gone = True
        self._wake()

    def lost(self) -> None:
        """Learn that the client has gone."""
        self.breaks()
        self.resume_writing()
        self._is_lost = True

    def pause_writing(self) -> None:
        """Learn that the client does not take what was written."""
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """Learn that it does again."""
        if self._writer is not None:
            if not self._writer.done():
                self._writer.set_result(None)
            self._writer = None

    async def send(self, response: HttpResponse) -> None:
        """See `Channel.send`; the answer to HEAD goes without its body."""
        body = response.body
        self.status = response.status
        if self._expects_word:
            # Whether the body comes without the word is the client's choice: it cannot be told
            # from a next request.
            self.stays = self._expects_word = False
        if self._method == "HEAD":
            self._write(self._head(response))
        elif isinstance(body, bytes):
            self._send_whole(self._head(response), body)
        elif isinstance(body, FileBody):
            self._write(self._head(response))
            await self._send_chunks(pieces(body), is_chunked=False)
            self._check_length(body.size)
        else:
            await self._stream(response, body)
        if self._writer is not None:
            await self._writer
        self.is_answered = True

    def look(self, now: float) -> None:
        """See `Channel.look`."""
        if self._reader is not None:
            self._check_reading(self._reader, now)
        # Who reads the body hears of a disconnect there.
        elif self._is_lost and self._is_whole and self._answering is not None:
            self._answering.cancel()

    def _check_reading(self, reader: asyncio.Future[None], now: float) -> None:
        is_overdue = now - self._reading_since >= self._body_idle_seconds
        if is_overdue and not reader.done() and not may_pause(self.request):
            self.stays = False
            reader.set_exception(silence())

    def cancel_when_gone(self, task: "asyncio.Task[Any]") -> None:
        """See `Channel.cancel_when_gone`."""
        self._answering = task

    def close(self) -> None:
        """See `Channel.close`."""
        self._answering = None

    async def _chunks(self) -> AsyncIterator[bytes]:
        while True:
            if self._pieces:
                yield self._take()
            elif self._is_whole:
                return
            elif self._is_gone:
                raise ClientDisconnectedError
            else:
                await self._more()

    def _take(self) -> bytes:
        taken = self._pieces
        self._pieces, self.bytes_ahead = [], 0
        self._take_more()
        return taken[0] if len(taken) == 1 else b"".join(taken)

    async def _more(self) -> None:
        if self._expects_word:
            self._expects_word = False
            self._write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._reader = asyncio.get_running_loop().create_future()
        self._reading_since = time.monotonic()
        try:
            await self._reader
        finally:
            self._reader = None

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def _stream(self, response: HttpResponse, body: AsyncIterator[bytes]) -> None:
        promised = {name.lower(): value for name, value in response.headers.items()}
        has_body = response.status not in (204, 304)
        is_chunked = has_body and "content-length" not in promised and not self._is_old
        if self._is_old:
            self.stays = False  # The end of the connection is that of the body.
        self._write(self._head(response, is_chunked=is_chunked))
        await self._send_chunks(body, is_chunked=is_chunked)
        if has_body and "content-length" in promised:
            self._check_length(int(promised["content-length"]))

    def _check_length(self, promised: int) -> None:
        """Break the connection off, if the client is to wait for bytes that do not come."""
        if self.bytes_sent != promised:
            raise RuntimeError(f"The answer had {self.bytes_sent} bytes, not {promised}.")

    def _head(self, response: HttpResponse, *, is_chunked: bool = False) -> bytes:
        size = response.size
        headers = {name.lower(): value for name, value in response.headers.items()}
        lines = [f"{name}: {value}" for name, value in headers.items()]
        if _breaks_head("".join(lines)):
            broken = [name for name, value in headers.items() if _breaks_head(name + value)]
            raise ValueError(f"These headers hold what no header can: {broken}")
        lines.insert(0, _status_line(response.status, int(time.time())))
        if size is not None and "content-length" not in headers:
            lines.append(f"content-length: {size}")
        if is_chunked:
            lines.append("transfer-encoding: chunked")
        if not self.stays:
            lines.append("connection: close")
        lines.append("\r\n")
        return "\r\n".join(lines).encode()

    def _send_whole(self, head: bytes, body: bytes) -> None:
        if len(body) <= JOINED_BYTES:
            self._write(head + body)
        else:
            self._write(head)
            self._write(body)
        self.bytes_sent = len(body)

    async def _send_chunks(self, chunks: AsyncIterator[bytes], *, is_chunked: bool) -> None:
        try:
            async for chunk in chunks:
                if not chunk:
                    continue  # An empty chunk would be the last one.
                self._write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if is_chunked else chunk)
                self.bytes_sent += len(chunk)
                if self._writer is not None:
                    await self._writer
            if is_chunked:
                self._write(b"0\r\n\r\n")
        finally:
            # A generation must not go on for a client that went away.
            close = getattr(chunks, "aclose", None)
            if close is not None:
                await close()

    def _write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)


@lru_cache(maxsize=256)
def _status_line(status: int, seconds: int) -> str:
    """Return the first line of an answer, and what time it is."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\ndate: {formatdate(seconds, usegmt=True)}"
