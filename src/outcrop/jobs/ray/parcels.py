"""Folders as archives that travel in pieces."""

import os
import stat
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

PIECE_BYTES = 8 << 20
Snapshot: TypeAlias = Mapping[str, tuple[int, int]]
"""When the files of a folder changed (nanoseconds since 1970) and their sizes, by path."""


class CannotSendError(Exception):
    """A folder holds what can be used on its own machine alone; the message names it."""


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the regular files and the links of a folder as they are."""
    found: dict[str, tuple[int, int]] = {}
    for path, status in _entries(folder):
        if stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode):
            found[str(path.relative_to(folder))] = (status.st_mtime_ns, status.st_size)
    return found


def pack_all(folder: Path, archive: Path) -> None:
    """Write a folder, with all that is in it, to an archive.

    Raises:
        CannotSendError: There is a named pipe or a socket.
    """
    with tarfile.open(archive, "w", dereference=False) as file:
        for path, status in _entries(folder):
            if stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode):
                raise CannotSendError(f"{path.name} is a pipe, which leads to this machine alone.")
            file.add(path, str(path.relative_to(folder)), recursive=False)


def pack(folder: Path, names: Iterator[str], archive: Path) -> None:
    """Write some of a folder's files to an archive; those that have gone are left out."""
    with tarfile.open(archive, "w", dereference=False) as file:
        for name in names:
            try:
                file.add(folder / name, name, recursive=False)
            except FileNotFoundError:
                continue


def unpack(archive: Path, folder: Path) -> None:
    """Write an archive's files to a folder, never outside of it; links to elsewhere are refused."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as file:
        for entry in file:
            try:
                file.extract(entry, folder, filter="data")
            except tarfile.FilterError:  # A program may link to whatever it likes.
                continue


def pieces(archive: Path) -> Iterator[bytes]:
    """Give an archive piece by piece."""
    with archive.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _entries(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for root, folders, names in os.walk(folder, followlinks=False):
        for name in sorted((*folders, *names)):
            path = Path(root, name)
            try:
                yield path, path.lstat()
            except FileNotFoundError:  # It has gone meanwhile.
                continue
