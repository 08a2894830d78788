"""The frames between a worker process and its parent: JSON, and bytes beside it.

A frame is two unsigned 32-bit big-endian lengths, the JSON text, and the bytes.
"""

import json
import struct
from dataclasses import dataclass
from typing import Any

import orjson

_LENGTHS = struct.Struct("!II")


@dataclass(frozen=True, slots=True)
class Frame:
    """One message."""

    value: Any
    """What JSON can hold."""
    blob: bytes = b""
    """What it cannot: arrays, pictures, sound."""


def encode(frame: Frame) -> bytes:
    """Return the bytes of a frame."""
    text = json.dumps(frame.value, separators=(",", ":")).encode()
    return b"".join((_LENGTHS.pack(len(text), len(frame.blob)), text, frame.blob))


class Decoder:
    """Gathers bytes until they make frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Take the next bytes and return the frames that they complete, in order."""
        self._buffer += data
        frames: list[Frame] = []
        start = 0
        while len(self._buffer) - start >= _LENGTHS.size:
            text_length, blob_length = _LENGTHS.unpack_from(self._buffer, start)
            text_start = start + _LENGTHS.size
            blob_start = text_start + text_length
            end = blob_start + blob_length
            if len(self._buffer) < end:
                break
            with memoryview(self._buffer) as view:  # A slice of the buffer would be a second copy.
                value = _value(view[text_start:blob_start])
                frames.append(Frame(value, bytes(view[blob_start:end])))
            start = end
        del self._buffer[:start]
        return frames


def _value(text: memoryview) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # It knows neither `NaN` nor halves of surrogate pairs.
        return json.loads(bytes(text))
