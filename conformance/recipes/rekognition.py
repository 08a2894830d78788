"""A picture, and collections with a face."""

import struct
import zlib
from collections.abc import Mapping
from typing import Any

from conformance.calls import Client
from conformance.recipes import Recipe


def red_square(side: int = 64) -> bytes:
    """Return a PNG file."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    row = b"\0" + b"\xff\0\0" * side
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(row * side))
        + chunk(b"IEND", b"")
    )


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Give a picture."""
    del client, operation
    return {
        "Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"],
        "Image": {"Bytes": red_square()},
    }


RECIPE = Recipe(prepare=prepare)
