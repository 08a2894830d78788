"""HTTP/1.1 over a Unix socket, as far as llama.cpp's server speaks it.

Every token passes here, on processors that the model's own threads need: a general client took
0.3 ms of processor time per token and 2 ms per request, this takes a tenth of that. A connection
serves one request, because one that waits for a next would hold a thread of the server.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LONGEST_LINE_BYTES = 1 << 26
"""An event that ends an answer repeats its prompt."""


class ServerGoneError(Exception):
    """Nobody listens at the socket, or the server hung up too early."""


class RefusedRequestError(Exception):
    """The server answered with another status than 200, or with an error in the middle."""

    def __init__(self, status: int, answer: Any) -> None:
        super().__init__(f"{status}: {answer}")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class UnixHttp:
    """Speaks to the server at a socket."""

    socket: Path

    async def get(self, path: str) -> Any:
        """Return the JSON of an answer.

        Raises:
            ServerGoneError: There is none.
            RefusedRequestError: It is an error.
        """
        return await self._ask("GET", path, b"")

    async def post(self, path: str, body: Any) -> Any:
        """Post JSON and return the JSON of the answer.

        Raises:
            ServerGoneError: There is none.
            RefusedRequestError: It is an error.
        """
        return await self._ask("POST", path, json.dumps(body).encode())

    async def events(self, path: str, body: Any) -> AsyncGenerator[Any, None]:
        """Post JSON and give the JSON of each event of the answer; closing it hangs up.

        Raises:
            ServerGoneError: The answer ended too early.
            RefusedRequestError: It is an error.
        """
        async with self._asked("POST", path, json.dumps(body).encode()) as chunks:
            rest = b""
            async for chunk in chunks:
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    if line.startswith(b"data: {"):
                        yield _unless_error(json.loads(line[6:]))

    async def _ask(self, method: str, path: str, body: bytes) -> Any:
        async with self._asked(method, path, body) as chunks:
            return json.loads(b"".join([chunk async for chunk in chunks]))

    @contextlib.asynccontextmanager
    async def _asked(
        self, method: str, path: str, body: bytes
    ) -> AsyncGenerator[AsyncGenerator[bytes, None], None]:
        try:
            reader, writer = await asyncio.open_unix_connection(
                self.socket, limit=_LONGEST_LINE_BYTES
            )
            try:
                writer.write(_head(method, path, len(body)) + body)
                status, chunks = await _read_head(reader)
                if status != 200:
                    raise RefusedRequestError(status, await _parsed(chunks))
                async with contextlib.aclosing(chunks):
                    yield chunks
            finally:
                writer.transport.abort()
        except (OSError, EOFError) as error:
            raise ServerGoneError(str(error) or type(error).__name__) from error


def _unless_error(event: Any) -> Any:
    if "error" in event:
        raise RefusedRequestError(200, event)
    return event


def _head(method: str, path: str, length: int) -> bytes:
    return (
        f"{method} {path} HTTP/1.1\r\nHost: llama.cpp\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, AsyncGenerator[bytes, None]]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    if b"\r\ntransfer-encoding: chunked\r\n" in head:
        return status, _chunks(reader)
    length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
    return status, _whole(reader, length)


async def _chunks(reader: asyncio.StreamReader) -> AsyncGenerator[bytes, None]:
    while size := int(await reader.readuntil(b"\r\n"), 16):
        chunk = await reader.readexactly(size + 2)
        yield chunk[:-2]


async def _whole(reader: asyncio.StreamReader, length: int) -> AsyncGenerator[bytes, None]:
    yield await reader.readexactly(length)


async def _parsed(chunks: AsyncGenerator[bytes, None]) -> Any:
    text = b"".join([chunk async for chunk in chunks])
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text.decode(errors="replace")
