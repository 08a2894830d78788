"""Which errors tell that the disk takes no more."""

import errno
import sqlite3

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""The disk is full; its share of a user; the largest file that the process may write."""


def is_full_disk(error: Exception) -> bool:
    """Return whether nothing but room was missing."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return isinstance(error, OSError) and error.errno in _NO_ROOM
