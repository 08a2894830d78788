"""The write-ahead log beside a SQLite file: made safe against a loss of power, and worked off.

All of this blocks: it is run beside the event loop.
"""

import os
import sqlite3
from pathlib import Path
from typing import Protocol

_fsync = getattr(os, "fdatasync", os.fsync)
"""macOS has no `fdatasync`."""


class Log(Protocol):
    """What a writer needs of the log of its file."""

    def sync(self) -> None:
        """Return when all that was committed before is safe against a loss of power."""
        ...

    def checkpoint(self) -> int:
        """Copy what was committed into the file; return how many pages the log holds.

        What nobody reads any more is written over by the next commit, if all of it was copied.
        """
        ...

    def close(self) -> None:
        """Let go of the files."""
        ...


class WriteAheadLog:
    """The log of a file in WAL mode."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Take the file's path, and a connection of one's own to copy with."""
        self._path = path.with_name(path.name + "-wal")
        self._connection = connection
        self._descriptor: int | None = None

    def sync(self) -> None:
        """See `Log.sync`."""
        if self._descriptor is None:
            # SQLite makes the log at the first write, and leaves it there while a connection is
            # open. It locks other files, so closing this descriptor takes no lock from it.
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        _fsync(self._descriptor)

    def checkpoint(self) -> int:
        """See `Log.checkpoint`."""
        # PASSIVE waits for nobody and lets nobody wait.
        # Source: https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
        ((_, pages, _),) = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        return pages

    def close(self) -> None:
        """See `Log.close`."""
        self._connection.close()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
