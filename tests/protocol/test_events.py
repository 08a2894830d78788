"""Events of a service model in frames, written and read."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from botocore.model import ServiceModel, StructureShape

from outcrop.aws.chunk_signatures import EventVerifier
from outcrop.aws.credential_scope import Credential, CredentialScope
from outcrop.aws.errors import SerializationError, SignatureDoesNotMatchError
from outcrop.aws.http import Body, HttpRequest
from outcrop.aws.refusals import QUERY
from outcrop.aws.sigv4_claim import Sigv4Claim
from outcrop.protocol.event_stream import Message, decode, encode
from outcrop.protocol.events import EventReader, EventWriter
from outcrop.protocol.json_rpc import JsonRpc
from outcrop.protocol.modelled_errors import ModelledErrors
from outcrop.protocol.rest_json import RestJson
from outcrop.protocol.rest_xml import RestXml
from tests.protocol.as_client import MODELS, modelled

BEDROCK = MODELS.load("bedrock-runtime")
START = {"messageStart": {"role": "assistant"}}


def stream_shape(name: str) -> StructureShape:
    return cast("StructureShape", BEDROCK.shape_for(name))


def writer() -> EventWriter:
    shape = stream_shape("ConverseStreamOutput")
    return EventWriter(shape, RestJson(BEDROCK), ModelledErrors(BEDROCK))


def reader() -> EventReader:
    shape = stream_shape("InvokeModelWithBidirectionalStreamInput")
    return EventReader(shape, RestJson(BEDROCK))


def test_an_event_is_a_message_with_its_name() -> None:
    assert decode(writer().frame(START)) == Message(
        {
            ":message-type": "event",
            ":event-type": "messageStart",
            ":content-type": "application/json",
        },
        b'{"role":"assistant"}',
    )


def test_frames_flow_one_at_a_time() -> None:
    asked: list[int] = []

    async def events() -> AsyncIterator[Any]:
        for number in range(3):
            asked.append(number)
            yield START

    async def read_first() -> None:
        frames = writer().frames(events())
        await anext(frames)

    asyncio.run(read_first())

    assert asked == [0]


def test_a_client_that_leaves_closes_the_events() -> None:
    closed: list[bool] = []

    async def events() -> AsyncIterator[Any]:
        try:
            yield START
            yield START
        finally:
            closed.append(True)

    async def leave() -> None:
        frames = cast("Any", writer().frames(events()))
        await anext(frames)
        await frames.aclose()

    asyncio.run(leave())

    assert closed == [True]


class Once:
    """An async iterator that has nothing to close."""

    def __init__(self) -> None:
        self._left = [START]

    def __aiter__(self) -> "Once":
        return self

    async def __anext__(self) -> Any:
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop()


def test_events_may_be_any_async_iterator() -> None:
    async def frames() -> list[bytes]:
        return [frame async for frame in writer().frames(Once())]

    assert asyncio.run(frames()) == [writer().frame(START)]


def test_an_error_beyond_the_stream_is_no_exception_of_it() -> None:
    frame = writer().error_frame(modelled("OddError")("odd"))

    assert decode(frame) == Message(
        {":message-type": "error", ":error-code": "OddError", ":error-message": "odd"}
    )


def chunk(content: bytes) -> Message:
    headers = {":message-type": "event", ":event-type": "chunk"}
    return Message(headers, b'{"bytes":"' + content + b'"}')


async def read(*frames: Message) -> list[Any]:
    body = Body.of(b"".join(encode(frame) for frame in frames))
    return [event async for event in reader().events(body)]


def test_events_of_a_client_are_read() -> None:
    assert asyncio.run(read(chunk(b"aGk="), chunk(b""))) == [
        {"chunk": {"bytes": b"hi"}},
        {"chunk": {"bytes": b""}},
    ]


def test_signed_events_are_unwrapped_up_to_the_empty_last_one() -> None:
    signature = {":date": datetime(2026, 1, 1, tzinfo=UTC), ":chunk-signature": bytes(32)}
    wrapped = Message(signature, encode(chunk(b"aGk=")))

    assert asyncio.run(read(wrapped, Message(signature))) == [{"chunk": {"bytes": b"hi"}}]


@pytest.mark.parametrize(
    "message",
    [Message(), Message({":event-type": "odd"}), chunk(b"not base64")],
)
def test_what_is_no_event_of_the_stream_is_refused(message: Message) -> None:
    with pytest.raises(SerializationError):
        asyncio.run(read(message))


def test_members_of_an_event_stand_in_headers_and_payload() -> None:
    s3 = MODELS.load("s3")
    shape = cast("StructureShape", s3.shape_for("SelectObjectContentEventStream"))
    select = EventWriter(shape, RestXml(s3), ModelledErrors(s3))

    records = decode(select.frame({"Records": {"Payload": b"a,b\n"}}))
    stats = decode(select.frame({"Stats": {"Details": {"BytesScanned": 5}}}))
    end = decode(select.frame({"End": {}}))

    assert (records.headers[":content-type"], records.payload) == (
        "application/octet-stream",
        b"a,b\n",
    )
    assert (stats.headers[":content-type"], stats.payload) == (
        "application/xml",
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<Stats xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        b"<BytesScanned>5</BytesScanned></Stats>",
    )
    assert end == Message({":message-type": "event", ":event-type": "End"})


EVERY_PLACE: dict[str, Any] = {
    "Events": {"type": "structure", "eventstream": True, "members": {"one": {"shape": "One"}}},
    "One": {
        "type": "structure",
        "event": True,
        "members": {
            "number": {"shape": "Integer", "eventheader": True},
            "moment": {"shape": "Timestamp", "eventheader": True},
            "text": {"shape": "String", "eventpayload": True},
        },
    },
    "Integer": {"type": "integer"},
    "Timestamp": {"type": "timestamp"},
    "String": {"type": "string"},
}


PAYLOADS: dict[str, Any] = {
    "Events": {
        "type": "structure",
        "eventstream": True,
        "members": {"blob": {"shape": "WithBlob"}, "structure": {"shape": "WithStructure"}},
    },
    "WithBlob": {
        "type": "structure",
        "event": True,
        "members": {
            "body": {"shape": "Blob", "eventpayload": True},
            "note": {"shape": "Text", "eventheader": True},
        },
    },
    "WithStructure": {
        "type": "structure",
        "event": True,
        "members": {"body": {"shape": "Structure", "eventpayload": True}},
    },
    "Structure": {"type": "structure", "members": {"text": {"shape": "Text"}}},
    "Blob": {"type": "blob"},
    "Text": {"type": "string"},
}


@pytest.mark.parametrize(
    "event",
    [{"blob": {"body": b"\x00\xff"}}, {"structure": {"body": {"text": "é"}}}],
    ids=lambda event: next(iter(event)),
)
def test_a_payload_may_be_one_member_of_its_event(event: dict[str, Any]) -> None:
    model = ServiceModel({"metadata": {}, "operations": {}, "shapes": PAYLOADS})
    shape = cast("StructureShape", model.shape_for("Events"))
    codec = RestJson(model)

    frame = EventWriter(shape, codec, ModelledErrors(model)).frame(event)

    assert EventReader(shape, codec).read(decode(frame)) == event


def test_headers_of_an_event_keep_their_types_both_ways() -> None:
    model = ServiceModel({"metadata": {}, "operations": {}, "shapes": EVERY_PLACE})
    shape = cast("StructureShape", model.shape_for("Events"))
    codec = RestJson(model)
    event = {"one": {"number": 1, "moment": datetime(2026, 1, 1, tzinfo=UTC), "text": "é"}}

    frame = EventWriter(shape, codec, ModelledErrors(model)).frame(event)

    assert EventReader(shape, codec).read(decode(frame)) == event


def test_a_signed_stream_is_verified_event_by_event() -> None:
    scope = CredentialScope(date="20260101", region="us-east-1", service="bedrock")
    claim = Sigv4Claim(
        credential=Credential(access_key_id="AKIDEXAMPLE", scope=scope),
        signed_headers=(),
        signature="0" * 64,
        signed_at=datetime(2026, 1, 1, tzinfo=UTC),
        timestamp="20260101T000000Z",
        expires=None,
        payload="STREAMING-AWS4-HMAC-SHA256-EVENTS",
        session_token="",
    )

    async def read_unsigned() -> None:
        verifier = EventVerifier(claim, secret="secret", refusals=QUERY)
        body = Body(aiter(Body.of(encode(chunk(b"aGk=")))), verifier=verifier)
        assert [event async for event in reader().events(body)] == []

    with pytest.raises(SignatureDoesNotMatchError):
        asyncio.run(read_unsigned())


def test_json_rpc_takes_a_stream_of_events_too() -> None:
    shapes = {
        **PAYLOADS,
        "Input": {"type": "structure", "members": {"events": {"shape": "Events"}}},
    }
    operation = {"name": "Send", "http": {"method": "POST", "requestUri": "/"}}
    model = ServiceModel(
        {
            "metadata": {"protocol": "json", "targetPrefix": "X", "jsonVersion": "1.1"},
            "operations": {"Send": {**operation, "input": {"shape": "Input"}}},
            "shapes": shapes,
        }
    )
    frame = encode(Message({":event-type": "structure"}, b'{"text":"a"}'))
    first = encode(Message({":event-type": "initial-request"}, b"{}"))
    request = HttpRequest(method="POST", raw_path="/", body=Body.of(first + frame))

    async def read_all() -> list[Any]:
        parsed = await JsonRpc(model).parse("Send", request, body_limit=0)
        return [event async for event in parsed["events"]]

    assert asyncio.run(read_all()) == [{"structure": {"body": {"text": "a"}}}]
