"""Blobs that are several files, one after the other: a directory of hard links and their sizes.

Joining so copies nothing, however many bytes there are, and each link keeps its bytes when the blob
that it came from is deleted.
"""

import json
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from outcrop.storage.blobs.file_blobs import read_file
from outcrop.storage.blobs.files import NewFile, link, move, sync_directory
from outcrop.storage.blobs.ids import new_id
from outcrop.storage.blobs.interface import Blob, BlobNotFoundError
from outcrop.storage.blobs.sharded_directory import ShardedDirectory
from outcrop.storage.clock import Clock

KIND = "j"
"""The first letter of their ids."""
FOLDER = "joined"
_SIZES = "sizes.json"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a file."""

    path: Path
    start: int
    stop: int


class JoinedBlobs:
    """Keeps blobs as directories."""

    def __init__(self, directory: ShardedDirectory, now: Clock) -> None:
        self._directory = directory
        self._now = now
        self._readers: Counter[str] = Counter()
        """How many are reading each blob."""
        self._doomed: set[str] = set()
        """What is deleted as soon as nobody reads it."""

    async def join(self, files: Sequence[Path]) -> Blob:
        """Store the bytes of files that nobody changes any more.

        Raises:
            BlobNotFoundError: One of them is not there.
        """
        blob_id = new_id(KIND, self._now())
        return Blob(blob_id, await self._directory.run(self._join, files, blob_id))

    def _join(self, files: Sequence[Path], blob_id: str) -> int:
        unfinished, durability = self._directory.unfinished(), self._directory.durability
        unfinished.mkdir()
        try:
            sizes = [
                link(file, unfinished / _name(number), durability)
                for number, file in enumerate(files)
            ]
        except FileNotFoundError as error:
            shutil.rmtree(unfinished)
            raise BlobNotFoundError(str(error.filename)) from error
        listing = NewFile(unfinished / f"{_SIZES}.new", durability)
        listing.write([json.dumps(sizes).encode()])
        listing.publish(unfinished / _SIZES)
        if durability == "full":
            sync_directory(unfinished)
        move(unfinished, self._place(blob_id), durability)
        return sum(sizes)

    async def files(self, blob_id: str) -> list[Path]:
        """Return the files of a blob in their order.

        Raises:
            BlobNotFoundError: There is no such blob.
        """
        return [segment.path for segment in await self._segments(blob_id)]

    async def read(self, blob_id: str, start: int, stop: int | None) -> AsyncIterator[bytes]:
        """Give a range of a blob in chunks."""
        self._readers[blob_id] += 1
        try:
            for part in _cut(await self._segments(blob_id), start, stop):
                chunks = read_file(self._directory, part.path, part.start, part.stop)
                async with aclosing(chunks):
                    async for chunk in chunks:
                        yield chunk
        finally:
            self._readers[blob_id] -= 1
            if not self._readers[blob_id]:
                del self._readers[blob_id]
                if blob_id in self._doomed:
                    self._doomed.discard(blob_id)
                    self._directory.run_later(partial(self._delete, blob_id))

    async def delete(self, blob_id: str) -> None:
        """Delete a blob; one that is gone is no error."""
        if blob_id in self._readers:
            self._doomed.add(blob_id)
        else:
            await self._directory.run(self._delete, blob_id)

    def _delete(self, blob_id: str) -> None:
        unfinished = self._directory.unfinished()
        with suppress(FileNotFoundError):
            # In one step, so that a blob that is half deleted cannot be read.
            self._place(blob_id).rename(unfinished)
            shutil.rmtree(unfinished)

    async def ids(self) -> AsyncIterator[str]:
        """Give the ids of all blobs."""
        async for blob_id in self._directory.ids(FOLDER):
            if blob_id not in self._doomed:
                yield blob_id

    async def _segments(self, blob_id: str) -> list[Segment]:
        if blob_id in self._doomed:
            raise BlobNotFoundError(blob_id)
        place = self._place(blob_id)
        try:
            listing = await self._directory.run((place / _SIZES).read_bytes)
        except FileNotFoundError as error:
            raise BlobNotFoundError(blob_id) from error
        sizes: list[int] = json.loads(listing)
        return [Segment(place / _name(number), 0, size) for number, size in enumerate(sizes)]

    def _place(self, blob_id: str) -> Path:
        return self._directory.place(FOLDER, blob_id)


def _name(number: int) -> str:
    return f"{number:06}"


def _cut(segments: Iterable[Segment], start: int, stop: int | None) -> list[Segment]:
    """Return the parts of whole segments that lie from `start` up to `stop` in the blob."""
    parts: list[Segment] = []
    offset = 0
    for segment in segments:
        first = max(start - offset, 0)
        last = segment.stop if stop is None else min(stop - offset, segment.stop)
        if first < last:
            parts.append(Segment(segment.path, first, last))
        offset += segment.stop
    return parts
