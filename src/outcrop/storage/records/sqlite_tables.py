"""The tables of records in SQLite, and the SQL that reads and writes them."""

# ruff: noqa: S608 - the SQL is put together of constants; values are always parameters

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypeAlias

from outcrop.storage.records.batch import Changes, Key, Stored, exists_already
from outcrop.storage.records.interface import Record, Scope
from outcrop.storage.records.names import bounds
from outcrop.storage.records.rows import STORED, VALUES, record_of, stored_of, values
from outcrop.storage.schema import Migration

MIGRATIONS: tuple[Migration, ...] = (
    (
        # Documents are larger than SQLite likes in a table WITHOUT ROWID; index entries are not.
        # Source: https://www.sqlite.org/withoutrowid.html ("When To Use WITHOUT ROWID")
        """
        CREATE TABLE records (
            id INTEGER PRIMARY KEY,
            account TEXT NOT NULL,
            region TEXT NOT NULL,
            service TEXT NOT NULL,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            version INTEGER NOT NULL,
            created_at INTEGER NOT NULL,  -- microseconds since 1970
            modified_at INTEGER NOT NULL,
            indexes TEXT NOT NULL,  -- a JSON object of strings, or nothing
            document TEXT NOT NULL,
            UNIQUE (account, region, service, kind, name)
        )
        """,
        """
        CREATE TABLE secondary_keys (
            account TEXT NOT NULL,
            region TEXT NOT NULL,
            service TEXT NOT NULL,
            kind TEXT NOT NULL,
            label TEXT NOT NULL,
            value TEXT NOT NULL,
            name TEXT NOT NULL,
            PRIMARY KEY (account, region, service, kind, label, value, name)
        ) WITHOUT ROWID
        """,
    ),
    (),  # From here on a document may be bytes, which the code before cannot read: see `pack`.
    (),  # And JSON text with bytes behind.
)

Query: TypeAlias = tuple[str, list[Any]]
"""SQL and its parameters."""

_SCOPED = "account = ? AND region = ? AND service = ? AND kind = ?"
_FIND = f"SELECT {VALUES} FROM records WHERE {_SCOPED} AND name = ?"
_FIND_STORED = f"SELECT {STORED} FROM records WHERE {_SCOPED} AND name = ?"
_INSERT = f"""
    INSERT INTO records (account, region, service, kind, name, {VALUES})
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_UPSERT = f"""
    {_INSERT}
    ON CONFLICT (account, region, service, kind, name) DO UPDATE SET
        version = excluded.version, created_at = excluded.created_at,
        modified_at = excluded.modified_at, indexes = excluded.indexes, document = excluded.document
"""
_DELETE = f"DELETE FROM records WHERE {_SCOPED} AND name = ?"
_ADD_KEY = "INSERT INTO secondary_keys VALUES (?, ?, ?, ?, ?, ?, ?)"
_DROP_KEY = f"DELETE FROM secondary_keys WHERE {_SCOPED} AND label = ? AND value = ? AND name = ?"
_NEXT_SCOPE = """
    SELECT account, region, service, kind FROM records
    WHERE (account, region, service, kind) > (?, ?, ?, ?)
    ORDER BY account, region, service, kind LIMIT 1
"""


def find(connection: sqlite3.Connection, scope: Scope, name: str) -> Record | None:
    """Return one record, or `None`."""
    # fetchall, because a statement that is not read to its end keeps its snapshot open.
    rows = connection.execute(_FIND, (*scope, name)).fetchall()
    return record_of(scope, name, rows[0]) if rows else None


def find_stored(connection: sqlite3.Connection, keys: Iterable[Key]) -> dict[Key, Stored]:
    """Return what is stored under those of the keys that exist."""
    stored: dict[Key, Stored] = {}
    for scope, name in keys:
        rows = connection.execute(_FIND_STORED, (*scope, name)).fetchall()
        if rows:
            stored[scope, name] = stored_of(*rows[0])
    return stored


def apply(connection: sqlite3.Connection, changes: Changes, created: Collection[Key]) -> None:
    """Make the changes to records and secondary keys.

    Args:
        connection: In a transaction.
        changes: What to do.
        created: The records of which nobody has looked whether they are there.

    Raises:
        RecordExistsError: One of them is.
    """
    for key, row in changes.rows.items():
        scope, name = key
        if row is None:
            connection.execute(_DELETE, (*scope, name))
        elif key in created:
            try:
                connection.execute(_INSERT, (*scope, name, *values(row)))
            except sqlite3.IntegrityError as error:
                raise exists_already(scope, name) from error
        else:
            connection.execute(_UPSERT, (*scope, name, *values(row)))
    for scope, *key in changes.dropped:
        connection.execute(_DROP_KEY, (*scope, *key))
    for scope, *key in changes.added:
        connection.execute(_ADD_KEY, (*scope, *key))


def list_query(
    scope: Scope,
    *,
    prefix: str,
    after: str,
    limit: int,
    index: tuple[str, str] | None,
    descending: bool,
) -> Query:
    """Return the query behind `RecordStore.list`."""
    condition, names = _condition(prefix=prefix, after=after, descending=descending)
    order = "DESC" if descending else "ASC"
    if index is None:
        return (
            f"SELECT name, {VALUES} FROM records WHERE {_SCOPED}{condition} "
            f"ORDER BY name {order} LIMIT ?",
            [*scope, *names, limit],
        )
    return (
        f"SELECT name, {VALUES} FROM records WHERE {_SCOPED} AND name IN ("
        f"SELECT name FROM secondary_keys WHERE {_SCOPED} AND label = ? AND value = ?{condition} "
        f"ORDER BY name {order} LIMIT ?) ORDER BY name {order}",
        [*scope, *scope, *index, *names, limit],
    )


def records(connection: sqlite3.Connection, scope: Scope, query: Query) -> list[Record]:
    """Run what `list_query` gave."""
    return [record_of(scope, row[0], row[1:]) for row in connection.execute(*query).fetchall()]


def count(connection: sqlite3.Connection, scope: Scope, prefix: str) -> int:
    """Return how many records there are."""
    condition, names = _condition(prefix=prefix)
    sql = f"SELECT count(*) FROM records WHERE {_SCOPED}{condition}"
    ((number,),) = connection.execute(sql, [*scope, *names]).fetchall()
    return number


def scopes(connection: sqlite3.Connection, account: str | None) -> Iterator[Scope]:
    """Give the scopes that hold records, from one to the next through the index."""
    last = (account or "", "", "", "")
    while rows := connection.execute(_NEXT_SCOPE, last).fetchall():
        (last,) = rows
        if account is not None and last[0] != account:
            return
        yield Scope(*last)


def clear(connection: sqlite3.Connection, account: str) -> None:
    """Delete all of an account."""
    connection.execute("DELETE FROM records WHERE account = ?", (account,))
    connection.execute("DELETE FROM secondary_keys WHERE account = ?", (account,))


def _condition(*, prefix: str, after: str = "", descending: bool = False) -> Query:
    names = bounds(prefix=prefix, after=after, descending=descending)
    return "".join(f" AND name {operator} ?" for operator, _ in names), [name for _, name in names]
