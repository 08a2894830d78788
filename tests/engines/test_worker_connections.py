"""Connections to workers: what servers may answer, and how it may go wrong."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from outcrop.engines.workers.connection import Connection, ConnectionBrokenError

pytestmark = pytest.mark.anyio

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def connected(folder: Path, answer: Answer) -> AsyncGenerator[Connection, None]:
    """Give a connection to a server that answers so."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await answer(reader, writer)
        finally:
            writer.close()
            await writer.wait_closed()
            is_over.set()

    is_over = asyncio.Event()
    path = str(folder / "0.sock")
    server = await asyncio.start_unix_server(served, path)
    connection = await Connection.open(path)
    try:
        yield connection
    finally:
        connection.close()
        server.close()
        await is_over.wait()


async def read_all(connection: Connection) -> bytes:
    pieces: list[bytes] = []
    while piece := await connection.piece():
        pieces.append(piece)
    return b"".join(pieces)


def saying(*answers: bytes) -> Answer:
    """Return a server that reads a head and says this, once for each of them."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for said in answers:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(said)
            await writer.drain()

    return answer


async def test_a_connection_is_kept_for_the_next_request(tmp_path: Path) -> None:
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number in range(2):
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            heard.append(await reader.readexactly(3))
            writer.write(b"HTTP/1.1 200 OK\r\nX-Name: a\r\ncontent-length: 1\r\n\r\n%d" % number)

    async with connected(tmp_path, answer) as connection:
        await connection.request("POST", "/invocations", {"accept": "text/csv"}, b"1,2")
        assert (connection.status, connection.headers) == (
            200,
            {"x-name": "a", "content-length": "1"},
        )
        assert await read_all(connection) == b"0"
        assert connection.is_over
        assert connection.is_open
        await connection.request("POST", "/invocations", {}, b"3,4")
        assert await read_all(connection) == b"1"
    head = b"POST /invocations HTTP/1.1\r\nhost: localhost\r\n"
    assert heard == [
        head + b"accept: text/csv\r\ncontent-length: 3\r\n\r\n",
        b"1,2",
        head + b"content-length: 3\r\n\r\n",
        b"3,4",
    ]


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\n\r\nabcde",
        b"HTTP/1.0 200 OK\r\nconnection: close\r\n\r\nabcde",
    ],
    ids=["chunked", "interim", "until-the-end", "http-1.0"],
)
async def test_a_body_comes_in_any_of_the_ways_of_http(tmp_path: Path, said: bytes) -> None:
    async with connected(tmp_path, saying(said)) as connection:
        await connection.request("GET", "/", {})

        assert connection.status == 200
        assert await read_all(connection) == b"abcde"


async def test_what_follows_a_body_in_chunks_is_no_header(tmp_path: Path) -> None:
    said = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nlate: yes\r\n\r\n"
    async with connected(tmp_path, saying(said)) as connection:
        await connection.request("GET", "/", {})

        assert await read_all(connection) == b"a"
        assert connection.headers == {"transfer-encoding": "chunked"}


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nx: ",
        b"no http\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000,
    ],
    ids=["nothing", "half-a-head", "no-http", "endless-head"],
)
async def test_no_head_is_an_error(tmp_path: Path, said: bytes) -> None:
    async with connected(tmp_path, saying(said)) as connection:
        with pytest.raises(ConnectionBrokenError):
            await connection.request("GET", "/", {})
        assert not connection.is_open


async def test_a_body_that_breaks_off_is_an_error(tmp_path: Path) -> None:
    said = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabcde"
    async with connected(tmp_path, saying(said)) as connection:
        await connection.request("GET", "/", {})
        with pytest.raises(ConnectionBrokenError):
            await read_all(connection)


async def test_a_worker_waits_for_who_reads_slowly(tmp_path: Path) -> None:
    sent = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (64 << 20))
        for _ in range(1024):
            writer.write(bytes(1 << 16))
            await writer.drain()
            sent += 1 << 16

    async with connected(tmp_path, answer) as connection:
        await connection.request("GET", "/", {})
        before = -1
        while before < sent:
            before = sent
            await asyncio.sleep(0.1)
        assert sent < 8 << 20
        assert len(await read_all(connection)) == 64 << 20


async def test_a_header_with_a_line_break_is_refused(tmp_path: Path) -> None:
    said = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
    async with connected(tmp_path, saying(said)) as connection:
        await connection.request("GET", "/", {})
        with pytest.raises(ValueError, match="x-a"):
            await connection.request("GET", "/", {"x-a": "1\r\nx-b: 2"})
