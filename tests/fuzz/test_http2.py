"""Damaged requests over HTTP/2 with prior knowledge, and bytes that are no HTTP/2."""

from collections.abc import Iterator

import httpx
import pytest
from h2.connection import H2Connection
from hypothesis import given, settings
from hypothesis import strategies as st

from outcrop import LocalServer
from tests.fuzz.damage import damaged_requests
from tests.fuzz.effort import LONG, SHORT
from tests.fuzz.wire import (
    ALLOWED_SERVER_ERRORS,
    ANSWER_WITHIN_SECONDS,
    WireRequest,
    check,
    exchange,
)

CONNECTION_SPECIFIC = (b"connection", b"host", b"transfer-encoding", b"upgrade", b"expect")
"""Headers that HTTP/2 has other means for."""
PAUSE_SECONDS = 0.05
"""Connections stay open, so that each is waited for."""

# Bodies may be long: what counts is that the server stands them.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
FEW = settings(SHORT, max_examples=100)


@pytest.fixture(scope="module")
def http2(fuzzed: LocalServer) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=fuzzed.url, http1=False, http2=True, timeout=ANSWER_WITHIN_SECONDS
    ) as client:
        yield client


def send(http2: httpx.Client, request: WireRequest) -> httpx.Response:
    url = http2.base_url.copy_with(raw_path=request.target)
    headers = [(k, v) for k, v in request.headers if k.lower() not in CONNECTION_SPECIFIC]
    return http2.request(
        request.method.decode(), url, headers=headers, content=request.body or None
    )


def ask(http2: httpx.Client, request: WireRequest) -> None:
    try:
        answer = send(http2, request)
    except (httpx.ProtocolError, httpx.InvalidURL, UnicodeError):
        return  # The client does not send it, or the server ended the stream.
    assert answer.status_code < 500 or answer.status_code in ALLOWED_SERVER_ERRORS, answer.text
    assert "Traceback" not in answer.text


def opening() -> bytes:
    """Return what a client sends for one request."""
    connection = H2Connection()
    connection.initiate_connection()
    connection.send_headers(
        1,
        [
            (":method", "POST"),
            (":path", "/"),
            (":scheme", "http"),
            (":authority", "127.0.0.1"),
            ("x-amz-target", "Logs_20140328.DescribeLogGroups"),
        ],
    )
    connection.send_data(1, b"{}", end_stream=True)
    return connection.data_to_send()


@st.composite
def damaged_openings(draw: st.DrawFn) -> bytes:
    """A client's bytes, cut, turned over and mixed behind the preface."""
    raw = opening()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(24, len(raw)))
        raw = raw[:at] + draw(st.binary(max_size=20)) + raw[at + draw(st.integers(0, 20)) :]
    return raw


@FEW
@given(request=damaged_requests())
def test_damaged_requests_are_refused(http2: httpx.Client, request: WireRequest) -> None:
    ask(http2, request)


@FEW
@given(raw=damaged_openings())
def test_bytes_that_are_no_http2_are_refused(fuzzed: LocalServer, raw: bytes) -> None:
    check(exchange(fuzzed.port, raw, pause_seconds=PAUSE_SECONDS), raw)


@pytest.mark.slow
@LONG
@given(request=damaged_requests())
def test_many_damaged_requests_are_refused(http2: httpx.Client, request: WireRequest) -> None:
    ask(http2, request)


@pytest.mark.slow
@LONG
@given(raw=damaged_openings())
def test_many_bytes_that_are_no_http2_are_refused(fuzzed: LocalServer, raw: bytes) -> None:
    check(exchange(fuzzed.port, raw, pause_seconds=PAUSE_SECONDS), raw)
