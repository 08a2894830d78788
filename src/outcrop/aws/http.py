"""HTTP messages as the rooms below the server see them, free of any server library."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from outcrop.aws.errors import RequestTooLargeError

if TYPE_CHECKING:
    from outcrop.aws.chunk_signatures import ChunkVerifier, EventVerifier


class Body:
    """The bytes of a request: piece by piece by iteration, once; or whole by `read`, any time."""

    def __init__(
        self,
        chunks: AsyncIterator[bytes],
        *,
        length: int | None = None,
        content: bytes | None = None,
        verifier: "ChunkVerifier | EventVerifier | None" = None,
    ) -> None:
        """Wrap the chunks that a server delivers.

        Args:
            chunks: The body in pieces of any size, in order.
            length: What Content-Length promises, in bytes; `None` when nobody says.
            content: The whole body, where it has come already: `chunks` give nothing then.
            verifier: Checks the signatures that the body holds; who takes its frames off must ask
                it. `None` when they need no check.
        """
        self._chunks = chunks
        self._content = content
        self.length = length
        self.verifier = verifier
        self.may_pause = False
        """Whether its sender may be silent for as long as it likes, as who speaks is."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._content is not None:
            if self._content:
                yield self._content
            return
        async for chunk in self._chunks:
            yield chunk

    async def read(self, limit: int | None = None) -> bytes:
        """Return the whole body, and keep it for who reads it next.

        Raises:
            RequestTooLargeError: There are more than `limit` bytes.
        """
        if self._content is None:
            self._content = await self._read(limit)
        elif limit is not None and len(self._content) > limit:
            raise _too_large(limit)
        return self._content

    async def _read(self, limit: int | None) -> bytes:
        if limit is not None and self.length is not None and self.length > limit:
            raise _too_large(limit)
        pieces: list[bytes] = []
        size = 0
        async for chunk in self._chunks:
            size += len(chunk)
            if limit is not None and size > limit:
                raise _too_large(limit)
            pieces.append(chunk)
        return b"".join(pieces)

    @classmethod
    def of(cls, content: bytes) -> "Body":
        """Return a body that holds these bytes."""
        return cls.come(content, length=len(content))

    @classmethod
    def come(cls, content: bytes, *, length: int | None) -> "Body":
        """Return a body that has come as a whole; see the constructor for `length`."""
        return cls(_nothing(), length=length, content=content)


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield


def _too_large(limit: int) -> RequestTooLargeError:
    return RequestTooLargeError(f"Request body is longer than {limit} bytes.")


class WebSocketBody(Body):
    """The messages of a WebSocket, one chunk each.

    Its end is not that of the connection: an empty event, signed as the others are, says it.
    Nothing comes before the WebSocket is accepted, so nothing may be read before.
    """


def _no_headers() -> dict[str, str]:
    return {}  # In a tenth of the time that `dict[str, str]()` takes.


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request, its path and query exactly as the client sent them."""

    method: str
    raw_path: str
    """Percent-encoded, never normalised: `/agents/x/` and `/agents/x` are two operations."""
    query_string: str = ""
    """Percent-encoded, without the question mark."""
    headers: Mapping[str, str] = field(default_factory=_no_headers)
    """Names in lower case; repeated headers joined by a comma."""
    body: Body
    scheme: str = "http"
    client: str = ""
    """The peer's address, for the journal."""

    @property
    def is_websocket(self) -> bool:
        """Whether the request asks for a WebSocket, whose messages are the body."""
        return isinstance(self.body, WebSocketBody)

    def with_body(self, content: bytes) -> "HttpRequest":
        """Return the same request around other bytes."""
        return replace(self, body=Body.of(content))

    def with_path(self, raw_path: str) -> "HttpRequest":
        """Return the same request to another path."""
        return replace(self, raw_path=raw_path)


@dataclass(frozen=True, slots=True)
class FileBody:
    """A response body that is a whole file, so that the server may hand it to the kernel."""

    path: Path
    size: int
    """In bytes."""


ResponseBody = bytes | AsyncIterator[bytes] | FileBody
_WITHOUT_LENGTH = frozenset((204, 304))


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """A response; a streamed body is sent chunk by chunk as the iterator yields."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=_no_headers)
    body: ResponseBody = b""

    @property
    def size(self) -> int | None:
        """The body's length in bytes, for its head; `None` if nobody knows, or none is told."""
        if self.status in _WITHOUT_LENGTH:
            return None
        return len(self.body) if isinstance(self.body, bytes) else getattr(self.body, "size", None)
