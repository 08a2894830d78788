"""More streams at once than the model has room for, and what they cost in memory."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.services.bedrock_runtime.conversing import MODEL, told, user
from tests.services.bedrock_runtime.servers import descendants, runtime_of, serving

THROTTLED = "ThrottlingException"
MOST_GROWTH_BYTES = 100 << 20
"""Of the server and the model's process together, by a crowd after a first answer."""


def memory(server: LocalServer, which: str) -> int:
    """Return what the server's processes hold (`VmRSS`), or have held at most (`VmHWM`)."""
    assert server.process is not None
    total = 0
    for pid in (server.process.pid, *descendants(server.process.pid)):
        status = Path(f"/proc/{pid}/status").read_text()
        total += int(status.partition(f"{which}:")[2].split()[0]) << 10
    return total


def stream(runtime: Any, number: int, tokens: int) -> str:
    """Return what a stream says, or how it is refused."""
    try:
        answer = runtime.converse_stream(
            modelId=MODEL,
            messages=[user(f"Tell me a story about the number {number}.")],
            inferenceConfig={"maxTokens": tokens, "temperature": 0.0},
        )
    except ClientError as error:
        return refused(error.response)
    events = list(answer["stream"])
    assert events[-1]["metadata"]["usage"]["outputTokens"] <= tokens
    assert any("messageStop" in event for event in events)
    return told(events)


def refused(response: Mapping[str, Any]) -> str:
    metadata = response["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 429
    assert int(metadata["HTTPHeaders"]["retry-after"]) >= 1
    return str(response["Error"]["Code"])


@pytest.mark.parametrize(
    ("streams", "slots", "queue_length", "tokens"),
    [
        pytest.param(40, 4, 8, 4, id="40"),
        pytest.param(200, 8, 64, 48, id="200", marks=pytest.mark.slow),
    ],
)
def test_each_of_many_streams_is_answered_or_throttled_in_bounded_memory(
    tmp_path: Path, streams: int, slots: int, queue_length: int, tokens: int
) -> None:
    everyone = Barrier(streams)

    def at_once(number: int) -> str:
        everyone.wait()
        return stream(runtime, number, tokens)

    with serving(tmp_path, slots=slots, queue_length=queue_length) as server:
        runtime = runtime_of(server, connections=streams)
        assert stream(runtime, 0, tokens)
        before = memory(server, "VmRSS")
        with ThreadPoolExecutor(streams) as pool:
            answers = list(pool.map(at_once, range(streams)))
        grown = memory(server, "VmHWM") - before
        after = stream(runtime, 0, tokens)

    answered = [answer for answer in answers if answer != THROTTLED]
    assert slots + queue_length <= len(answered) < streams
    assert all(answered)
    assert after != THROTTLED
    assert grown < MOST_GROWTH_BYTES
