"""Streams that tests open, by WebSocket, as browsers do."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from outcrop import LocalServer
from outcrop.protocol.event_stream import Message, decode, encode

ENGLISH_PCM: Mapping[str, str] = {
    "language-code": "en-US",
    "media-encoding": "pcm",
    "sample-rate": "16000",
}
SECOND = 32000
"""Bytes of one second at 16 kHz."""


class Stream:
    """A stream that is open."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, samples: bytes) -> None:
        """Send sound, a fifth of a second at a time."""
        for start in range(0, len(samples), SECOND // 5):
            await self._send(samples[start : start + SECOND // 5])

    async def finish(self) -> None:
        await self._send(b"")

    async def _send(self, chunk: bytes) -> None:
        headers = {
            ":message-type": "event",
            ":event-type": "AudioEvent",
            ":content-type": "application/octet-stream",
        }
        await self.socket.send(encode(Message(headers, chunk)))

    async def message(self) -> tuple[Any, Any]:
        """Return the next message's type and content."""
        async with asyncio.timeout(600):
            message = decode(await self.socket.recv(decode=False))
        kind = message.headers.get(":event-type") or message.headers.get(":exception-type")
        return kind, json.loads(message.payload)

    async def result(self) -> Any:
        """Return the next result."""
        kind, content = await self.message()
        assert kind == "TranscriptEvent", content
        (result,) = content["Transcript"]["Results"]
        return result

    async def answer(self) -> Any:
        """Return the next result, and sound a little meanwhile: silence ends a stream."""
        waiting = asyncio.ensure_future(self.result())
        while not (await asyncio.wait((waiting,), timeout=5))[0]:
            await self._send(bytes(2))
        return await waiting

    async def rest(self) -> list[Any]:
        """Return all results until the stream ends."""
        results: list[Any] = []
        try:
            while True:
                results.append(await self.result())
        except ConnectionClosed:
            return results

    async def finals(self, samples: bytes) -> list[Any]:
        """Return what is finally told of some sound."""
        saying = asyncio.create_task(self.say(samples))
        saying.add_done_callback(lambda _: asyncio.ensure_future(self.finish()))
        results = [result for result in await self.rest() if not result["IsPartial"]]
        await saying
        return results


@asynccontextmanager
async def streaming(
    server: LocalServer,
    account: str,
    query: Mapping[str, str] = ENGLISH_PCM,
    *,
    url: str = "",
    context: ssl.SSLContext | None = None,
) -> AsyncIterator[Stream]:
    """Open a stream as the JavaScript SDK does."""
    place = f"{url or server.url}/stream-transcription-websocket"
    asked = AWSRequest("GET", f"{place}?{urlencode(query)}")
    key = Credentials(account, "secret")
    SigV4QueryAuth(key, "transcribe", "us-east-1", expires=300).add_auth(asked)
    socket_url = str(asked.url).replace("http", "ws", 1)
    async with connect(socket_url, ssl=context, open_timeout=600, ping_timeout=600) as socket:
        yield Stream(socket)


def text_of(result: Any) -> str:
    """Return what a result tells."""
    return str(result["Alternatives"][0]["Transcript"])
