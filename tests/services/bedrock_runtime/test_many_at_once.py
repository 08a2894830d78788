"""Clients that go away, and a model's process that dies."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

import pytest
from botocore.exceptions import EventStreamError

from outcrop import LocalServer
from tests.services.bedrock_runtime.conversing import CAPITAL, GREEDY, MODEL, said, told, user
from tests.services.bedrock_runtime.http2_streams import Http2Streams
from tests.services.bedrock_runtime.processes import chat_worker

SLOTS = 8
STORY = "Tell me a long story."


def stream(runtime: Any, question: str, **sampling: Any) -> Any:
    return runtime.converse_stream(
        modelId=MODEL, messages=[user(question)], inferenceConfig={**GREEDY, **sampling}
    )["stream"]


def first_words(runtime: Any) -> float:
    """Return the seconds until a stream says something."""
    began = time.monotonic()
    with closing(stream(runtime, CAPITAL)) as events:
        for event in events:
            if "contentBlockDelta" in event:
                return time.monotonic() - began
    raise AssertionError("nothing was said")


@contextmanager
def gone(runtime: Any, _: str) -> Iterator[None]:
    """Take every slot, hear something on each, and hang up."""
    streams = [stream(runtime, STORY, maxTokens=500) for _ in range(SLOTS)]
    for events in streams:
        next(iter(events))
    for events in streams:
        events.close()
    yield


@contextmanager
def gone_on_http_2(_: Any, url: str) -> Iterator[None]:
    """Do likewise on one connection."""
    streams = http2_streams(url)
    streams.listen()
    streams.close()
    yield


@contextmanager
def cancelled_on_http_2(_: Any, url: str) -> Iterator[None]:
    """Give every stream up, and keep the connection."""
    streams = http2_streams(url)
    streams.listen()
    streams.cancel()
    yield
    streams.close()


def http2_streams(url: str) -> Http2Streams:
    body = {"messages": [user(STORY)], "inferenceConfig": {"maxTokens": 500}}
    return Http2Streams(url, [body] * SLOTS)


@pytest.mark.parametrize("client_is", [gone, gone_on_http_2, cancelled_on_http_2])
def test_a_client_that_goes_away_frees_its_place_within_a_second(
    client_is: Callable[[Any, str], AbstractContextManager[None]], runtime: Any, server: LocalServer
) -> None:
    freed: list[float] = []
    for _ in range(3):
        usual = first_words(runtime)
        with client_is(runtime, server.url):
            freed.append(first_words(runtime) - usual)
        if freed[-1] < 1.0:  # Other programs may have taken the processor in a round before.
            break

    assert min(freed) < 1.0


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
