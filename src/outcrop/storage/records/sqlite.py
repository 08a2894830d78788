"""Records in a SQLite file: the embedded default."""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from outcrop.storage.clock import Clock, utc_now
from outcrop.storage.durability import DEFAULT_DURABILITY, Durability
from outcrop.storage.records import sqlite_tables as tables
from outcrop.storage.records.batch import Batch
from outcrop.storage.records.documents import pack
from outcrop.storage.records.interface import Record, RecordNotFoundError, Scope, Write
from outcrop.storage.records.names import matches
from outcrop.storage.records.sqlite_shared import SharedRecords
from outcrop.storage.sqlite_file import connect_to_read
from outcrop.storage.sqlite_reader import SqliteReader
from outcrop.storage.sqlite_writer import SqliteWriter

MOST_RECORDS_INLINE = 16
"""A list of so few takes less time than handing it to a thread and back."""
MOST_WRITES_INLINE = 64
"""A larger batch would keep the event loop away for too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteRecordSettings:
    """How records are kept in SQLite."""

    durability: Durability = DEFAULT_DURABILITY
    """What a finished write survives."""
    has_other_writers: bool = True
    """Whether others may write to the file while it is open here."""


DEFAULTS = SqliteRecordSettings()


class SqliteRecordStore:
    """Keeps records in one SQLite file; see `RecordStore`."""

    def __init__(
        self, writer: SqliteWriter, reader: SqliteReader, shared: SharedRecords, now: Clock
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._shared = shared
        self._now = now

    @classmethod
    async def open(
        cls, path: Path, settings: SqliteRecordSettings = DEFAULTS, *, now: Clock = utc_now
    ) -> "SqliteRecordStore":
        """Open a file, made when it is missing, and bring its tables up to date.

        Raises:
            NewerSchemaError: A newer Outcrop wrote the file.
        """
        writer = await asyncio.to_thread(
            SqliteWriter.open, path, settings.durability, tables.MIGRATIONS
        )
        reader = SqliteReader(partial(connect_to_read, path))
        return cls(writer, reader, SharedRecords(has_others=settings.has_other_writers), now)

    async def get(self, scope: Scope, name: str) -> Record:
        """See `RecordStore.get`."""
        record = await self.find(scope, name)
        if record is None:
            raise RecordNotFoundError(f"no {scope.kind} {name!r}")
        return record

    async def find(self, scope: Scope, name: str) -> Record | None:
        """See `RecordStore.find`."""
        connection = self._writer.idle_connection or self._reader.connection
        return tables.find(connection, scope, name)

    async def find_shared(self, scope: Scope, name: str) -> Record | None:
        """See `RecordStore.find_shared`."""
        connection = self._writer.idle_connection
        if connection is None:
            return await self.find(scope, name)
        return self._shared.find(connection, scope, name)

    async def write(self, *writes: Write) -> list[Record | None]:
        """See `RecordStore.write`."""
        if not writes:
            return []
        batch = Batch(writes, pack)
        is_long = len(writes) > MOST_WRITES_INLINE
        return await self._writer.run(partial(self._apply, batch), is_long=is_long)

    def _apply(self, batch: Batch, connection: sqlite3.Connection) -> list[Record | None]:
        self._shared.forget(batch.keys)
        sought = (key for key in batch.keys if key not in batch.created)
        changes = batch.apply(tables.find_stored(connection, sought), self._now())
        tables.apply(connection, changes, batch.created)
        return changes.results

    async def list(
        self,
        scope: Scope,
        *,
        prefix: str = "",
        after: str = "",
        limit: int = 1000,
        index: tuple[str, str] | None = None,
        descending: bool = False,
    ) -> Sequence[Record]:
        """See `RecordStore.list`."""
        if limit < 1:
            raise ValueError(f"limit is {limit}, but must be at least 1")
        query = tables.list_query(
            scope, prefix=prefix, after=after, limit=limit, index=index, descending=descending
        )
        if limit <= MOST_RECORDS_INLINE:
            return tables.records(self._reader.connection, scope, query)
        return await self._reader.run(partial(tables.records, scope=scope, query=query))

    async def count(self, scope: Scope, *, prefix: str = "") -> int:
        """See `RecordStore.count`."""
        return await self._reader.run(partial(tables.count, scope=scope, prefix=prefix))

    async def scopes(
        self, *, service: str | None = None, kind: str | None = None, account: str | None = None
    ) -> Sequence[Scope]:
        """See `RecordStore.scopes`."""

        def query(connection: sqlite3.Connection) -> Sequence[Scope]:
            return [
                scope
                for scope in tables.scopes(connection, account)
                if matches(scope, service=service, kind=kind, account=account)
            ]

        return await self._reader.run(query)

    async def clear(self, account: str) -> None:
        """See `RecordStore.clear`."""
        await self._writer.run(partial(self._clear, account), is_long=True)

    def _clear(self, account: str, connection: sqlite3.Connection) -> None:
        self._shared.clear()
        tables.clear(connection, account)

    async def close(self) -> None:
        """See `RecordStore.close`."""
        await self._writer.close()
        await self._reader.close()
