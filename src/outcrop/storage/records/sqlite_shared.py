"""Records of a SQLite file that are read again and again, kept decoded until somebody writes."""

import sqlite3
from collections.abc import Iterable

from outcrop.storage.records import sqlite_tables as tables
from outcrop.storage.records.batch import Key
from outcrop.storage.records.interface import Record, Scope

MOST_KEPT = 1024


class SharedRecords:
    """Records as one connection last read them.

    What this connection writes it is told of; of the commits of others SQLite tells it, in half the
    time that a search takes.
    """

    def __init__(self, *, has_others: bool) -> None:
        """Keep nothing yet; `has_others` says whether others may write to the file."""
        self._has_others = has_others
        self._kept: dict[Key, Record] = {}
        self._version = -1

    def find(self, connection: sqlite3.Connection, scope: Scope, name: str) -> Record | None:
        """Return what the database holds now; always ask by the same connection."""
        if self._has_others:
            self._forget_what_others_wrote(connection)
        record = self._kept.get((scope, name))
        if record is None:
            record = tables.find(connection, scope, name)
            if record is not None:
                if len(self._kept) >= MOST_KEPT:
                    self._kept.clear()
                self._kept[scope, name] = record
        return record

    def _forget_what_others_wrote(self, connection: sqlite3.Connection) -> None:
        # Source: https://www.sqlite.org/pragma.html#pragma_data_version
        ((version,),) = connection.execute("PRAGMA data_version").fetchall()
        if version != self._version:
            self._kept.clear()
            self._version = version

    def forget(self, keys: Iterable[Key]) -> None:
        """Learn that the connection writes records, before it does."""
        for key in keys:
            self._kept.pop(key, None)

    def clear(self) -> None:
        """Learn that it writes many."""
        self._kept.clear()
