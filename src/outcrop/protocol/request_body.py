"""The body of a request that is read before its handler runs."""

import zlib

from outcrop.aws.errors import RequestTooLargeError, SerializationError
from outcrop.aws.http import HttpRequest
from outcrop.protocol.aws_chunked import UnchunkedBody
from outcrop.protocol.checksums import verify

_GZIP_WINDOW = 31
"""zlib's sign for gzip with the largest window."""


async def read_whole(
    request: HttpRequest, *, limit: int, gzip: bool, verifies: bool = True
) -> bytes:
    """Return all bytes of the body, held against its checksums, then unpacked.

    Args:
        request: Without the encoding `aws-chunked`.
        limit: The most bytes allowed, packed and unpacked.
        gzip: Whether `Content-Encoding: gzip` is about the transport, not about an object.
        verifies: Whether checksums among the headers are about this body.

    Raises:
        RequestTooLargeError: There are more than `limit` bytes.
        SerializationError: They do not unpack.
        ServiceError: A checksum is wrong.
    """
    content = await request.body.read(limit)
    if verifies:
        verify(content, request.headers)
    if isinstance(request.body, UnchunkedBody):
        verify(content, request.body.trailers)
    encodings = request.headers.get("content-encoding", "")
    if gzip and encodings.rpartition(",")[2].strip().lower() == "gzip":
        return _unpacked(content, limit)
    return content


def _unpacked(content: bytes, limit: int) -> bytes:
    unpacked = b""
    while content:
        unpacker = zlib.decompressobj(_GZIP_WINDOW)
        try:
            unpacked += unpacker.decompress(content, limit + 1 - len(unpacked))
        except zlib.error as error:
            raise SerializationError("The body is no gzip") from error
        if len(unpacked) > limit:
            raise RequestTooLargeError(f"Unpacked request body is longer than {limit} bytes.")
        if not unpacker.eof:
            raise SerializationError("The gzip body ends too early")
        content = unpacker.unused_data
    return unpacked
