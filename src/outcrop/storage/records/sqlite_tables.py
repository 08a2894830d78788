"""The tables of records in SQLite, and the SQL that reads and writes them."""

# ruff: noqa: S608 - the SQL is put together of constants; values are always parameters

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from outcrop.storage.clock import from_microseconds, to_microseconds
from outcrop.storage.records.batch import Changes, Key, Row, Stored
from outcrop.storage.records.documents import decode
from outcrop.storage.records.interface import Record, Scope
from outcrop.storage.records.names import beyond_prefix
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
)

Query: TypeAlias = tuple[str, list[Any]]
"""SQL and its parameters."""

_NO_INDEXES: Mapping[str, str] = {}
_SCOPED = "account = ? AND region = ? AND service = ? AND kind = ?"
_COLUMNS = "name, version, created_at, modified_at, indexes, document"
_FIND = f"SELECT {_COLUMNS} FROM records WHERE {_SCOPED} AND name = ?"
_FIND_STORED = f"SELECT version, created_at, indexes FROM records WHERE {_SCOPED} AND name = ?"
_UPSERT = """
    INSERT INTO records (account, region, service, kind, name,
                         version, created_at, modified_at, indexes, document)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
    rows = connection.execute(_FIND, (*_columns(scope), name)).fetchall()
    return _record(scope, rows[0]) if rows else None


def find_stored(connection: sqlite3.Connection, keys: list[Key]) -> dict[Key, Stored]:
    """Return what is stored under those of the keys that exist."""
    stored: dict[Key, Stored] = {}
    for scope, name in keys:
        rows = connection.execute(_FIND_STORED, (*_columns(scope), name)).fetchall()
        for version, created_at, indexes in rows:
            stored[scope, name] = Stored(version, from_microseconds(created_at), _loaded(indexes))
    return stored


def apply(connection: sqlite3.Connection, changes: Changes, stored: Mapping[Key, Stored]) -> None:
    """Make the changes to records and secondary keys."""
    for (scope, name), row in changes.rows.items():
        columns = _columns(scope)
        if row is None:
            connection.execute(_DELETE, (*columns, name))
        else:
            connection.execute(_UPSERT, (*columns, name, *_values(row)))
        old = stored[scope, name].indexes if (scope, name) in stored else _NO_INDEXES
        new = row.record.indexes if row else _NO_INDEXES
        for label, value in old.items() - new.items():
            connection.execute(_DROP_KEY, (*columns, label, value, name))
        for label, value in new.items() - old.items():
            connection.execute(_ADD_KEY, (*columns, label, value, name))


def list_query(
    scope: Scope, names: Query, *, limit: int, index: tuple[str, str] | None, descending: bool
) -> Query:
    """Return the query for `limit` records whose names are in a range that `name_range` gave."""
    condition, bounds = names
    order = "DESC" if descending else "ASC"
    columns = _columns(scope)
    if index is None:
        return (
            f"SELECT {_COLUMNS} FROM records WHERE {_SCOPED}{condition} "
            f"ORDER BY name {order} LIMIT ?",
            [*columns, *bounds, limit],
        )
    return (
        f"SELECT {_COLUMNS} FROM records WHERE {_SCOPED} AND name IN ("
        f"SELECT name FROM secondary_keys WHERE {_SCOPED} AND label = ? AND value = ?{condition} "
        f"ORDER BY name {order} LIMIT ?) ORDER BY name {order}",
        [*columns, *columns, *index, *bounds, limit],
    )


def name_range(*, prefix: str = "", after: str = "", descending: bool = False) -> Query:
    """Return the condition for names with a prefix that lie beyond `after`."""
    condition = ""
    bounds: list[Any] = []
    if prefix:
        condition += " AND name >= ?"
        bounds.append(prefix)
    if (end := beyond_prefix(prefix)) is not None:
        condition += " AND name < ?"
        bounds.append(end)
    if after:
        condition += " AND name < ?" if descending else " AND name > ?"
        bounds.append(after)
    return condition, bounds


def records(connection: sqlite3.Connection, scope: Scope, query: Query) -> list[Record]:
    """Run what `list_query` gave."""
    return [_record(scope, row) for row in connection.execute(*query).fetchall()]


def count(connection: sqlite3.Connection, scope: Scope, names: Query) -> int:
    """Return how many records have a name in a range that `name_range` gave."""
    condition, bounds = names
    sql = f"SELECT count(*) FROM records WHERE {_SCOPED}{condition}"
    ((number,),) = connection.execute(sql, [*_columns(scope), *bounds]).fetchall()
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


def _columns(scope: Scope) -> tuple[str, str, str, str]:
    return (scope.account, scope.region, scope.service, scope.kind)


def _values(row: Row) -> tuple[int, int, int, str, str]:
    record = row.record
    return (
        record.version,
        to_microseconds(record.created_at),
        to_microseconds(record.modified_at),
        json.dumps(dict(record.indexes)) if record.indexes else "",
        row.document,
    )


def _record(scope: Scope, row: tuple[str, int, int, int, str, str]) -> Record:
    name, version, created_at, modified_at, indexes, document = row
    return Record(
        scope=scope,
        name=name,
        document=decode(document),
        version=version,
        created_at=from_microseconds(created_at),
        modified_at=from_microseconds(modified_at),
        indexes=_loaded(indexes),
    )


def _loaded(indexes: str) -> dict[str, str]:
    return json.loads(indexes) if indexes else {}
