"""Event streams and aws-chunked bodies that break off or do not add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcrop import LocalServer
from tests.fuzz.damage import damaged_bodies
from tests.fuzz.effort import LONG, SHORT
from tests.fuzz.streams import bidirectional, frames, uploads
from tests.fuzz.wire import WireRequest, ask, exchange

EVENTS = st.lists(frames(), max_size=4).map(b"".join)
BUCKET = b"PUT /fuzzed-bucket HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@SHORT
@given(body=EVENTS)
def test_event_streams_of_any_frames_are_refused_or_read(fuzzed: LocalServer, body: bytes) -> None:
    ask(fuzzed.port, bidirectional(body))


@SHORT
@given(body=EVENTS.flatmap(damaged_bodies))
def test_broken_event_streams_are_refused(fuzzed: LocalServer, body: bytes) -> None:
    ask(fuzzed.port, bidirectional(body))


@SHORT
@given(request=uploads())
def test_chunked_uploads_are_refused_or_kept(fuzzed: LocalServer, request: WireRequest) -> None:
    exchange(fuzzed.port, BUCKET)

    ask(fuzzed.port, request)


@pytest.mark.slow
@LONG
@given(body=EVENTS.flatmap(damaged_bodies))
def test_many_broken_event_streams_are_refused(fuzzed: LocalServer, body: bytes) -> None:
    ask(fuzzed.port, bidirectional(body))


@pytest.mark.slow
@LONG
@given(request=uploads())
def test_many_chunked_uploads_are_refused_or_kept(
    fuzzed: LocalServer, request: WireRequest
) -> None:
    ask(fuzzed.port, request)
