"""Blobs that are one file each."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from pathlib import Path

from outcrop.storage.blobs.files import NewFile, ReadFile, link, move
from outcrop.storage.blobs.ids import new_id
from outcrop.storage.blobs.interface import Blob, BlobNotFoundError
from outcrop.storage.blobs.sharded_directory import ShardedDirectory
from outcrop.storage.clock import Clock

KIND = "f"
"""The first letter of their ids."""
CHUNK_BYTES = 1024 * 1024
"""Files are written and read in pieces of this size."""
FOLDER = "files"


class FileBlobs:
    """Keeps blobs as files."""

    def __init__(self, directory: ShardedDirectory, now: Clock) -> None:
        self._directory = directory
        self._now = now

    def path(self, blob_id: str) -> Path:
        """Return the path of a blob, whether it is there or not."""
        return self._directory.place(FOLDER, blob_id)

    async def write(self, head: list[bytes], rest: AsyncIterator[bytes]) -> Blob:
        """Store a body whose first chunks have been read from the iterator already."""
        file = NewFile(self._directory.unfinished(), self._directory.durability)
        try:
            size = 0
            async for chunks in _in_pieces(head, rest):
                await self._directory.run(file.write, chunks)
                size += sum(map(len, chunks))
            blob_id = new_id(KIND, self._now())
            await self._directory.run(file.publish, self.path(blob_id))
        except BaseException:
            await self._directory.run(file.discard)
            raise
        return Blob(blob_id, size)

    async def copy(self, source: Path) -> Blob:
        """Store the bytes of a file that nobody changes any more.

        Raises:
            BlobNotFoundError: There is no such file.
        """
        blob_id = new_id(KIND, self._now())
        size = await self._directory.run(self._copy, source, self.path(blob_id))
        return Blob(blob_id, size)

    def _copy(self, source: Path, target: Path) -> int:
        unfinished, durability = self._directory.unfinished(), self._directory.durability
        try:
            size = link(source, unfinished, durability)
        except FileNotFoundError as error:
            raise BlobNotFoundError(source.name) from error
        move(unfinished, target, durability)
        return size

    def read(self, blob_id: str, start: int, stop: int | None) -> AsyncIterator[bytes]:
        """Give a range of a blob in chunks."""
        return read_file(self._directory, self.path(blob_id), start, stop)

    async def delete(self, blob_id: str) -> None:
        """Delete a blob; one that is gone is no error."""
        with suppress(FileNotFoundError):
            await self._directory.run(self.path(blob_id).unlink)

    def ids(self) -> AsyncIterator[str]:
        """Give the ids of all blobs."""
        return self._directory.ids(FOLDER)


async def read_file(
    directory: ShardedDirectory, path: Path, start: int, stop: int | None
) -> AsyncGenerator[bytes, None]:
    """Give a range of a file in chunks; while one is used, the next one is read.

    Raises:
        BlobNotFoundError: At the first chunk, when there is no such file.
    """
    file = ReadFile(path)
    try:
        ahead = directory.run(file.read, start, _chunk_size(start, stop))
        while chunk := await ahead:
            start += len(chunk)
            ahead = directory.run(file.read, start, _chunk_size(start, stop))
            yield chunk
    except FileNotFoundError as error:
        raise BlobNotFoundError(path.name) from error
    finally:
        directory.run_later(file.close)


def _chunk_size(start: int, stop: int | None) -> int:
    return CHUNK_BYTES if stop is None else max(0, min(CHUNK_BYTES, stop - start))


async def _in_pieces(head: list[bytes], rest: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    """Give all chunks in lists of about `CHUNK_BYTES`."""
    chunks = head
    size = sum(map(len, head))
    async for chunk in rest:
        if size >= CHUNK_BYTES:
            yield chunks
            chunks, size = [], 0
        chunks.append(chunk)
        size += len(chunk)
    yield chunks
