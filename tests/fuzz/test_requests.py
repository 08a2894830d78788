"""Damaged requests of every wire protocol, over HTTP/1.1."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcrop import LocalServer
from tests.fuzz.damage import damaged_bytes, damaged_requests
from tests.fuzz.effort import LONG, SHORT
from tests.fuzz.seeds import seeds
from tests.fuzz.wire import WireRequest, ask, check, exchange

# Bodies may be long: what counts is that the server stands them.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

MORE = settings(SHORT, max_examples=400)
FEW = settings(SHORT, max_examples=50)


@pytest.mark.parametrize("seed", seeds(), ids=lambda seed: f"{seed.method} {seed.target}"[:60])
def test_undamaged_requests_are_answered(fuzzed: LocalServer, seed: WireRequest) -> None:
    ask(fuzzed.port, seed)


@MORE
@given(request=damaged_requests())
def test_damaged_requests_are_refused(fuzzed: LocalServer, request: WireRequest) -> None:
    ask(fuzzed.port, request)


@SHORT
@given(raw=damaged_bytes())
def test_bytes_that_are_no_http_are_refused(fuzzed: LocalServer, raw: bytes) -> None:
    check(exchange(fuzzed.port, raw), raw)


@FEW
@given(raw=st.binary(max_size=300))
def test_noise_is_refused(fuzzed: LocalServer, raw: bytes) -> None:
    check(exchange(fuzzed.port, raw), raw)


@pytest.mark.slow
@LONG
@given(request=damaged_requests())
def test_many_damaged_requests_are_refused(fuzzed: LocalServer, request: WireRequest) -> None:
    ask(fuzzed.port, request)


@pytest.mark.slow
@LONG
@given(raw=damaged_bytes())
def test_many_bytes_that_are_no_http_are_refused(fuzzed: LocalServer, raw: bytes) -> None:
    check(exchange(fuzzed.port, raw), raw)
