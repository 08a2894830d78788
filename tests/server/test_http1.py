"""What a connection may do beyond one plain request after another."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator

import pytest

from outcrop import LocalServer
from outcrop.aws.http import HttpResponse
from outcrop.server.http1 import MOST_AHEAD_BYTES, Http1Protocol
from outcrop.server.http1_exchange import Exchange
from outcrop.server.wakefulness import Wakefulness
from tests.server.test_cleartext import exchange

SIGNED = (
    b"host: x\r\nauthorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, "
    b"SignedHeaders=host, Signature=0\r\n"
)
LARGE = 3 * MOST_AHEAD_BYTES


def request(
    method: bytes, path: bytes, body: bytes = b"", *, headers: bytes = b"", version: bytes = b"1.1"
) -> bytes:
    head = method + b" " + path + b" HTTP/" + version + b"\r\n" + SIGNED + headers
    return head + b"content-length: %d\r\n\r\n" % len(body) + body


LAST = b"connection: close\r\n"


def statuses(answers: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1[.]1 (\d{3}) ", answers)


@pytest.fixture(autouse=True)
def bucket(server: LocalServer) -> None:
    exchange(server, request(b"PUT", b"/http1", headers=LAST))


def test_large_bodies_in_a_row_are_all_stored(server: LocalServer) -> None:
    puts = b"".join(
        request(b"PUT", b"/http1/row-%d" % number, b"%d" % number * LARGE) for number in range(3)
    )

    answers = exchange(server, puts + request(b"GET", b"/http1/row-1", headers=LAST))

    assert statuses(answers) == [b"200"] * 4
    assert answers.endswith(b"\r\n\r\n" + b"1" * LARGE)


def test_a_client_that_waits_for_a_word_gets_it(server: LocalServer) -> None:
    whole = request(b"PUT", b"/http1/word", b"said", headers=b"expect: 100-continue\r\n" + LAST)
    head, _, body = whole.partition(b"\r\n\r\n")
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(head + b"\r\n\r\n")
        word = connection.recv(100)
        connection.sendall(body)
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))

    assert (word, statuses(answer)) == (b"HTTP/1.1 100 Continue\r\n\r\n", [b"200"])


def test_who_is_refused_before_the_word_is_not_waited_for(server: LocalServer) -> None:
    whole = request(b"PUT", b"/no-such-bucket/k", b"said", headers=b"expect: 100-continue\r\n")

    answer = exchange(server, whole.removesuffix(b"said"))

    assert (statuses(answer), b"connection: close\r\n" in answer) == ([b"404"], True)


def test_what_follows_a_body_in_chunks_is_no_header(server: LocalServer) -> None:
    head = (
        b"PUT /http1/trailed HTTP/1.1\r\n" + SIGNED + LAST + b"transfer-encoding: chunked\r\n\r\n"
    )
    exchange(server, head + b"4\r\nfour\r\n0\r\nx-amz-meta-late: yes\r\n\r\n")

    answer = exchange(server, request(b"GET", b"/http1/trailed", headers=LAST))

    assert (answer.endswith(b"\r\n\r\nfour"), b"late" in answer) == (True, False)


def test_a_head_that_begins_behind_a_large_body_is_read(server: LocalServer) -> None:
    put = request(b"PUT", b"/http1/before", b"b" * LARGE)
    get = request(b"GET", b"/http1", headers=LAST)
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(put + get[:20])
        answers = connection.recv(1 << 16)
        connection.sendall(get[20:])
        answers += b"".join(iter(lambda: connection.recv(1 << 16), b""))

    assert statuses(answers) == [b"200", b"200"]


def test_an_answer_to_an_old_client_ends_with_the_connection(server: LocalServer) -> None:
    exchange(server, request(b"PUT", b"/http1/old", b"o" * LARGE, headers=LAST))

    answer = exchange(server, request(b"GET", b"/http1/old", version=b"1.0"))

    head, _, body = answer.partition(b"\r\n\r\n")
    assert (b"transfer-encoding" in head, b"connection: close" in head) == (False, True)
    assert body == b"o" * LARGE


def test_a_body_that_breaks_the_rules_is_told_so(server: LocalServer) -> None:
    head = b"PUT /http1/broken HTTP/1.1\r\n" + SIGNED + b"transfer-encoding: chunked\r\n\r\n"

    answer = exchange(server, head + b"4\r\nfour\r\n", b"no length\r\n")

    assert (statuses(answer), b"IncompleteBody" in answer) == ([b"400"], True)
    assert statuses(exchange(server, request(b"HEAD", b"/http1/broken", headers=LAST))) == [b"404"]


def test_the_answer_to_head_has_a_length_and_no_body(server: LocalServer) -> None:
    exchange(server, request(b"PUT", b"/http1/head", b"abc", headers=LAST))

    answers = exchange(
        server,
        request(b"HEAD", b"/http1/head") + request(b"GET", b"/http1/head", headers=LAST),
    )

    assert (statuses(answers), answers.count(b"content-length: 3\r\n")) == ([b"200", b"200"], 2)
    assert answers.count(b"\r\n\r\nabc") == 1


def test_who_is_refused_before_the_body_ends_may_ask_again(server: LocalServer) -> None:
    refused = request(b"PUT", b"/no-such-bucket/k", b"x" * LARGE)

    answers = exchange(server, refused, request(b"GET", b"/http1", headers=LAST))

    assert statuses(answers) == [b"404", b"200"]


def test_a_second_request_that_asks_for_another_protocol_is_the_last(server: LocalServer) -> None:
    upgrade = b"connection: upgrade\r\nupgrade: h2c\r\n"

    answers = exchange(
        server, request(b"GET", b"/http1"), request(b"GET", b"/http1", headers=upgrade)
    )

    assert statuses(answers) == [b"200", b"200"]
    assert answers.count(b"connection: close\r\n") == 1


def test_what_is_no_http_after_a_request_does_not_harm_its_answer(server: LocalServer) -> None:
    answers = exchange(server, request(b"GET", b"/http1") + b"\x00\x01 nonsense\r\n\r\n")

    assert statuses(answers) == [b"200"]


@pytest.mark.anyio
async def test_an_answer_that_ends_too_early_ends_the_connection() -> None:
    async def three() -> AsyncIterator[bytes]:
        yield b"abc"

    async def respond(channel: Exchange) -> None:
        await channel.send(HttpResponse(headers={"content-length": "5"}, body=three()))

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: Http1Protocol(respond, body_idle_seconds=30, wakefulness=Wakefulness()),
        "127.0.0.1",
        0,
    )
    reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
    writer.write(request(b"GET", b"/"))
    async with asyncio.timeout(60):
        answer = await reader.read()
    writer.close()
    listening.close()

    assert answer.endswith(b"content-length: 5\r\n\r\nabc")
