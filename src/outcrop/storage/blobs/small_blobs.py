"""Small blobs in one SQLite file: many of them share an fsync, where each file needs its own."""

import sqlite3
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from outcrop.storage.blobs.interface import BlobNotFoundError
from outcrop.storage.durability import Durability
from outcrop.storage.schema import Migration
from outcrop.storage.sqlite_file import connect_to_read
from outcrop.storage.sqlite_reader import SqliteReader
from outcrop.storage.sqlite_writer import SqliteWriter

MIGRATIONS: tuple[Migration, ...] = (
    ("CREATE TABLE small_blobs (id TEXT NOT NULL PRIMARY KEY, body BLOB NOT NULL)",),
)
_PAGE_SIZE = 8192
_IDS_PER_QUERY = 1000


class SmallBlobs:
    """Keeps bodies that fit into memory many times over."""

    def __init__(self, path: Path, durability: Durability) -> None:
        """Open the file, made when it is missing; this blocks for some milliseconds."""
        self._writer = SqliteWriter.open(path, durability, MIGRATIONS, page_size=_PAGE_SIZE)
        self._reader = SqliteReader(partial(connect_to_read, path))

    async def write(self, blob_id: str, body: bytes) -> None:
        """Store a body under a new id."""
        await self._writer.run(partial(_insert, blob_id=blob_id, body=body))

    def read(self, blob_id: str) -> bytes:
        """Return a body; takes microseconds.

        Raises:
            BlobNotFoundError: There is none.
        """
        rows = self._reader.connection.execute(
            "SELECT body FROM small_blobs WHERE id = ?", (blob_id,)
        ).fetchall()
        if not rows:
            raise BlobNotFoundError(blob_id)
        return rows[0][0]

    async def delete(self, blob_id: str) -> None:
        """Delete a body; one that is gone is no error."""
        await self._writer.run(partial(_delete, blob_id=blob_id))

    async def ids(self) -> AsyncIterator[str]:
        """Give the ids of all blobs."""
        page = [""]
        while page := await self._reader.run(partial(_ids, after=page[-1])):
            for blob_id in page:
                yield blob_id

    async def close(self) -> None:
        """Finish the writes under way and close the file."""
        await self._writer.close()
        await self._reader.close()


def _insert(connection: sqlite3.Connection, blob_id: str, body: bytes) -> None:
    connection.execute("INSERT INTO small_blobs VALUES (?, ?)", (blob_id, body))


def _delete(connection: sqlite3.Connection, blob_id: str) -> None:
    connection.execute("DELETE FROM small_blobs WHERE id = ?", (blob_id,))


def _ids(connection: sqlite3.Connection, after: str) -> list[str]:
    rows = connection.execute(
        "SELECT id FROM small_blobs WHERE id > ? ORDER BY id LIMIT ?", (after, _IDS_PER_QUERY)
    ).fetchall()
    return [blob_id for (blob_id,) in rows]
