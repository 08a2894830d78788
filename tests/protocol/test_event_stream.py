"""Frames of `application/vnd.amazon.eventstream`, byte by byte."""

import asyncio
import struct
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID
from zlib import crc32

import pytest

from outcrop.aws.errors import SerializationError
from outcrop.protocol.event_stream import Message, decode, decode_all, encode

FRAME_OF_HI = (
    b"\x00\x00\x00\x12"  # total length: 18 bytes
    b"\x00\x00\x00\x00"  # headers: none
    b"\x7f\x02\x1b\x8b"  # CRC-32 of the 8 bytes above
    b"hi"  # payload
    b"\x54\xa7\xf4\x15"  # CRC-32 of the 14 bytes above
)

FRAME_WITH_HEADER = (
    b"\x00\x00\x00\x1d"  # total length: 29 bytes
    b"\x00\x00\x00\x0d"  # headers: 13 bytes
    b"\x83\xe3\xf0\xe7"  # CRC-32 of the 8 bytes above
    b"\x05:type"  # a name of 5 bytes
    b"\x07"  # its value is a string
    b"\x00\x04text"  # of 4 bytes
    b"\x23\x55\x91\xde"  # CRC-32 of the 25 bytes above
)

EVERY_TYPE = {
    "yes": True,
    "no": False,
    "number": -7,
    "big": 1 << 40,
    "bytes": b"\x00\xff",
    "text": "é",
    "moment": datetime(2026, 11, 22, 10, 13, 31, 250_000, UTC),
    "id": UUID("12345678-1234-5678-1234-567812345678"),
}


async def cut(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def messages(chunks: AsyncIterator[bytes]) -> list[Message]:
    return [message async for message in decode_all(chunks)]


def test_a_payload_is_framed_by_lengths_and_checksums() -> None:
    assert encode(Message(payload=b"hi")) == FRAME_OF_HI
    assert decode(FRAME_OF_HI) == Message(payload=b"hi")


def test_a_header_has_a_name_a_type_and_a_value() -> None:
    assert encode(Message({":type": "text"})) == FRAME_WITH_HEADER


def test_every_type_of_header_survives() -> None:
    assert decode(encode(Message(EVERY_TYPE, b"payload"))) == Message(EVERY_TYPE, b"payload")


@pytest.mark.parametrize(
    ("encoded", "value"),
    [(b"\x02\xfe", -2), (b"\x03\x80\x00", -32768)],  # a byte; a short
    ids=["byte", "short"],
)
def test_short_integers_are_understood(encoded: bytes, value: int) -> None:
    assert decode(framed(b"\x01n" + encoded)) == Message({"n": value})


def framed(headers: bytes) -> bytes:
    """Return a frame with raw headers and no payload."""
    prelude = struct.pack("!II", 16 + len(headers), len(headers))
    checked = prelude + struct.pack("!I", crc32(prelude)) + headers
    return checked + struct.pack("!I", crc32(checked))


@pytest.mark.parametrize("size", [1, 5, 18, 19, 1000])
def test_messages_are_found_wherever_the_bytes_are_cut(size: int) -> None:
    frames = FRAME_OF_HI + encode(Message(EVERY_TYPE)) + FRAME_OF_HI

    found = asyncio.run(messages(cut(frames, size)))

    assert found == [Message(payload=b"hi"), Message(EVERY_TYPE), Message(payload=b"hi")]


def test_a_message_is_given_before_the_next_one_arrives() -> None:
    async def first_only() -> AsyncIterator[bytes]:
        yield FRAME_OF_HI
        raise AssertionError("asked for more than one message needs")

    async def read() -> Message:
        return await anext(decode_all(first_only()))

    assert asyncio.run(read()) == Message(payload=b"hi")


def damaged(position: int) -> bytes:
    frame = bytearray(FRAME_OF_HI)
    frame[position] ^= 1
    return bytes(frame)


def prelude(total: int, headers: int) -> bytes:
    """Return the beginning of a frame whose lengths are what they are."""
    lengths = struct.pack("!II", total, headers)
    return lengths + struct.pack("!I", crc32(lengths))


@pytest.mark.parametrize(
    "data",
    [
        prelude(15, 0),  # shorter than any message
        prelude(1 << 30, 0),  # longer than any
        prelude(1 << 20, 1 << 19),  # more headers than any has
        prelude(16, 1) + bytes(4),  # headers longer than the message
        *(damaged(position) for position in range(len(FRAME_OF_HI))),
        FRAME_OF_HI[:-1],
        FRAME_OF_HI[:5],
        framed(b"\x01n\x0a"),  # no such type
        framed(b"\x01n\x07\x00\x09ab"),  # a string longer than the headers
        framed(b"\x01n\x04\x00"),  # half a number
        framed(b"\x01\xff\x00"),  # a name that is no UTF-8
    ],
)
def test_damage_is_the_clients_error(data: bytes) -> None:
    with pytest.raises(SerializationError):
        asyncio.run(messages(cut(data, 1000)))
