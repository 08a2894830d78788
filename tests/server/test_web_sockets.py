"""An operation with events both ways, opened as a WebSocket, as `websockets` meets it."""

import asyncio
import hmac
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from outcrop.aws.credential_scope import CredentialScope
from outcrop.aws.sigv4 import signing_key
from outcrop.gateway.journal import read_journal
from outcrop.protocol.event_stream import HeaderValue, Message, decode, encode, encode_header
from tests.server.echoing import Served, serving
from tests.signing import ADA, KEY, SETTINGS

pytestmark = pytest.mark.anyio

INPUT = {"Engine": "generative", "OutputFormat": "pcm", "VoiceId": "Joanna", "SampleRate": "8000"}
PATH = "/v1/synthesisStream-websocket"
REGION = "eu-west-3"


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(tmp_path, SETTINGS) as it:
        yield it


def presigned(
    served: Served,
    *,
    path: str = PATH,
    query: Mapping[str, str] = INPUT,
    credentials: Credentials = KEY,
    tls: bool = False,
    service: str = "polly",
) -> str:
    """Return a URL as the JavaScript SDK presigns it."""
    origin = f"127.0.0.1:{served.tls_port if tls else served.port}"
    asked = AWSRequest("GET", f"http://{origin}{path}?{urlencode(query)}")
    SigV4QueryAuth(credentials, service, REGION, expires=60).add_auth(asked)
    return str(asked.url).replace("http", "wss" if tls else "ws", 1)


def says(text: str) -> bytes:
    payload = json.dumps({"Text": text}).encode()
    return encode(Message({":message-type": "event", ":event-type": "TextEvent"}, payload))


ENDS = encode(Message({":message-type": "event", ":event-type": "CloseStreamEvent"}))


async def hears(socket: ClientConnection) -> tuple[Mapping[str, HeaderValue], bytes]:
    async with asyncio.timeout(60):
        message = decode(await socket.recv(decode=False))
    return message.headers, message.payload


def sound(payload: bytes) -> tuple[Mapping[str, HeaderValue], bytes]:
    return (
        {
            ":message-type": "event",
            ":event-type": "AudioEvent",
            ":content-type": "application/octet-stream",
        },
        payload,
    )


async def closing(socket: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed):
        async with asyncio.timeout(60):
            await socket.recv()
    return socket.protocol.close_code or 0


@pytest.mark.parametrize("tls", [False, True], ids=["cleartext", "tls"])
async def test_events_go_both_ways_message_by_message(served: Served, tls: bool) -> None:
    trusted = ssl.create_default_context(cafile=served.authority) if tls else None
    async with connect(presigned(served, tls=tls), ssl=trusted) as socket:
        await socket.send(says("one"))
        first = await hears(socket)
        await socket.send(says("two"))
        second = await hears(socket)
        await socket.send(ENDS)
        headers, payload = await hears(socket)
        code = await closing(socket)

    assert (first, second) == (sound(b"ONE"), sound(b"TWO"))
    assert (headers[":event-type"], json.loads(payload)) == (
        "StreamClosedEvent",
        {"RequestCharacters": 6},
    )
    assert code == 1000
    assert served.echo.inputs == [INPUT]
    assert served.echo.callers == [ADA]


async def test_the_journal_tells_of_a_websocket(served: Served) -> None:
    async with connect(presigned(served)) as socket:
        await socket.send(says("one"))
        await socket.send(ENDS)
        await closing_after(socket, 2)
    await served.application.drain(10)

    [entry] = read_journal(served.journal)
    assert (entry.method, entry.operation, entry.status) == (
        "GET",
        "StartSpeechSynthesisStream",
        101,
    )
    assert "X-Amz-Signature=…" in entry.path


async def closing_after(socket: ClientConnection, messages: int) -> int:
    for _ in range(messages):
        await hears(socket)
    return await closing(socket)


async def refused(url: str) -> tuple[int, dict[str, Any]]:
    with pytest.raises(InvalidStatus) as caught:
        await connect(url)
    answer = caught.value.response
    return answer.status_code, json.loads(answer.body or b"{}")


async def test_a_wrong_signature_is_refused_before_the_upgrade(served: Served) -> None:
    forged = presigned(served, credentials=Credentials(KEY.access_key, "another"))

    status, answer = await refused(forged)

    assert (status, answer["message"].partition("\n")[0]) == (
        403,
        "The request signature we calculated does not match the signature you provided. Check "
        "your AWS Secret Access Key and signing method. Consult the service documentation for "
        "details.",
    )
    assert served.echo.inputs == []


async def test_nobody_opens_a_websocket_without_a_signature(served: Served) -> None:
    status, answer = await refused(f"ws://127.0.0.1:{served.port}{PATH}?{urlencode(INPUT)}")

    assert (status, answer["message"]) == (403, "Request is missing Authentication Token")


async def test_input_that_breaks_the_model_is_refused_before_the_upgrade(served: Served) -> None:
    status, answer = await refused(presigned(served, query={**INPUT, "Engine": "steam"}))

    assert status == 400
    assert "'engine' failed to satisfy constraint" in answer["message"]


async def test_a_parameter_with_commas_is_a_list_as_the_header_is(served: Served) -> None:
    async with connect(presigned(served, query={**INPUT, "LexiconNames": "one,two"})) as socket:
        await socket.send(says("one"))
        await hears(socket)

    assert served.echo.inputs == [{**INPUT, "LexiconNames": ["one", "two"]}]


async def test_a_query_that_does_not_decode_is_refused(served: Served) -> None:
    url = f"ws://127.0.0.1:{served.port}{PATH}?Engine=%ff"

    assert await refused(url) == (
        400,
        {
            "__type": "SerializationException",
            "message": "The query string can not be decoded",
        },
    )


async def test_a_websocket_of_no_operation_is_refused(served: Served) -> None:
    url = f"ws://127.0.0.1:{served.port}/v1/speech-websocket"

    assert await refused(url) == (
        404,
        {
            "__type": "UnknownOperationException",
            "message": "No operation is opened as a WebSocket at /v1/speech-websocket.",
        },
    )


async def test_a_websocket_of_a_service_that_is_not_here_is_refused(served: Served) -> None:
    path = "/medical-stream-transcription-websocket"
    url = presigned(served, path=path, service="transcribe")

    assert await refused(url) == (
        501,
        {
            "__type": "NotImplementedException",
            "message": f"Outcrop opens no WebSocket of transcribe at {path} yet.",
        },
    )


async def test_an_error_of_the_handler_is_an_event_and_the_close(served: Served) -> None:
    async with connect(presigned(served)) as socket:
        await socket.send(says("busy"))
        headers, payload = await hears(socket)
        code = await closing(socket)

    assert (headers[":message-type"], headers[":exception-type"], json.loads(payload), code) == (
        "exception",
        "ThrottlingException",
        {"message": "Too much is said at once."},
        1000,
    )
    await served.application.drain(10)
    [entry] = read_journal(served.journal)
    assert (entry.status, entry.error, entry.message) == (
        101,
        "ThrottlingException",
        "Too much is said at once.",
    )


async def test_an_error_between_events_is_an_event_and_the_close(served: Served) -> None:
    async with connect(presigned(served)) as socket:
        await socket.send(says("one"))
        await hears(socket)
        await socket.send(says("refuse"))
        headers, payload = await hears(socket)
        code = await closing(socket)

    assert (headers[":exception-type"], json.loads(payload), code) == (
        "ValidationException",
        {"message": "Say no such."},
        1000,
    )


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("text", "SerializationException"),
        (b"\0" * 40, "SerializationException"),
        (says("x" * (1 << 20)), "RequestEntityTooLargeException"),
        (
            encode(Message({":event-type": "TextEvent"}, b"[" * 100_000)),
            "SerializationException",
        ),
    ],
    ids=["text", "damaged", "too long", "nested too deeply"],
)
async def test_a_message_that_is_no_frame_ends_the_stream(
    served: Served, message: str | bytes, code: str
) -> None:
    async with connect(presigned(served)) as socket:
        await socket.send(message)
        headers, _ = await hears(socket)
        closed = await closing(socket)

    assert (headers[":message-type"], headers[":error-code"], closed) == ("error", code, 1000)


async def test_pings_are_answered_while_nothing_is_said(served: Served) -> None:
    async with connect(presigned(served)) as socket:
        await socket.send(says("one"))
        await hears(socket)
        async with asyncio.timeout(60):
            await (await socket.ping())


async def test_a_client_that_goes_away_cancels_the_handler(served: Served) -> None:
    async with connect(presigned(served)) as socket:
        await socket.send(says("one"))
        await hears(socket)
        await socket.send(says("wait"))
        socket.transport.abort()
        async with asyncio.timeout(60):
            await served.echo.went_away.wait()


async def test_a_client_that_closes_cancels_the_handler(served: Served) -> None:
    async with connect(presigned(served)) as socket:
        await socket.send(says("one"))
        await hears(socket)
        await socket.close()
        async with asyncio.timeout(60):
            await served.echo.went_away.wait()


async def test_a_handler_does_not_run_ahead_of_a_client_that_does_not_read(served: Served) -> None:
    async with connect(presigned(served), max_queue=1) as socket:
        await socket.send(says("one"))
        await socket.send(says("flood"))
        with pytest.raises(TimeoutError):  # 256 MB are said and nobody listens.
            await asyncio.wait_for(served.echo.flooded.wait(), 2)
        socket.transport.abort()
        async with asyncio.timeout(60):
            await served.echo.went_away.wait()


async def floods(socket: ClientConnection) -> None:
    for _ in range(1000):
        await socket.send(says("x" * 100_000))


async def test_a_client_does_not_run_ahead_of_a_handler_that_does_not_listen(
    served: Served,
) -> None:
    async with connect(presigned(served)) as socket:
        await socket.send(says("one"))
        await socket.send(says("wait"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(floods(socket), 2)
        socket.transport.abort()


async def test_a_stopping_server_closes_its_websockets(served: Served) -> None:
    async with connect(presigned(served)) as socket:
        await socket.send(says("one"))
        await hears(socket)
        await served.application.drain(0)
        code = await closing(socket)

    assert code == 1001


class Signer:
    """Signs frames as the JavaScript SDK does, from the signature of the URL onwards."""

    def __init__(self, url: str) -> None:
        self._previous = url.rpartition("X-Amz-Signature=")[2]

    def signed(self, frame: bytes) -> bytes:
        now = datetime.now(UTC).replace(microsecond=0)
        scope = CredentialScope(date=f"{now:%Y%m%d}", region=REGION, service="polly")
        digests = [sha256(it).hexdigest() for it in (encode_header(":date", now), frame)]
        text = "\n".join(
            (
                "AWS4-HMAC-SHA256-PAYLOAD",
                f"{now:%Y%m%dT%H%M%SZ}",
                str(scope),
                self._previous,
                *digests,
            )
        )
        signature = hmac.digest(signing_key(KEY.secret_key or "", scope), text.encode(), "sha256")
        self._previous = signature.hex()
        return encode(Message({":date": now, ":chunk-signature": signature}, frame))


async def test_signed_frames_are_taken_and_the_empty_one_ends_the_input(served: Served) -> None:
    url = presigned(served)
    signer = Signer(url)
    async with connect(url) as socket:
        await socket.send(signer.signed(says("one")))
        first = await hears(socket)
        await socket.send(signer.signed(b""))
        headers, _ = await hears(socket)
        code = await closing(socket)

    assert (first, headers[":event-type"], code) == (sound(b"ONE"), "StreamClosedEvent", 1000)


async def test_a_frame_under_a_wrong_signature_ends_the_stream(served: Served) -> None:
    async with connect(presigned(served)) as socket:
        await socket.send(Signer("X-Amz-Signature=0").signed(says("one")))
        headers, _ = await hears(socket)
        code = await closing(socket)

    assert (headers[":error-code"], code) == ("InvalidSignatureException", 1000)
    assert served.echo.heard == []
