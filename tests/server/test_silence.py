"""Clients that say nothing for a while: speech has pauses, an upload has none."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from outcrop import LocalServer
from outcrop.protocol.event_stream import decode_all
from tests.server.echoing import Served, serving
from tests.server.test_web_sockets import ENDS, INPUT, hears, presigned, says, sound
from tests.signing import SETTINGS

pytestmark = pytest.mark.anyio

PATIENCE_SECONDS = 0.1
EVENTS = "application/vnd.amazon.eventstream"
SIGNED_FOR_S3 = {
    "authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, "
    "SignedHeaders=host, Signature=0"
}


@pytest.fixture
async def impatient(tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(tmp_path, SETTINGS, body_idle_seconds=PATIENCE_SECONDS) as it:
        yield it


async def with_a_pause(*chunks: bytes) -> AsyncIterator[bytes]:
    first, *rest = chunks
    yield first
    for chunk in rest:
        await asyncio.sleep(5 * PATIENCE_SECONDS)
        yield chunk


async def sent(served: Served, content_type: str) -> httpx.Response:
    headers = {"content-type": content_type, "authorization": "Bearer a-token"}
    async with httpx.AsyncClient(http1=False, http2=True) as client:
        return await client.post(
            f"http://127.0.0.1:{served.port}/v1/synthesisStream",
            content=with_a_pause(says("one"), says("two"), ENDS),
            headers=headers | {f"x-amzn-{name}": value for name, value in INPUT.items()},
        )


async def once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def test_a_stream_of_events_may_be_silent(impatient: Served) -> None:
    answer = await sent(impatient, EVENTS)

    said = [message.payload async for message in decode_all(once(answer.content))]
    assert said == [b"ONE", b"TWO", b'{"RequestCharacters":6}']


async def test_any_other_body_is_given_up_when_it_stops_coming(impatient: Served) -> None:
    answer = await sent(impatient, "application/octet-stream")

    said = [message.headers async for message in decode_all(once(answer.content))]
    assert said[-1][":error-code"] == "RequestTimeout"


def test_a_body_that_only_claims_to_be_events_is_given_up(tmp_path: Path) -> None:
    def slowly() -> Iterator[bytes]:
        yield b"one"
        time.sleep(10 * PATIENCE_SECONDS)
        yield b"two"

    settings = {"OUTCROP_SERVER_BODY_IDLE_SECONDS": str(PATIENCE_SECONDS)}
    with LocalServer(tmp_path, settings=settings).running() as server:
        httpx.put(f"{server.url}/bucket", headers=SIGNED_FOR_S3).raise_for_status()
        headers = {**SIGNED_FOR_S3, "content-type": EVENTS}
        answer = httpx.put(f"{server.url}/bucket/key", content=slowly(), headers=headers)

    assert (answer.status_code, "RequestTimeout" in answer.text) == (400, True)


async def test_a_websocket_may_be_silent(impatient: Served) -> None:
    async with connect(presigned(impatient)) as socket:
        await socket.send(says("one"))
        await hears(socket)
        await asyncio.sleep(5 * PATIENCE_SECONDS)
        await socket.send(says("two"))
        second = await hears(socket)

    assert second == sound(b"TWO")
