"""The content encoding `aws-chunked`: a body in pieces that may be signed, headers at its end.

Each piece is its size in hexadecimal, perhaps `;chunk-signature=…`, a line end, the bytes and a
line end; the last has size 0, and trailing headers follow it.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from hashlib import sha256

from outcrop.aws.chunk_signatures import ChunkVerifier
from outcrop.aws.errors import ServiceError
from outcrop.aws.http import Body, HttpRequest

LONGEST_LINE_BYTES = 16 * 1024
MOST_TRAILERS = 32
"""Both are our own bounds."""

_SIZE = re.compile(r"[0-9a-fA-F]{1,16}")

TRAILER_SIGNATURE = "x-amz-trailer-signature"


class IncompleteBodyError(ServiceError):
    """The body is shorter or longer than the client promised, or not in pieces as it should be."""

    code = "IncompleteBody"
    http_status = 400


class MalformedTrailerError(ServiceError):
    """What follows the last piece is no list of headers."""

    code = "MalformedTrailerError"
    http_status = 400


class UnchunkedBody(Body):
    """The bytes inside an `aws-chunked` body."""

    def __init__(self, body: Body, *, length: int | None) -> None:
        """Take the frames off `body` while it is read.

        Args:
            body: As it was sent.
            length: Of what is inside, as the client promises it.
        """
        self.trailers: dict[str, str] = {}
        """The headers at the end, names in lower case; filled once the body has been read."""
        verifier = body.verifier if isinstance(body.verifier, ChunkVerifier) else None
        super().__init__(_content(body, length, verifier, self.trailers), length=length)


def unchunked(request: HttpRequest) -> HttpRequest:
    """Return the request without the encoding `aws-chunked`, or itself if it has none."""
    headers = request.headers
    encodings = [it.strip() for it in headers.get("content-encoding", "").split(",")]
    if "aws-chunked" not in encodings and not is_streaming_payload(headers):
        return request
    kept = [encoding for encoding in encodings if encoding != "aws-chunked"]
    promised = headers.get("x-amz-decoded-content-length", "")
    length = int(promised) if promised.isascii() and promised.isdigit() else None
    left = {name: value for name, value in headers.items() if name != "content-encoding"}
    if any(kept):
        left["content-encoding"] = ", ".join(kept)
    return replace(request, headers=left, body=UnchunkedBody(request.body, length=length))


def is_streaming_payload(headers: Mapping[str, str]) -> bool:
    """Tell whether the signature says that the body comes in pieces, whatever the encoding says."""
    payload = headers.get("x-amz-content-sha256", "")
    return payload.startswith("STREAMING-") and not payload.endswith("-EVENTS")


async def _content(
    body: Body, promised: int | None, verifier: ChunkVerifier | None, trailers: dict[str, str]
) -> AsyncIterator[bytes]:
    reader = _Reader(body)
    total = 0
    while True:
        size, signature = _piece_head(await reader.line())
        digest = sha256() if verifier is not None else None
        async for part in reader.take(size):
            if digest is not None:
                digest.update(part)
            total += len(part)
            yield part
        if verifier is not None and digest is not None:
            verifier.verify_sha256(digest.hexdigest(), signature)
        if size == 0:
            break
        if await reader.line():
            raise _incomplete()
    await _read_trailers(reader, verifier, trailers)
    if promised is not None and total != promised:
        raise _incomplete()


async def _read_trailers(
    reader: "_Reader", verifier: ChunkVerifier | None, trailers: dict[str, str]
) -> None:
    """Fill in the trailing headers, once their signature has been verified."""
    found: dict[str, str] = {}
    while line := await reader.line(may_end=True):
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or len(found) == MOST_TRAILERS:
            raise MalformedTrailerError(
                "The request contained trailing data that was not well-formed or did not conform "
                "to our published schema."
            )
        found[name.strip().lower()] = value.strip()
    signature = found.pop(TRAILER_SIGNATURE, "")
    if verifier is not None and verifier.signs_trailer:
        verifier.verify_trailer(found, signature)
    trailers.update(found)


def _piece_head(line: bytes) -> tuple[int, str]:
    """Return size and signature of the piece that a line announces."""
    size, *extensions = line.decode("latin-1").split(";")
    signature = ""
    for extension in extensions:
        name, _, value = extension.partition("=")
        if name.strip() == "chunk-signature":
            signature = value.strip()
    if not _SIZE.fullmatch(size.strip()):
        raise _incomplete()
    return int(size, 16), signature


def _incomplete() -> IncompleteBodyError:
    return IncompleteBodyError(
        "You did not provide the number of bytes specified by the Content-Length HTTP header."
    )


class _Reader:
    """Lines and runs of bytes from chunks that may be cut anywhere."""

    def __init__(self, body: Body) -> None:
        self._chunks = aiter(body)
        self._waiting = b""
        self._at = 0
        """Where in `_waiting` the bytes begin that have not been taken."""

    async def line(self, *, may_end: bool = False) -> bytes:
        """Return what comes before the next line end.

        Args:
            may_end: Whether the body may end here instead; then nothing is returned.
        """
        while (end := self._waiting.find(b"\n", self._at)) < 0:
            left = self._waiting[self._at :]
            if len(left) > LONGEST_LINE_BYTES:
                raise _incomplete()
            if not (more := await anext(self._chunks, b"")):
                if may_end and not left:
                    return b""
                raise _incomplete()
            self._waiting, self._at = left + more, 0
        found = self._waiting[self._at : end]
        self._at = end + 1
        return found.removesuffix(b"\r")

    async def take(self, size: int) -> AsyncIterator[bytes]:
        """Give the next `size` bytes, in the pieces in which they come."""
        while size:
            if self._at == len(self._waiting):
                self._waiting, self._at = await anext(self._chunks, b""), 0
                if not self._waiting:
                    raise _incomplete()
            part = self._waiting[self._at : self._at + size]
            self._at += len(part)
            size -= len(part)
            yield part
