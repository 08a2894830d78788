"""Files that are written whole or not at all, and read while others delete them.

All of this blocks: it is run beside the event loop.
"""

import errno
import os
import shutil
import threading
from collections.abc import Iterable
from pathlib import Path

from outcrop.storage.durability import Durability

_CANNOT_LINK = {errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.EXDEV}
"""No hard links here, or not so many to one file."""


class NewFile:
    """A file under a temporary name, made by the first write, until it is published."""

    def __init__(self, path: Path, durability: Durability) -> None:
        self._path = path
        self._durability: Durability = durability
        # A caller that is cancelled discards the file while a write may still be running.
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._is_closed = False

    def write(self, chunks: Iterable[bytes]) -> None:
        """Append chunks."""
        with self._lock:
            for chunk in chunks:
                view = memoryview(chunk)
                while view:
                    view = view[os.write(self._open(), view) :]

    def publish(self, path: Path) -> None:
        """Give the file its name; when this returns it has the durability asked for."""
        with self._lock:
            if self._durability == "full":
                os.fsync(self._open())
            self._close()
            move(self._path, path, self._durability)

    def discard(self) -> None:
        """Delete the file, unless it was published."""
        with self._lock:
            self._close()
            self._path.unlink(missing_ok=True)

    def _open(self) -> int:
        if self._is_closed:
            raise ValueError("the file is closed")
        if self._descriptor is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._descriptor = os.open(self._path, flags, 0o600)
        return self._descriptor

    def _close(self) -> None:
        self._is_closed = True
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class ReadFile:
    """A file that is opened by the first read, and stays readable when it is deleted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # A reader that is cancelled closes the file while a read may still be to come.
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._is_closed = False

    def read(self, start: int, size: int) -> bytes:
        """Return at most `size` bytes; fewer only at the end of the file.

        Raises:
            FileNotFoundError: There is no such file.
        """
        with self._lock:
            if self._is_closed:
                return b""
            if self._descriptor is None:
                self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            return os.pread(self._descriptor, size, start)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._is_closed = True
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None


def link(source: Path, target: Path, durability: Durability) -> int:
    """Give a file a second name, or copy it where the file system cannot; return its size."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        _copy(source, target, durability)
    return target.stat().st_size


def _copy(source: Path, target: Path, durability: Durability) -> None:
    shutil.copyfile(source, target)
    if durability == "full":
        with target.open("rb") as copy:
            os.fsync(copy.fileno())


def move(source: Path, target: Path, durability: Durability) -> None:
    """Rename a file or directory into a directory that is made when missing; only that."""
    try:
        source.rename(target)
    except FileNotFoundError:
        target.parent.mkdir(exist_ok=True)
        if durability == "full":
            sync_directory(target.parent.parent)
        source.rename(target)
    if durability == "full":
        sync_directory(target.parent)


def sync_directory(path: Path) -> None:
    """Make the names in a directory survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
