"""Blobs in a local directory: the embedded default.

lock          held while a store is open
unfinished/   what is being written or deleted; emptied by who opens the directory alone
small.sqlite  blobs of some KiB
files/xx/     a file for each larger blob, spread over 256 directories
joined/xx/    a directory of files for each joined blob
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from outcrop.storage.blobs import file_blobs, joined_blobs
from outcrop.storage.blobs.file_blobs import FileBlobs
from outcrop.storage.blobs.ids import is_id, is_older, new_id
from outcrop.storage.blobs.interface import Blob
from outcrop.storage.blobs.joined_blobs import JoinedBlobs
from outcrop.storage.blobs.sharded_directory import ShardedDirectory
from outcrop.storage.blobs.small_blobs import SmallBlobs
from outcrop.storage.clock import Clock, utc_now
from outcrop.storage.durability import DEFAULT_DURABILITY, Durability

_SMALL = "s"
"""The first letter of the ids of small blobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryBlobSettings:
    """How blobs are kept in a directory."""

    durability: Durability = DEFAULT_DURABILITY
    """What a finished write survives."""
    most_small_bytes: int = 64 * 1024
    """Blobs up to this size share one SQLite file."""


DEFAULTS = DirectoryBlobSettings()


class DirectoryBlobStore:
    """Keeps blobs in files; see `BlobStore`."""

    def __init__(self, root: Path, settings: DirectoryBlobSettings, now: Clock) -> None:
        """Open the directory; this blocks for some milliseconds."""
        self._settings = settings
        self._now = now
        self._directory = ShardedDirectory(
            root, (file_blobs.FOLDER, joined_blobs.FOLDER), settings.durability
        )
        try:
            self._small = SmallBlobs(root / "small.sqlite", settings.durability)
        except BaseException:
            self._directory.unlock()
            raise
        self._files = FileBlobs(self._directory, now)
        self._joined = JoinedBlobs(self._directory, now)

    @classmethod
    async def open(
        cls, root: Path, settings: DirectoryBlobSettings = DEFAULTS, *, now: Clock = utc_now
    ) -> "DirectoryBlobStore":
        """Open a directory, made when it is missing, and delete what was half written.

        Raises:
            NewerSchemaError: A newer Outcrop wrote its small blobs.
        """
        return await asyncio.to_thread(cls, root, settings, now)

    async def write(self, chunks: AsyncIterator[bytes] | bytes) -> Blob:
        """See `BlobStore.write`."""
        if isinstance(chunks, bytes):
            chunks = _once(chunks)
        head: list[bytes] = []
        size = 0
        async for chunk in chunks:
            head.append(chunk)
            size += len(chunk)
            if size > self._settings.most_small_bytes:
                return await self._files.write(head, chunks)
        blob_id = new_id(_SMALL, self._now())
        await self._small.write(blob_id, b"".join(head))
        return Blob(blob_id, size)

    def read(
        self, blob_id: str, *, start: int = 0, stop: int | None = None
    ) -> AsyncIterator[bytes]:
        """See `BlobStore.read`."""
        match _kind(blob_id):
            case file_blobs.KIND:
                return self._files.read(blob_id, start, stop)
            case joined_blobs.KIND:
                return self._joined.read(blob_id, start, stop)
            case _:
                return self._read_small(blob_id, start, stop)

    async def join(self, blob_ids: Sequence[str]) -> Blob:
        """See `BlobStore.join`."""
        if all(_kind(blob_id) == _SMALL for blob_id in blob_ids):
            return await self.write(self._small_bodies(blob_ids))
        files: list[Path] = []
        gathered: list[Blob] = []
        try:
            for kind, run in groupby(blob_ids, _kind):
                if kind == _SMALL:
                    gathered.append(await self._files.write([], self._small_bodies(run)))
                    files.append(self._files.path(gathered[-1].id))
                else:
                    files += [path for blob_id in run for path in await self._paths(blob_id)]
            join = self._files.copy(files[0]) if len(files) == 1 else self._joined.join(files)
            return await join
        finally:
            for blob in gathered:
                await self._files.delete(blob.id)

    def path(self, blob_id: str) -> Path | None:
        """See `BlobStore.path`."""
        path = self._files.path(blob_id) if _kind(blob_id) == file_blobs.KIND else None
        return path if path and path.is_file() else None

    async def delete(self, blob_id: str) -> None:
        """See `BlobStore.delete`."""
        match _kind(blob_id):
            case file_blobs.KIND:
                await self._files.delete(blob_id)
            case joined_blobs.KIND:
                await self._joined.delete(blob_id)
            case _:
                await self._small.delete(blob_id)

    async def ids(self, *, written_before: datetime | None = None) -> AsyncIterator[str]:
        """See `BlobStore.ids`."""
        for ids in (self._small.ids(), self._files.ids(), self._joined.ids()):
            async for blob_id in ids:
                if is_older(blob_id, written_before):
                    yield blob_id

    async def close(self) -> None:
        """See `BlobStore.close`."""
        await self._small.close()
        await self._directory.close()

    async def _paths(self, blob_id: str) -> list[Path]:
        if _kind(blob_id) == joined_blobs.KIND:
            return await self._joined.files(blob_id)
        return [self._files.path(blob_id)]

    async def _small_bodies(self, blob_ids: Iterable[str]) -> AsyncIterator[bytes]:
        for blob_id in blob_ids:
            yield self._small.read(blob_id)

    async def _read_small(self, blob_id: str, start: int, stop: int | None) -> AsyncIterator[bytes]:
        if chunk := self._small.read(blob_id)[start:stop]:
            yield chunk


def _kind(blob_id: str) -> str:
    """Return the letter for how a blob is kept; what is no id, is found nowhere, as if small."""
    return blob_id[0] if is_id(blob_id) else _SMALL


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body
