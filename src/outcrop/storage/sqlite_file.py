"""SQLite files: opened for one writer and many readers, with their tables up to date."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from outcrop.storage.schema import Migration, pending

LOCK_TIMEOUT_SECONDS = 30.0
"""How long to wait for another process that writes to the same file."""
_CACHE_KIB = 8 * 1024
_WAL_LIMIT_BYTES = 64 * 1024 * 1024
"""A write-ahead log that a burst made larger is cut back to this."""


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection without implicit transactions, usable from any one thread at a time."""
    connection = sqlite3.connect(
        path, timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    return connection


def connect_to_write(path: Path, *, page_size: int = 4096) -> sqlite3.Connection:
    """Open a connection to commit with; a new file gets this page size.

    Its commits survive the process. They survive a loss of power, too, once the log is synced.
    """
    connection = connect(path)
    connection.execute(f"PRAGMA page_size = {page_size}")
    connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL keeps the file whole whatever happens, and leaves it to others to sync commits.
    # Source: https://www.sqlite.org/pragma.html#pragma_synchronous
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_LIMIT_BYTES}")
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a connection that cannot write."""
    connection = connect(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration], path: Path) -> None:
    """Bring the tables up to date.

    Raises:
        NewerSchemaError: A newer Outcrop wrote the file.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statements in pending(migrations, _version(connection), str(path)):
            for statement in statements:
                connection.execute(statement)
            connection.execute("UPDATE schema_version SET version = version + 1")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
    connection.execute(
        "INSERT INTO schema_version SELECT 0 WHERE NOT EXISTS (SELECT * FROM schema_version)"
    )
    ((version,),) = connection.execute("SELECT version FROM schema_version").fetchall()
    return version
