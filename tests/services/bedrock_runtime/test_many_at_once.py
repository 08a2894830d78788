"""Clients that go away, and a model's process that dies."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from typing import Any

import pytest
from botocore.exceptions import EventStreamError

from outcrop import LocalServer
from tests.services.bedrock_runtime.conversing import CAPITAL, GREEDY, MODEL, said, told, user
from tests.services.bedrock_runtime.http2_streams import Http2Streams
from tests.services.bedrock_runtime.servers import chat_worker, runtime_of, serving

STORY = "Tell me a long story."
LONG = {"messages": [user(STORY)], "inferenceConfig": {"maxTokens": 500}}
PATIENCE_SECONDS = 60
"""For whoever was there before."""


def stream(runtime: Any, question: str, **sampling: Any) -> Any:
    return runtime.converse_stream(
        modelId=MODEL, messages=[user(question)], inferenceConfig={**GREEDY, **sampling}
    )["stream"]


def seconds_until_free(runtime: Any) -> float:
    """Ask until somebody is let in, and return when that one asked."""
    began = time.monotonic()
    while True:
        asked = time.monotonic() - began
        with suppress(runtime.exceptions.ThrottlingException):
            list(stream(runtime, CAPITAL, maxTokens=1))
            return asked


@contextmanager
def gone(runtime: Any, _: str) -> Iterator[None]:
    """Hear something, and hang up."""
    events = stream(runtime, STORY, maxTokens=500)
    next(iter(events))
    events.close()
    yield


@contextmanager
def gone_on_http_2(_: Any, url: str) -> Iterator[None]:
    """Do likewise."""
    streams = Http2Streams(url, [LONG])
    streams.listen()
    streams.close()
    yield


@contextmanager
def cancelled_on_http_2(_: Any, url: str) -> Iterator[None]:
    """Give the stream up, and keep the connection."""
    streams = Http2Streams(url, [LONG])
    streams.listen()
    streams.cancel()
    yield
    streams.close()


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A server whose model speaks to one at a time and lets nobody wait."""
    with serving(tmp_path_factory.mktemp("narrow"), slots=1, queue_length=0) as server:
        yield server


@pytest.mark.parametrize("client_is", [gone, gone_on_http_2, cancelled_on_http_2])
def test_a_client_that_goes_away_frees_its_place_within_a_second(
    client_is: Callable[[Any, str], AbstractContextManager[None]], narrow: LocalServer
) -> None:
    runtime = runtime_of(narrow)
    assert seconds_until_free(runtime) < PATIENCE_SECONDS

    with client_is(runtime, narrow.url):
        assert seconds_until_free(runtime) < 1.0


def test_a_worker_killed_in_mid_stream_ends_it_with_an_error_and_the_next_request_works(
    runtime: Any, server: LocalServer
) -> None:
    with closing(stream(runtime, STORY, maxTokens=500)) as events:
        arriving = iter(events)
        seen = [next(arriving) for _ in range(4)]

        os.kill(chat_worker(server), signal.SIGKILL)
        with pytest.raises(EventStreamError) as caught:
            list(arriving)

    answer = runtime.converse(modelId=MODEL, messages=[user(CAPITAL)], inferenceConfig=GREEDY)
    assert told(seen)
    error: Any = caught.value.response["Error"]
    assert error["Code"] == "modelStreamErrorException"
    assert "was killed by SIGKILL" in error["Message"]
    assert "Paris" in said(answer)
