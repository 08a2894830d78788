"""What programs leave below `/opt/ml`, read without following any link of theirs.

A program may still run, and put a link where a file was: each step of a path is taken by itself.
"""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

CHUNK_BYTES = 1 << 20
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""A named pipe does not keep who opens it waiting."""


@dataclass(frozen=True, slots=True)
class LeftFile:
    """A regular file below a folder."""

    path: str
    """Relative to the folder, its parts separated by slashes."""
    size: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class LeftFolder:
    """A folder that a program could have made."""

    root: Path
    """Which the program cannot replace: what an instance sees as `/opt/ml`."""
    path: str
    """Below it."""

    def files(self) -> list[LeftFile]:
        """Return the regular files within, by path; none if the folder is none."""
        try:
            directory = self.open_directory()
        except OSError:
            return []
        try:
            return sorted(_walk(directory), key=lambda file: file.path)
        finally:
            os.close(directory)

    def open_directory(self) -> int:
        """Return the folder itself, opened.

        Raises:
            OSError: It is none, or has gone.
        """
        return self._open(PurePosixPath(self.path))

    def open(self, path: str) -> BinaryIO:
        """Return a regular file within, opened.

        Raises:
            OSError: It is none, or has gone.
        """
        whole = PurePosixPath(self.path, path)
        directory = self._open(whole.parent)
        try:
            number = os.open(whole.name, _FILE, dir_fd=directory)
        finally:
            os.close(directory)
        if not stat.S_ISREG(os.fstat(number).st_mode):
            os.close(number)
            raise FileNotFoundError(path)
        return os.fdopen(number, "rb")

    def _open(self, path: PurePosixPath) -> int:
        number = os.open(self.root, _DIRECTORY)
        for part in path.parts:
            try:
                inner = os.open(part, _DIRECTORY, dir_fd=number)
            finally:
                os.close(number)
            number = inner
        return number


async def chunks_of(file: BinaryIO) -> AsyncIterator[bytes]:
    """Give a file's bytes piece by piece, and close it."""
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk


def _walk(directory: int) -> Iterator[LeftFile]:
    for folder, _, names, inside in os.fwalk(".", dir_fd=directory, follow_symlinks=False):
        for name in names:
            try:
                found = os.stat(name, dir_fd=inside, follow_symlinks=False)
            except FileNotFoundError:  # It has gone meanwhile.
                continue
            if stat.S_ISREG(found.st_mode):
                path = str(PurePosixPath(folder, name))
                yield LeftFile(path, found.st_size, found.st_mtime_ns)
