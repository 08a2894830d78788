"""The data folder: made, found usable, and held by one server at a time."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from outcrop.assembly.errors import CannotStartError

LOCK = "server.lock"
"""Holds the process and the URL of the server that has the folder, or had it last."""
_ADVICE = "Choose another folder with `--data DIR`"


@contextmanager
def claimed(folder: Path, url: str) -> Generator[None]:
    """Hold a folder, made if it is missing, until the end; a process that dies lets go of it.

    Raises:
        CannotStartError: It cannot be written, or another server holds it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        reason = "it is no folder" if isinstance(error, FileExistsError) else error.strerror
        raise CannotStartError(
            f"The data folder {folder} cannot be used: {reason}. {_ADVICE}."
        ) from error
    try:
        _take(lock, folder, url)
        yield
    finally:
        os.close(lock)


def _take(lock: int, folder: Path, url: str) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(lock, 1000, 0).decode(errors="replace").strip() or "not told which"
        raise CannotStartError(
            f"Another Outcrop has the data folder {folder}: {holder}. {_ADVICE}, or stop it first."
        ) from error
    os.truncate(lock, 0)
    os.pwrite(lock, f"process {os.getpid()} at {url}\n".encode(), 0)
