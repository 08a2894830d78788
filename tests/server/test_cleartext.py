"""The cleartext port: what one connection may say, and who is behind it."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from outcrop import LocalServer
from outcrop.gateway.journal import JournalEntry, read_journal
from outcrop.server.http1 import MOST_HEAD_BYTES

STS = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
SMALL = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"


def last_entry(data: Path) -> JournalEntry:
    return list(read_journal(data / "journal"))[-1]


def exchange(server: LocalServer, *sent: bytes) -> bytes:
    """Send bytes on one connection and return all that comes until the server closes it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        for piece in sent:
            connection.sendall(piece)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


@pytest.mark.parametrize("is_http2", [False, True])
def test_the_journal_names_the_client_whatever_it_speaks(
    server: LocalServer, is_http2: bool
) -> None:
    transport = httpx.HTTPTransport(http1=not is_http2, http2=is_http2, local_address="127.0.0.77")
    with httpx.Client(transport=transport) as client:
        client.post(server.url, data=STS).raise_for_status()
        client.get(f"{server.url}/health")  # Answered once the loop is done with the one before.

    assert last_entry(server.data).client == "127.0.0.77"


def test_a_head_in_single_bytes_is_answered(server: LocalServer) -> None:
    head = SMALL.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")
    with_pieces = [head[at : at + 1] for at in range(len(head))]

    assert exchange(server, *with_pieces).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("before", [b"", SMALL], ids=["first", "second"])
def test_a_head_without_end_is_refused(server: LocalServer, before: bytes) -> None:
    endless = b"GET / HTTP/1.1\r\nx-padding: " + b"x" * MOST_HEAD_BYTES

    assert b"HTTP/1.1 431 " in exchange(server, before, endless)


def test_who_goes_on_to_send_is_told_why_it_is_refused(server: LocalServer) -> None:
    endless = b"GET / HTTP/1.1\r\nx-padding: " + b"x" * (MOST_HEAD_BYTES + (8 << 20))

    assert exchange(server, endless).startswith(b"HTTP/1.1 431 ")


def test_requests_in_a_row_are_answered_in_their_order(server: LocalServer) -> None:
    last = b"GET /nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"

    answers = exchange(server, SMALL + SMALL + last)

    assert [line[9:12] for line in answers.splitlines() if line.startswith(b"HTTP/1.1 ")] == [
        b"200",
        b"200",
        b"404",
    ]


def test_answers_are_dated(server: LocalServer) -> None:
    date = parsedate_to_datetime(httpx.get(f"{server.url}/health").headers["date"])

    assert abs(datetime.now(UTC) - date) < timedelta(seconds=5)


def test_a_large_object_is_read_as_it_was_written(client: Callable[..., Any]) -> None:
    content = bytes(range(256)) * (5 << 12)
    s3 = client("s3")
    s3.create_bucket(Bucket="cleartext-large")
    s3.put_object(Bucket="cleartext-large", Key="k", Body=content)

    assert s3.get_object(Bucket="cleartext-large", Key="k")["Body"].read() == content
