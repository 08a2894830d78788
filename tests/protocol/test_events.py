"""Events of a service model in frames, written and read."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from botocore.model import StructureShape

from outcrop.aws.errors import SerializationError
from outcrop.aws.http import Body
from outcrop.protocol.event_stream import Message, decode, encode
from outcrop.protocol.events import EventReader, EventWriter
from outcrop.protocol.modelled_errors import ModelledErrors
from outcrop.protocol.rest_json import RestJson
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
