"""HTTP over a Unix socket, against a server that says what it is told to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from outcrop.engines.chat.unix_http import RefusedRequestError, ServerGoneError, UnixHttp

pytestmark = pytest.mark.anyio

EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def whole(data: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


class Server:
    """Answers each connection with the same pieces, and keeps what it was asked."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = pieces
        self.asked: list[tuple[bytes, bytes]] = []
        self.hung_up = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0] or b"0")
        self.asked.append((head, await reader.readexactly(length)))
        for piece in self._pieces:
            writer.write(piece)
            await writer.drain()
        if self._pieces[-1] is not NOTHING:
            writer.close()
        await reader.read()
        self.hung_up.set()
        writer.close()


NOTHING = b""
"""As the last piece: the server goes on listening."""


@contextlib.asynccontextmanager
async def serving(tmp_path: Path, *pieces: bytes) -> AsyncIterator[tuple[UnixHttp, Server]]:
    server = Server(pieces)
    socket = tmp_path / "s.sock"
    http = UnixHttp(socket)
    async with await asyncio.start_unix_server(server, socket):
        yield http, server


async def events_of(http: UnixHttp) -> list[Any]:
    return [event async for event in http.events("/x", {})]


async def test_json_goes_out_and_comes_back(tmp_path: Path) -> None:
    async with serving(tmp_path, whole(b'{"b": "\xc3\xa9"}')) as (http, server):
        assert await http.post("/path", {"a": 1}) == {"b": "é"}

    ((head, body),) = server.asked
    assert head.startswith(b"POST /path HTTP/1.1\r\n")
    assert b"\r\ncontent-type: application/json\r\n" in head
    assert b"\r\nconnection: close\r\n" in head
    assert body == b'{"a": 1}'


async def test_an_answer_may_come_in_chunks(tmp_path: Path) -> None:
    pieces = (EVENTS, chunk(b"[1,"), chunk(b"2]"), chunk(b""))
    async with serving(tmp_path, *pieces) as (http, _):
        assert await http.get("/slots") == [1, 2]


async def test_events_are_told_apart_wherever_chunks_end(tmp_path: Path) -> None:
    text = b'data: {"n": 1}\n\n: a comment\n\ndata: {"n": 2}\n\ndata: [DONE]\n\n'
    for size in (1, 7, 1000):
        chunks = [chunk(text[at : at + size]) for at in range(0, len(text), size)]
        async with serving(tmp_path, EVENTS, *chunks, chunk(b"")) as (http, _):
            assert await events_of(http) == [{"n": 1}, {"n": 2}]


async def test_a_refusal_carries_what_the_server_says(tmp_path: Path) -> None:
    async with serving(tmp_path, whole(b'{"error": "no"}', "400 Bad Request")) as (http, _):
        with pytest.raises(RefusedRequestError, match="400") as caught:
            await http.get("/x")

    assert caught.value.answer == {"error": "no"}


async def test_a_refusal_need_not_be_json(tmp_path: Path) -> None:
    async with serving(tmp_path, whole(b"oh no", "500 Oops")) as (http, _):
        with pytest.raises(RefusedRequestError, match="500: oh no"):
            await events_of(http)


async def test_an_error_in_the_middle_is_a_refusal(tmp_path: Path) -> None:
    pieces = (EVENTS, chunk(b'data: {"n": 1}\n\ndata: {"error": {"message": "full"}}\n\n'))
    async with serving(tmp_path, *pieces) as (http, _):
        events = http.events("/x", {})
        assert await anext(events) == {"n": 1}
        with pytest.raises(RefusedRequestError, match="full"):
            await anext(events)


@pytest.mark.parametrize("pieces", [(EVENTS, chunk(b"data: {")), (EVENTS,), (b"HTTP/1.1 2",)])
async def test_a_server_that_hangs_up_too_early_is_gone(
    tmp_path: Path, pieces: tuple[bytes, ...]
) -> None:
    async with serving(tmp_path, *pieces) as (http, _):
        with pytest.raises(ServerGoneError):
            await events_of(http)


async def test_a_socket_without_a_server_is_a_server_that_is_gone(tmp_path: Path) -> None:
    http = UnixHttp(tmp_path / "none.sock")
    with pytest.raises(ServerGoneError, match="No such file"):
        await http.get("/x")


async def test_a_line_may_be_long(tmp_path: Path) -> None:
    text = "x" * 5_000_000
    pieces = (EVENTS, chunk(b'data: {"text": "%s"}\n\n' % text.encode()), chunk(b""))
    async with serving(tmp_path, *pieces) as (http, _):
        assert await events_of(http) == [{"text": text}]


async def test_each_request_connects_anew(tmp_path: Path) -> None:
    async with serving(tmp_path, whole(b"1")) as (http, server):
        assert [await http.get("/x"), await http.get("/x")] == [1, 1]

    assert len(server.asked) == 2


async def test_closing_the_events_hangs_up(tmp_path: Path) -> None:
    async with serving(tmp_path, EVENTS, chunk(b'data: {"n": 1}\n\n'), NOTHING) as (http, server):
        events = http.events("/x", {})
        assert await anext(events) == {"n": 1}
        await events.aclose()

        async with asyncio.timeout(5):
            await server.hung_up.wait()
