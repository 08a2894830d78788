"""StartSpeechSynthesisStream: text in, sound out, over HTTP/2."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import numpy as np
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from outcrop import LocalServer
from outcrop.protocol.event_stream import Message, decode, encode
from tests.services.polly.sounds import samples

pytestmark = pytest.mark.anyio
SETTINGS = {
    "x-amzn-Engine": "generative",
    "x-amzn-VoiceId": "Joanna",
    "x-amzn-OutputFormat": "pcm",
}


def action(kind: str, **members: Any) -> bytes:
    headers = {
        ":message-type": "event",
        ":event-type": kind,
        ":content-type": "application/json",
    }
    return encode(Message(headers, json.dumps(members).encode()))


CLOSE = action("CloseStreamEvent")


async def events(
    server: LocalServer, *actions: bytes, settings: Mapping[str, str] = SETTINGS
) -> list[tuple[str, bytes]]:
    """Send actions, and return the types and payloads of what comes back."""
    url = f"{server.url}/v1/synthesisStream"
    signed = AWSRequest("POST", url, headers=dict(settings))
    SigV4Auth(Credentials("test", "test"), "polly", "us-east-1").add_auth(signed)
    headers = {**dict(signed.headers), "content-type": "application/vnd.amazon.eventstream"}

    async def body() -> AsyncIterator[bytes]:
        for each in actions:
            yield each

    async with httpx.AsyncClient(http1=False, http2=True, timeout=120) as client:
        answer = await client.post(url, headers=headers, content=body())
    content, found = answer.content, list[tuple[str, bytes]]()
    while content:
        size = int.from_bytes(content[:4], "big")
        message = decode(content[:size])
        kind = message.headers.get(":event-type") or message.headers.get(":exception-type")
        found.append((str(kind), message.payload))
        content = content[size:]
    return found


async def test_texts_are_spoken_sentence_by_sentence(server: LocalServer, polly: Any) -> None:
    told = await events(
        server,
        action("TextEvent", Text="Good even"),
        action("TextEvent", Text="ing. Welcome"),
        action("TextEvent", Text=" home."),
        CLOSE,
    )

    kinds = [kind for kind, _ in told]
    assert kinds[-1] == "StreamClosedEvent"
    assert set(kinds[:-1]) == {"AudioEvent"}
    assert json.loads(told[-1][1]) == {"RequestCharacters": 27}
    heard = np.frombuffer(b"".join(payload for _, payload in told[:-1]), "<i2") / 32768
    apart = [
        samples(polly.synthesize_speech(Text=text, VoiceId="Joanna", OutputFormat="pcm"))
        for text in ("Good evening.", "Welcome home.")
    ]
    assert np.array_equal(heard, np.concatenate(apart))


async def test_documents_of_ssml_are_spoken(server: LocalServer) -> None:
    told = await events(
        server, action("TextEvent", Text="<speak>Hi <break time='1s'/></speak>", TextType="ssml")
    )

    assert json.loads(told[-1][1]) == {"RequestCharacters": 3}
    assert sum(len(payload) for kind, payload in told if kind == "AudioEvent") > 32_000


async def test_texts_that_cannot_be_spoken_end_the_stream(server: LocalServer) -> None:
    told = await events(server, action("TextEvent", Text="<b>", TextType="ssml"))

    ((kind, payload),) = told
    assert kind == "ValidationException"
    assert json.loads(payload)["reason"] == "invalidInboundEvent"
