"""Who has a directory open: one process, or several."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path


class DirectoryLock:
    """Is held until it is closed, or until the process dies in whatever way."""

    def __init__(self, path: Path, when_alone: Callable[[], None]) -> None:
        """Join those who have the directory open; who is alone, tidies up first."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            when_alone()
        except BlockingIOError:
            pass
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def close(self) -> None:
        """Leave the directory to others."""
        os.close(self._descriptor)
