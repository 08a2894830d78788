"""Records in PostgreSQL: for several servers, and for what must outlive a machine."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from outcrop.storage.clock import Clock, utc_now
from outcrop.storage.records import postgres_tables as tables
from outcrop.storage.records.batch import Batch
from outcrop.storage.records.interface import (
    Record,
    RecordNotFoundError,
    RecordsUnavailableError,
    Scope,
    Write,
)
from outcrop.storage.records.names import matches
from outcrop.storage.records.rows import record_of
from outcrop.storage.schema import pending

Result = TypeVar("Result")
Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"
Isolation: TypeAlias = Literal["repeatable_read"]

MOST_RECORDS_INLINE = 64
"""Longer lists are decoded beside the event loop."""
_LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
)
"""What is raised while the server is away, stops or starts."""
_MIGRATION_LOCK = 4566
"""Servers that start together bring the tables up to date one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresRecordSettings:
    """How PostgreSQL is reached. What a finished write survives is the server's own setting."""

    most_connections: int = 16


DEFAULTS = PostgresRecordSettings()


if TYPE_CHECKING:
    _Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]
else:
    _Connection = asyncpg.Connection


class ForgivingConnection(_Connection):
    """A connection that closes without an error where its server has just gone.

    The pool closes expired connections in tasks of its own, whose errors nobody hears.
    """

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as asyncpg has it
        """Close it, which aborts it where the server does not take its farewell."""
        with suppress(*_LOST):
            await super().close(timeout=timeout)


class PostgresRecordStore:
    """Keeps records in one PostgreSQL schema; see `RecordStore`."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", now: Clock) -> None:
        self._pool = pool
        self._now = now
        self._writes: set[asyncio.Task[list[Record | None]]] = set()

    @classmethod
    async def open(
        cls, url: str, settings: PostgresRecordSettings = DEFAULTS, *, now: Clock = utc_now
    ) -> "PostgresRecordStore":
        """Connect to `postgresql://…` and bring its tables up to date.

        Raises:
            NewerSchemaError: A newer Outcrop wrote the tables.
        """
        pool = await asyncpg.create_pool(
            url,
            min_size=0,
            max_size=settings.most_connections,
            reset=_keep,
            connection_class=ForgivingConnection,
        )
        try:
            await _migrate(pool)
        except BaseException:
            await pool.close()
            raise
        return cls(pool, now)

    async def get(self, scope: Scope, name: str) -> Record:
        """See `RecordStore.get`."""
        record = await self.find(scope, name)
        if record is None:
            raise RecordNotFoundError(f"no {scope.kind} {name!r}")
        return record

    async def find(self, scope: Scope, name: str) -> Record | None:
        """See `RecordStore.find`."""
        key = (*tables.columns(scope), name.encode())
        row = await self._do(partial(self._pool.fetchrow, tables.FIND, *key))
        return record_of(scope, name, tuple(row)) if row else None

    async def find_shared(self, scope: Scope, name: str) -> Record | None:
        """See `RecordStore.find_shared`."""
        return await self.find(scope, name)

    async def write(self, *writes: Write) -> list[Record | None]:
        """See `RecordStore.write`."""
        if not writes:
            return []
        task = asyncio.create_task(self._do(partial(self._apply, Batch(writes))))
        self._writes.add(task)
        task.add_done_callback(self._end)
        # A caller that is cancelled while it waits does not take the writes back.
        return await asyncio.shield(task)

    def _end(self, task: asyncio.Task[list[Record | None]]) -> None:
        self._writes.discard(task)
        if not task.cancelled():
            task.exception()  # nobody may be left to hear of it

    async def _apply(self, batch: Batch) -> list[Record | None]:
        async with self._transaction() as connection:
            keys = tables.key_columns(batch.keys)
            stored = tables.stored_in(await connection.fetch(tables.LOCK_STORED, *keys))
            changes = batch.apply(stored, self._now())
            for sql, runs in tables.statements(changes, stored).items():
                await connection.executemany(sql, runs)
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
        sql, parameters = tables.list_query(
            scope, prefix=prefix, after=after, limit=limit, index=index, descending=descending
        )
        rows = await self._do(partial(self._pool.fetch, sql, *parameters))
        if len(rows) <= MOST_RECORDS_INLINE:
            return tables.records_of(scope, rows)
        return await asyncio.to_thread(tables.records_of, scope, rows)

    async def count(self, scope: Scope, *, prefix: str = "") -> int:
        """See `RecordStore.count`."""
        sql, parameters = tables.count_query(scope, prefix)
        return await self._do(partial(self._pool.fetchval, sql, *parameters))

    async def scopes(
        self, *, service: str | None = None, kind: str | None = None, account: str | None = None
    ) -> Sequence[Scope]:
        """See `RecordStore.scopes`."""
        rows = await self._do(partial(self._pool.fetch, tables.SCOPES))
        return [
            scope
            for scope in map(tables.scope_of, rows)
            if matches(scope, service=service, kind=kind, account=account)
        ]

    async def clear(self, account: str) -> None:
        """See `RecordStore.clear`."""
        await self._do(partial(self._clear, account))

    async def _clear(self, account: str) -> None:
        # Both tables as of one moment, so that a batch in between is deleted whole or not at all.
        async with self._transaction("repeatable_read") as connection:
            for sql in tables.CLEAR:
                await connection.execute(sql, account.encode())

    async def close(self) -> None:
        """See `RecordStore.close`."""
        await asyncio.gather(*self._writes, return_exceptions=True)
        await self._pool.close()

    async def _do(self, attempt: Callable[[], Awaitable[Result]]) -> Result:
        """Repeat something until it does not collide with others, and once on a new connection."""
        may_reconnect = True
        while True:
            try:
                return await attempt()
            except asyncpg.UniqueViolationError:
                continue  # somebody else wrote a new record of this name since we looked
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
                continue  # batches lock in one order, but `clear` does not
            except _LOST as error:
                if not may_reconnect:
                    raise RecordsUnavailableError(f"PostgreSQL does not answer: {error}") from error
                # It may have started again since: then all connections are dead.
                may_reconnect = False
                await self._pool.expire_connections()

    @asynccontextmanager
    async def _transaction(self, isolation: Isolation | None = None) -> AsyncGenerator[Connection]:
        async with self._pool.acquire() as connection:
            transaction = connection.transaction(isolation=isolation)
            await transaction.start()
            try:
                yield connection
            except BaseException:
                with suppress(*_LOST, asyncpg.InterfaceError):
                    await transaction.rollback()
                raise
            try:
                await transaction.commit()
            except _LOST as error:
                raise RecordsUnavailableError(
                    f"PostgreSQL did not say whether it committed: {error}"
                ) from error


async def _keep(connection: object) -> None:
    """Spare the round trip of a reset: each use of a connection leaves it as it was."""


async def _migrate(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _MIGRATION_LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)"
        )
        await connection.execute(
            "INSERT INTO schema_version SELECT 0 WHERE NOT EXISTS (SELECT * FROM schema_version)"
        )
        version = await connection.fetchval("SELECT version FROM schema_version")
        for statements in pending(tables.MIGRATIONS, version, "the PostgreSQL database"):
            for statement in statements:
                await connection.execute(statement)
            await connection.execute("UPDATE schema_version SET version = version + 1")
