"""Many clients at once, clients that go away, and a model's process that dies."""

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EventStreamError

from outcrop import LocalServer
from tests.services.bedrock_runtime.conversing import CAPITAL, GREEDY, MODEL, said, told, user

STREAMS = 30
SLOTS = 8


def descendants(pid: int) -> list[int]:
    """Return the processes below a process."""
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def chat_worker(server: LocalServer) -> int:
    """Return the process that holds the chat model."""
    assert server.process is not None
    (worker,) = (
        pid
        for pid in descendants(server.process.pid)
        if b"llama_cpp_worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    return worker


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


def test_every_one_of_many_streams_gets_an_answer_or_is_throttled(
    client: Callable[..., Any],
) -> None:
    runtime = client("bedrock-runtime")

    def answered(_: int) -> str:
        try:
            return told(list(stream(runtime, CAPITAL)))
        except ClientError as error:
            return str(error.response["Error"]["Code"])

    with ThreadPoolExecutor(STREAMS) as pool:
        answers = list(pool.map(answered, range(STREAMS)))

    assert all("Paris" in answer or answer == "ThrottlingException" for answer in answers)
    assert sum("Paris" in answer for answer in answers) >= SLOTS


def test_a_client_that_goes_away_frees_its_place_within_a_second(runtime: Any) -> None:
    freed: list[float] = []
    for _ in range(3):
        usual = first_words(runtime)
        streams = [stream(runtime, "Tell me a long story.", maxTokens=500) for _ in range(SLOTS)]
        for events in streams:
            next(iter(events))

        for events in streams:
            events.close()
        freed.append(first_words(runtime) - usual)
        if freed[-1] < 1.0:  # Other programs may have taken the processor in a round before.
            break

    assert min(freed) < 1.0


def test_a_worker_killed_in_mid_stream_ends_it_with_an_error_and_the_next_request_works(
    runtime: Any, server: LocalServer
) -> None:
    with closing(stream(runtime, "Tell me a long story.", maxTokens=500)) as events:
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
