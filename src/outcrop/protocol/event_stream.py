"""Framing of `application/vnd.amazon.eventstream`.

A message is a prelude (total length, length of the headers, CRC-32 of both), the headers, the
payload and the CRC-32 of all before it; numbers are big-endian.

Source: https://smithy.io/2.0/aws/amazon-eventstream.html
"""

import struct
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zlib import crc32

from outcrop.aws.errors import SerializationError
from outcrop.protocol.timestamps import EPOCH, as_aware

HeaderValue = bool | int | bytes | str | datetime | UUID

CONTENT_TYPE = "application/vnd.amazon.eventstream"

PRELUDE_BYTES = 12
CRC_BYTES = 4
MOST_HEADERS_BYTES = 128 * 1024
MOST_PAYLOAD_BYTES = 24 * 1024 * 1024
"""Both as the specification has them."""
MOST_MESSAGE_BYTES = PRELUDE_BYTES + MOST_HEADERS_BYTES + MOST_PAYLOAD_BYTES + CRC_BYTES

_PRELUDE = struct.Struct("!II")
_CRC = struct.Struct("!I")
_STRING_LENGTH = struct.Struct("!BH")

TRUE, FALSE, BYTE, SHORT, INTEGER, LONG, BYTES, STRING, TIMESTAMP, UUID_VALUE = range(10)
"""Header value types, as numbered on the wire."""

_INTEGERS = {BYTE: "!b", SHORT: "!h", INTEGER: "!i", LONG: "!q"}


@dataclass(frozen=True, slots=True)
class Message:
    """One event, exception or error on the wire."""

    headers: Mapping[str, HeaderValue] = field(default_factory=dict[str, HeaderValue])
    payload: bytes = b""


def encode(message: Message) -> bytes:
    """Return the frame that carries a message."""
    headers = b"".join(encode_header(*header) for header in message.headers.items())
    total = PRELUDE_BYTES + len(headers) + len(message.payload) + CRC_BYTES
    prelude = _PRELUDE.pack(total, len(headers))
    checked = b"".join((prelude, _CRC.pack(crc32(prelude)), headers, message.payload))
    return checked + _CRC.pack(crc32(checked))


def encode_header(name: str, value: HeaderValue) -> bytes:
    """Return one header as it stands in a message."""
    encoded_name = name.encode()
    return bytes((len(encoded_name),)) + encoded_name + _encode_value(value)


def _encode_value(value: HeaderValue) -> bytes:
    match value:
        case str():
            return _measured(STRING, value.encode())
        case bool():
            return bytes((TRUE if value else FALSE,))
        case int():
            is_short = -(1 << 31) <= value < 1 << 31
            return struct.pack("!Bi" if is_short else "!Bq", INTEGER if is_short else LONG, value)
        case datetime():
            milliseconds = (as_aware(value) - EPOCH) // timedelta(milliseconds=1)
            return struct.pack("!Bq", TIMESTAMP, milliseconds)
        case UUID():
            return bytes((UUID_VALUE,)) + value.bytes
        case _:
            return _measured(BYTES, bytes(value))


def _measured(kind: int, content: bytes) -> bytes:
    return _STRING_LENGTH.pack(kind, len(content)) + content


def decode(frame: bytes) -> Message:
    """Return the message that one whole frame carries.

    Raises:
        SerializationError: The frame is damaged.
    """
    total, headers_length = _PRELUDE.unpack_from(frame)
    _check(frame, PRELUDE_BYTES - CRC_BYTES, "Prelude")
    if total != len(frame) or PRELUDE_BYTES + headers_length + CRC_BYTES > total:
        raise SerializationError("Event stream message has impossible lengths")
    _check(frame, total - CRC_BYTES, "Message")
    headers_end = PRELUDE_BYTES + headers_length
    try:
        headers = _decode_headers(frame[PRELUDE_BYTES:headers_end])
    except (struct.error, IndexError, ValueError, OverflowError) as error:
        raise SerializationError("Event stream message has damaged headers") from error
    return Message(headers, frame[headers_end : total - CRC_BYTES])


def _check(frame: bytes, end: int, part: str) -> None:
    (expected,) = _CRC.unpack_from(frame, end)
    if crc32(memoryview(frame)[:end]) != expected:
        raise SerializationError(f"{part} checksum mismatch in event stream")


def _decode_headers(data: bytes) -> dict[str, HeaderValue]:
    headers: dict[str, HeaderValue] = {}
    at = 0
    while at < len(data):
        name_end = at + 1 + data[at]
        name = data[at + 1 : name_end].decode()
        headers[name], at = _decode_value(data, name_end)
    if at > len(data):
        raise ValueError("a header reaches beyond the headers")
    return headers


def _decode_value(data: bytes, at: int) -> tuple[HeaderValue, int]:
    kind, at = data[at], at + 1
    if kind in (TRUE, FALSE):
        return kind == TRUE, at
    if kind in _INTEGERS:
        layout = _INTEGERS[kind]
        return struct.unpack_from(layout, data, at)[0], at + struct.calcsize(layout)
    if kind == TIMESTAMP:
        (milliseconds,) = struct.unpack_from("!q", data, at)
        return EPOCH + timedelta(milliseconds=milliseconds), at + 8
    if kind == UUID_VALUE:
        return UUID(bytes=data[at : at + 16]), at + 16
    if kind not in (BYTES, STRING):
        raise ValueError(f"unknown header type {kind}")
    (length,) = struct.unpack_from("!H", data, at)
    start, end = at + 2, at + 2 + length
    value = data[start:end]
    return (value.decode() if kind == STRING else value), end


async def decode_all(chunks: AsyncIterable[bytes]) -> AsyncIterator[Message]:
    """Give the messages of a stream as each is complete, wherever the chunks are cut.

    Raises:
        SerializationError: A message is damaged, too long or cut off.
    """
    waiting = bytearray()
    async for chunk in chunks:
        waiting += chunk
        while (total := _next_length(waiting)) and len(waiting) >= total:
            frame = bytes(waiting[:total])
            del waiting[:total]
            yield decode(frame)
    if waiting:
        raise SerializationError("Event stream ends within a message")


def _next_length(waiting: bytearray) -> int:
    """Return the length of the message at the front, 0 while its prelude is incomplete."""
    if len(waiting) < PRELUDE_BYTES:
        return 0
    _check(bytes(waiting[:PRELUDE_BYTES]), PRELUDE_BYTES - CRC_BYTES, "Prelude")
    total, headers_length = _PRELUDE.unpack_from(waiting)
    if not PRELUDE_BYTES + CRC_BYTES <= total <= MOST_MESSAGE_BYTES:
        raise SerializationError("Event stream message has an impossible length")
    if headers_length > MOST_HEADERS_BYTES:
        raise SerializationError("Event stream message has headers that are too long")
    return total
