"""Events of a service model as messages of an event stream.

The union shape of a stream names its events; each event's members go into headers, into the
payload whole, or into a payload encoded as the wire protocol encodes bodies.

Source: https://smithy.io/2.0/spec/streaming.html#event-streams
"""

import logging
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, cast

from botocore.model import Shape, StructureShape

from outcrop.aws.chunk_signatures import EventVerifier
from outcrop.aws.errors import InternalFailureError, SerializationError, ServiceError
from outcrop.aws.http import Body, WebSocketBody
from outcrop.protocol.event_stream import (
    HeaderValue,
    Message,
    decode,
    decode_all,
    encode,
    encode_header,
)
from outcrop.protocol.modelled_errors import ModelledErrors
from outcrop.protocol.nesting import BoundedNesting
from outcrop.protocol.scalars import as_bytes
from outcrop.protocol.timestamps import EPOCH

log = logging.getLogger(__name__)

Members = Callable[[], Mapping[str, Shape]]


class BodyCodec(Protocol):
    """How a wire protocol turns shapes into payload bytes and back."""

    content_type: str

    def body_writer(self, shape: Shape) -> Callable[[Any], bytes]:
        """Return what writes a value of this shape as a payload."""
        ...

    def body_reader(self, shape: Shape) -> Callable[[bytes], Any]:
        """Return what reads a payload into a value of this shape."""
        ...


def event_stream_member(shape: StructureShape | None) -> tuple[str, StructureShape] | None:
    """Return name and shape of the member that is an event stream, `None` if there is none."""
    for name, member in shape.members.items() if shape is not None else ():
        if member.serialization.get("eventstream"):
            return name, cast("StructureShape", member)
    return None


class EventWriter:
    """Frames the events of one output stream."""

    def __init__(self, shape: StructureShape, codec: BodyCodec, errors: ModelledErrors) -> None:
        self._shape = shape
        self._codec = codec
        self._errors = errors
        self._writers: dict[str, Callable[[Mapping[str, Any]], bytes]] = {}

    async def frames(
        self, events: AsyncIterable[Mapping[str, Any]], first: bytes | None = None
    ) -> AsyncIterator[bytes]:
        """Give one frame per event as it comes, and a last one if the events end in an error.

        Args:
            events: Each holds one event by its name in the stream's shape.
            first: A frame to send before all others.
        """
        try:
            if first is not None:
                yield first
            async for event in events:
                yield self.frame(event)
        except ServiceError as error:
            yield self.error_frame(error)
        except Exception:
            log.exception("An event stream broke off.")
            yield self.error_frame(InternalFailureError("The stream broke off."))
        finally:
            close = getattr(events, "aclose", None)
            if close is not None:
                await close()

    def frame(self, event: Mapping[str, Any]) -> bytes:
        """Return the frame of `{event name: members}`."""
        ((name, members),) = event.items()
        write = self._writers.get(name)
        if write is None:
            member = cast("StructureShape", self._shape.members[name])
            write = self._writers[name] = _event_writer(name, member, self._codec)
        return write(members)

    def error_frame(self, error: ServiceError) -> bytes:
        """Return the frame that ends the stream with an error."""
        wire_error = self._errors.describe(error)
        for name, member in self._shape.members.items():
            if member.name == wire_error.name or (
                isinstance(error, InternalFailureError) and name in _INTERNAL_FAILURES
            ):
                headers = {
                    ":message-type": "exception",
                    ":exception-type": name,
                    ":content-type": self._codec.content_type,
                }
                payload = self._codec.body_writer(member)(wire_error.members)
                return encode(Message(headers, payload))
        return encode(
            Message(
                {
                    ":message-type": "error",
                    ":error-code": wire_error.code,
                    ":error-message": wire_error.message,
                }
            )
        )


_INTERNAL_FAILURES = frozenset(
    {"internalServerException", "InternalServerException", "InternalFailureException"}
)


def initial_response(payload: bytes, content_type: str) -> bytes:
    """Return the frame with which RPC protocols send the members beside the stream."""
    headers: dict[str, HeaderValue] = {
        ":message-type": "event",
        ":event-type": "initial-response",
        ":content-type": content_type,
    }
    return encode(Message(headers, payload))


def _event_writer(
    name: str, shape: StructureShape, codec: BodyCodec
) -> Callable[[Mapping[str, Any]], bytes]:
    in_headers = [
        member for member, it in shape.members.items() if it.serialization.get("eventheader")
    ]
    write_payload, content_type = _payload_writer(shape, codec)
    constant = {":message-type": "event", ":event-type": name}
    if content_type:
        constant[":content-type"] = content_type

    def write(members: Mapping[str, Any]) -> bytes:
        headers: dict[str, HeaderValue] = dict(constant)
        for member in in_headers:
            if members.get(member) is not None:
                headers[member] = members[member]
        return encode(Message(headers, write_payload(members)))

    return write


def _payload_writer(
    shape: StructureShape, codec: BodyCodec
) -> tuple[Callable[[Mapping[str, Any]], bytes], str]:
    """Return what writes an event's payload, and the content type of that."""
    payload = _payload_member(shape)
    if payload is not None:
        name, member = payload
        if member.type_name in _RAW_TYPES:
            return lambda members: as_bytes(members.get(name, b"")), _RAW_TYPES[member.type_name]
        write = codec.body_writer(member)
        return lambda members: write(members.get(name, {})), codec.content_type
    if all(it.serialization.get("eventheader") for it in shape.members.values()):
        return lambda _: b"", ""
    return codec.body_writer(shape), codec.content_type


def _payload_member(shape: StructureShape) -> tuple[str, Shape] | None:
    for name, member in shape.members.items():
        if member.serialization.get("eventpayload"):
            return name, member
    return None


_RAW_TYPES = {"blob": "application/octet-stream", "string": "text/plain"}


class EventReader:
    """Reads the events of one input stream."""

    def __init__(self, shape: StructureShape, codec: BodyCodec) -> None:
        self._shape = shape
        self._codec = codec

    async def events(self, body: Body) -> AsyncIterator[dict[str, Any]]:
        """Give `{event name: members}` for each event as it comes.

        Raises:
            SerializationError: A message is damaged or no event of this stream.
            ServiceError: A message is not the one that was signed.
        """
        verifier = body.verifier if isinstance(body.verifier, EventVerifier) else None
        async for message in decode_all(body):
            if verifier is not None and (_is_signed(message) or not verifier.takes_unsigned):
                _verify(message, verifier)
            inner = unsigned(message)
            if inner is None and isinstance(body, WebSocketBody):
                return
            if inner is not None and inner.headers.get(":event-type") != "initial-request":
                with BoundedNesting():
                    event = self.read(inner)
                yield event

    def read(self, message: Message) -> dict[str, Any]:
        """Return `{event name: members}`.

        Raises:
            SerializationError: The message is no event of this stream.
        """
        name = str(message.headers.get(":event-type", ""))
        shape = self._shape.members.get(name)
        if not isinstance(shape, StructureShape):
            raise SerializationError(f"Unknown event type {name!r} in event stream")
        members: dict[str, Any] = {}
        for member, it in shape.members.items():
            if it.serialization.get("eventheader") and member in message.headers:
                members[member] = message.headers[member]
        return {name: members | self._read_payload(shape, message.payload)}

    def _read_payload(self, shape: StructureShape, payload: bytes) -> dict[str, Any]:
        found = _payload_member(shape)
        if found is None:
            return self._codec.body_reader(shape)(payload) if payload else {}
        name, member = found
        if member.type_name == "blob":
            return {name: payload}
        if member.type_name == "string":
            return {name: payload.decode("utf-8", "replace")}
        return {name: self._codec.body_reader(member)(payload)}


def _verify(message: Message, verifier: EventVerifier) -> None:
    date = message.headers.get(":date")
    signature = message.headers.get(":chunk-signature")
    moment = date if isinstance(date, datetime) else EPOCH
    verifier.verify(
        date_header=encode_header(":date", moment),
        date=moment,
        payload=message.payload,
        signature=signature if isinstance(signature, bytes) else b"",
    )


def _is_signed(message: Message) -> bool:
    return ":chunk-signature" in message.headers


def unsigned(message: Message) -> Message | None:
    """Return the event inside a signed message, or the message itself if it is not signed.

    The empty signed message that ends a stream gives `None`.
    """
    if not _is_signed(message) or ":event-type" in message.headers:
        return message
    return decode(message.payload) if message.payload else None
