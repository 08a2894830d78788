"""The tables of records in PostgreSQL, and the SQL that reads and writes them.

Names, and all else that a record is found by, are `bytea`: ordered by their UTF-8 bytes under every
collation, and free to hold U+0000, which `text` is not.
"""

# ruff: noqa: S608 - the SQL is put together of constants; values are always parameters

from collections.abc import Iterable
from typing import Any, TypeAlias

import asyncpg

from outcrop.storage.records.batch import Changes, Key, Stored
from outcrop.storage.records.interface import Record, Scope
from outcrop.storage.records.names import bounds
from outcrop.storage.records.rows import STORED, VALUES, record_of, stored_of, values
from outcrop.storage.schema import Migration

MIGRATIONS: tuple[Migration, ...] = (
    (
        """
        CREATE TABLE records (
            account bytea NOT NULL,
            region bytea NOT NULL,
            service bytea NOT NULL,
            kind bytea NOT NULL,
            name bytea NOT NULL,
            version bigint NOT NULL,
            created_at bigint NOT NULL,  -- microseconds since 1970
            modified_at bigint NOT NULL,
            indexes text NOT NULL,  -- a JSON object of strings, or nothing
            document text NOT NULL,
            PRIMARY KEY (account, region, service, kind, name)
        )
        """,
        """
        CREATE TABLE secondary_keys (
            account bytea NOT NULL,
            region bytea NOT NULL,
            service bytea NOT NULL,
            kind bytea NOT NULL,
            label bytea NOT NULL,
            value bytea NOT NULL,
            name bytea NOT NULL,
            PRIMARY KEY (account, region, service, kind, label, value, name)
        )
        """,
    ),
)

Query: TypeAlias = tuple[str, list[Any]]
"""SQL and its parameters."""

_SCOPED = "account = $1 AND region = $2 AND service = $3 AND kind = $4"
_SCOPE_AND_NAME = "account, region, service, kind, name"

FIND = f"SELECT {VALUES} FROM records WHERE {_SCOPED} AND name = $5"
# Rows are locked in the order of their keys, so that two batches cannot wait for each other.
LOCK_STORED = f"""
    SELECT {_SCOPE_AND_NAME}, {STORED} FROM records
    WHERE ({_SCOPE_AND_NAME})
        IN (SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[]))
    ORDER BY {_SCOPE_AND_NAME} FOR UPDATE
"""
_ADD = f"""
    INSERT INTO records ({_SCOPE_AND_NAME}, {VALUES})
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_CHANGE = f"""
    UPDATE records
    SET version = $6, created_at = $7, modified_at = $8, indexes = $9, document = $10
    WHERE {_SCOPED} AND name = $5
"""
_DELETE = f"DELETE FROM records WHERE {_SCOPED} AND name = $5"
_ADD_KEY = """
    INSERT INTO secondary_keys VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
"""
_DROP_KEY = (
    f"DELETE FROM secondary_keys WHERE {_SCOPED} AND label = $5 AND value = $6 AND name = $7"
)

CLEAR = ("DELETE FROM records WHERE account = $1", "DELETE FROM secondary_keys WHERE account = $1")

# From one scope to the next through the index, not through all records.
# Source: https://wiki.postgresql.org/wiki/Loose_indexscan
SCOPES = """
    WITH RECURSIVE found AS (
        (SELECT account, region, service, kind FROM records
         ORDER BY account, region, service, kind LIMIT 1)
        UNION ALL
        SELECT following.* FROM found, LATERAL (
            SELECT account, region, service, kind FROM records
            WHERE (account, region, service, kind)
                > (found.account, found.region, found.service, found.kind)
            ORDER BY account, region, service, kind LIMIT 1
        ) AS following
    )
    SELECT * FROM found
"""


def columns(scope: Scope) -> list[bytes]:
    """Return the columns that a scope stands in."""
    return [part.encode() for part in scope]


def scope_of(row: asyncpg.Record) -> Scope:
    """Return the scope in the first columns of a row."""
    account, region, service, kind = (column.decode() for column in tuple(row)[:4])
    return Scope(account, region, service, kind)


def key_columns(keys: Iterable[Key]) -> list[list[bytes]]:
    """Return keys as the five parameters of `LOCK_STORED`."""
    rows = [[*columns(scope), name.encode()] for scope, name in keys]
    return [list(column) for column in zip(*rows, strict=True)]


def stored_in(rows: Iterable[asyncpg.Record]) -> dict[Key, Stored]:
    """Return what `LOCK_STORED` found."""
    return {(scope_of(row), row[4].decode()): stored_of(*tuple(row)[5:]) for row in rows}


def statements(changes: Changes, stored: dict[Key, Stored]) -> dict[str, list[list[Any]]]:
    """Return the SQL that makes the changes, each with the parameters of its runs, in order."""
    runs: dict[str, list[list[Any]]] = {_DELETE: [], _CHANGE: [], _ADD: []}
    for (scope, name), row in changes.rows.items():
        key = [*columns(scope), name.encode()]
        if row is None:
            runs[_DELETE].append(key)
        else:
            runs[_CHANGE if (scope, name) in stored else _ADD].append([*key, *values(row)])
    # In the order of their keys for the same reason as the locks.
    runs[_ADD].sort(key=lambda parameters: parameters[:5])
    runs[_DROP_KEY] = [_key_parameters(*key) for key in changes.dropped]
    runs[_ADD_KEY] = [_key_parameters(*key) for key in changes.added]
    return {sql: parameters for sql, parameters in runs.items() if parameters}


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
    parameters: list[Any] = columns(scope)
    condition = ""
    if index is not None:
        parameters += [part.encode() for part in index]
        condition = " AND label = $5 AND value = $6"
    for operator, name in bounds(prefix=prefix, after=after, descending=descending):
        parameters.append(name.encode())
        condition += f" AND name {operator} ${len(parameters)}"
    parameters.append(limit)
    source = "records" if index is None else "secondary_keys"
    columns_found = f"name, {VALUES}" if index is None else "name"
    ordered = f"ORDER BY name {'DESC' if descending else 'ASC'}"
    found = (
        f"SELECT {columns_found} FROM {source} WHERE {_SCOPED}{condition} "
        f"{ordered} LIMIT ${len(parameters)}"
    )
    if index is None:
        return found, parameters
    # OFFSET keeps the planner from turning this into a join, which on tables that it has not
    # analysed yet has taken it seconds: the names are found first, then each record by its key.
    return (
        f"SELECT name, {VALUES} FROM ({found}) AS found, LATERAL ("
        f"SELECT {VALUES} FROM records WHERE {_SCOPED} AND name = found.name OFFSET 0) AS record "
        f"{ordered}",
        parameters,
    )


def count_query(scope: Scope, prefix: str) -> Query:
    """Return the query behind `RecordStore.count`."""
    parameters = columns(scope)
    condition = ""
    for operator, name in bounds(prefix=prefix, after="", descending=False):
        parameters.append(name.encode())
        condition += f" AND name {operator} ${len(parameters)}"
    return f"SELECT count(*) FROM records WHERE {_SCOPED}{condition}", [*parameters]


def records_of(scope: Scope, rows: Iterable[asyncpg.Record]) -> list[Record]:
    """Return what the query of `list_query` found."""
    return [record_of(scope, name.decode(), tuple(rest)) for name, *rest in map(tuple, rows)]


def _key_parameters(scope: Scope, *key: str) -> list[Any]:
    return [*columns(scope), *(part.encode() for part in key)]
