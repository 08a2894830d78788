"""RecordIO: how pipes tell where one record ends and the next begins.

Source: https://mxnet.apache.org/versions/1.9.1/api/architecture/note_data_loading
"""

import struct
from collections.abc import AsyncIterator

MAGIC = 0xCED7230A
LONGEST_BYTES = (1 << 29) - 1
"""Of a record: the length has 29 bits."""
ALIGNMENT = 4


class TooLongRecordError(Exception):
    """A record is longer than its header can tell."""


async def record(size: int, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give a record: its header, its bytes, and zeros up to a multiple of four.

    Raises:
        TooLongRecordError: It has more than 2^29 - 1 bytes.
    """
    if size > LONGEST_BYTES:
        raise TooLongRecordError(f"A record of {size} bytes is longer than {LONGEST_BYTES}.")
    yield struct.pack("<II", MAGIC, size)
    async for chunk in chunks:
        yield chunk
    yield bytes(-size % ALIGNMENT)
