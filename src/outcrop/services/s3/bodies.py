"""Bodies of objects: received, hashed and stored in one pass, and given back in pieces.

A very short body lies in the object's own record, a short one in a record that is written together
with it: one durable write instead of two. A larger one is a blob. The parts of a multipart upload
stay what they were.
"""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from outcrop.aws.http import Body, FileBody, ResponseBody
from outcrop.operations import Backends
from outcrop.services.s3.bucket import Bucket
from outcrop.services.s3.checksums import Hasher
from outcrop.services.s3.object_version import ObjectVersion, Segment
from outcrop.storage.blobs.interface import BlobStore
from outcrop.storage.records.interface import Create, Delete, Write

OWN_BYTES = 4 << 10
"""The longest body that lies in its object's record; listings read over it."""
INLINE_BYTES = 16 << 10
"""The longest body that lies in a record; longer ones would slow the records' pages."""
BLOCK_BYTES = 1 << 20
"""What is hashed and written at once."""
THREAD_BYTES = 64 << 10
"""From here on hashing is worth a thread: the loop must not wait for it."""
GRACE_SECONDS = 5.0
"""How long a body that nobody names any more stays: a response may be about to open its file."""


class Inspector(Protocol):
    """Looks at a body as it passes, and may refuse it."""

    @property
    def hashers(self) -> Sequence[Hasher]:
        """Given all bytes, in order."""
        ...

    def grew(self, size: int) -> None:
        """Learn how many bytes have come so far."""
        ...

    def ended(self, size: int) -> None:
        """Learn that all bytes have come, and that the hashers have them."""
        ...


Source = Body | AsyncIterator[bytes] | bytes


@dataclass(frozen=True, slots=True)
class Received:
    """A body that was stored, and is nobody's until its segments are written into a record."""

    size: int
    segments: list[Segment]
    writes: list[Write] = field(default_factory=list[Write])
    """To be done in one batch with the record that names the segments."""
    body: bytes = b""
    """Instead of segments: for that record itself."""


class Bodies:
    """The bodies of one bucket's objects."""

    def __init__(self, backends: Backends, bucket: Bucket) -> None:
        self._records = backends.records
        self._blobs = backends.blobs
        self._background = backends.background
        self._scope = bucket.scope("body")

    async def receive(
        self,
        source: Source,
        inspector: Inspector,
        *,
        own_bytes: int = 0,
    ) -> Received:
        """Store a body; what the inspector raises keeps it out.

        One of at most `own_bytes` is not stored, but returned.
        """
        if isinstance(source, Body) and (source.length or INLINE_BYTES) < INLINE_BYTES:
            return self._inline(_inspected_whole(await source.read(), inspector), own_bytes)
        blocks = _inspected(_blocks(_chunks(source)), inspector)
        first = await anext(blocks, b"")
        second = await anext(blocks, None)
        if second is None and len(first) <= INLINE_BYTES:
            return self._inline(first, own_bytes)
        blob = await self._blobs.write(_following(first, second, blocks))
        return Received(blob.size, [Segment(blob.id, blob.size)] if blob.size else [])

    def _inline(self, content: bytes, own_bytes: int) -> Received:
        if len(content) <= own_bytes or not content:
            return Received(len(content), [], [], content)
        # Names in the order of time: neighbours share the pages of the database.
        name = f"{time.time_ns():016x}{secrets.token_hex(8)}"
        create = Create(scope=self._scope, name=name, document={"body": content})
        return Received(len(content), [Segment(name, len(content), is_inline=True)], [create])

    async def open(self, version: ObjectVersion, start: int, stop: int) -> ResponseBody | None:
        """Return a version's bytes from `start` up to `stop` (excluded), as few copies as possible.

        `None` says that a short body is gone: it was overwritten since its segments were read.
        """
        if version.body:
            return version.body[start:stop]
        pieces = list(_slices(version.segments, start, stop))
        if len(pieces) == 1:
            segment, first, last = pieces[0]
            if segment.is_inline:
                return await self._read_inline(segment, first, last)
            path = self._blobs.path(segment.id) if last - first == segment.size else None
            if path is not None:
                return FileBody(path, segment.size)
        return self._stream(pieces) if pieces else b""

    async def _read_inline(self, segment: Segment, start: int, stop: int) -> bytes | None:
        record = await self._records.find(self._scope, segment.id)
        return None if record is None else bytes(record.document["body"][start:stop])

    async def _stream(self, pieces: Sequence[tuple[Segment, int, int]]) -> AsyncIterator[bytes]:
        with _held([segment.id for segment, _, _ in pieces]):
            for segment, start, stop in pieces:
                if segment.is_inline:
                    yield await self._read_inline(segment, start, stop) or b""
                    continue
                async for chunk in self._blobs.read(segment.id, start=start, stop=stop):
                    yield chunk

    def dropping(self, segments: Sequence[Segment]) -> list[Write]:
        """Return the writes that drop the small bodies among segments no longer named."""
        return [
            Delete(scope=self._scope, name=segment.id, must_exist=False)
            for segment in segments
            if segment.is_inline
        ]

    def free(self, segments: Sequence[Segment]) -> None:
        """Delete the blobs among segments that no record names any more, a little later.

        Those that a crash keeps from being deleted are swept at start-up.
        """
        doomed = [segment.id for segment in segments if not segment.is_inline]
        if doomed:
            work = partial(_delete_later, self._blobs, doomed)
            self._background.start(f"s3/delete/{doomed[0]}", work)

    async def drop(self, received: Received) -> None:
        """Delete a body's blob, whose segments could not be written into a record."""
        for segment in received.segments:
            if not segment.is_inline:
                await self._blobs.delete(segment.id)


_in_use: Counter[str] = Counter()
"""How many streams of this server are reading each piece."""


@contextmanager
def _held(ids: Sequence[str]) -> Generator[None]:
    """Keep pieces from being deleted while they are read."""
    _in_use.update(ids)
    try:
        yield
    finally:
        for piece in ids:
            _in_use[piece] -= 1
            if not _in_use[piece]:
                del _in_use[piece]


async def _delete_later(blobs: BlobStore, doomed: Sequence[str]) -> None:
    while doomed:
        await asyncio.sleep(GRACE_SECONDS)
        for blob_id in doomed:
            if blob_id not in _in_use:
                await blobs.delete(blob_id)
        doomed = [blob_id for blob_id in doomed if blob_id in _in_use]


async def _chunks(source: Source) -> AsyncIterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    async for chunk in source:
        yield chunk


async def _blocks(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Gather chunks of any size into blocks worth a thread and a write."""
    gathered: list[bytes] = []
    size = 0
    async for chunk in chunks:
        gathered.append(chunk)
        size += len(chunk)
        if size >= BLOCK_BYTES:
            yield b"".join(gathered)
            gathered, size = [], 0
    if size:
        yield b"".join(gathered)


async def _inspected(blocks: AsyncIterator[bytes], inspector: Inspector) -> AsyncIterator[bytes]:
    """Pass blocks on, each hashed in a thread while whoever takes it works with it."""
    size = 0
    async for block in blocks:
        size += len(block)
        inspector.grew(size)
        if len(block) < THREAD_BYTES:
            _update(inspector.hashers, block)
            yield block
        else:
            hashing = asyncio.create_task(asyncio.to_thread(_update, inspector.hashers, block))
            try:
                yield block
            finally:
                await hashing
    inspector.ended(size)


def _inspected_whole(content: bytes, inspector: Inspector) -> bytes:
    inspector.grew(len(content))
    _update(inspector.hashers, content)
    inspector.ended(len(content))
    return content


def _update(hashers: Sequence[Hasher], block: bytes) -> None:
    for hasher in hashers:
        hasher.update(block)


async def _following(
    first: bytes, second: bytes | None, rest: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    yield first
    if second is not None:
        yield second
    async for block in rest:
        yield block


def _slices(
    segments: Sequence[Segment], start: int, stop: int
) -> Iterator[tuple[Segment, int, int]]:
    """Give the segments that hold a range, each with its part of it."""
    offset = 0
    for segment in segments:
        first, last = max(start - offset, 0), min(stop - offset, segment.size)
        if first < last:
            yield segment, first, last
        offset += segment.size
