"""Lets one process at a time write an entry."""

import fcntl
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(
    path: Path, *, on_wait: Callable[[], None] = lambda: None
) -> Generator[None, None, None]:
    """Hold the lock of a file; the kernel lets go of it when the process ends, however it ends.

    Args:
        path: The file, made when it is not there and never deleted.
        on_wait: Called once when another process holds the lock.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
