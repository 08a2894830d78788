"""A file that is still arriving, kept between runs."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Protocol

from outcrop.weights.catalog import WeightsFile

CHUNK_BYTES = 1 << 20


class Hash(Protocol):
    """A hash of `hashlib` that grows."""

    def update(self, data: bytes, /) -> None:
        """Add bytes."""
        ...

    def hexdigest(self) -> str:
        """Return the hash of all bytes so far."""
        ...


class PartialFile:
    """Bytes that have arrived so far, hashed as they come.

    Beside the bytes lies a list of the offsets at which whole parts end, for sources that can
    only resume there. Bytes are named by what they must become (its sha256), so another source of
    the same file goes on where the first one stopped.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ends_path = path.with_name(f"{path.name}.parts")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab")
        self.size = self._file.tell()
        """How many bytes are there."""
        self._part_ends = [end for end in self._read_ends() if end <= self.size]
        self._hasher = self._hash_file()

    @property
    def whole_parts(self) -> int:
        """How many parts have arrived whole."""
        return len(self._part_ends)

    @property
    def sha256(self) -> str:
        """Of the bytes that are there."""
        return self._hasher.hexdigest()

    def append(self, chunk: bytes) -> None:
        """Add bytes at the end."""
        self._file.write(chunk)
        self._hasher.update(chunk)
        self.size += len(chunk)

    def end_part(self) -> None:
        """Remember that a part is whole, once its bytes are safe on the disk."""
        self.sync()
        self._part_ends.append(self.size)
        scratch = self._ends_path.with_name(f"{self._ends_path.name}.new")
        scratch.write_text(json.dumps(self._part_ends), encoding="utf-8")
        scratch.replace(self._ends_path)

    def drop_broken_part(self) -> None:
        """Cut off what came after the last whole part."""
        self.truncate(self._part_ends[-1] if self._part_ends else 0)

    def truncate(self, size: int) -> None:
        """Cut the file to a size, and forget the parts that ended later."""
        if size == self.size:
            return
        self._file.truncate(size)
        self.size = self._file.seek(0, os.SEEK_END)
        self._part_ends = [end for end in self._part_ends if end <= size]
        self._hasher = self._hash_file()

    def sync(self) -> None:
        """Make the bytes safe on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def discard(self) -> None:
        """Delete what has arrived."""
        self._file.close()
        self.path.unlink(missing_ok=True)
        self._ends_path.unlink(missing_ok=True)

    def __enter__(self) -> "PartialFile":
        return self

    def __exit__(self, *_error: object) -> None:
        """Let go of the file, and leave it for the next run."""
        if not self._file.closed:
            self.sync()
            self._file.close()

    def _read_ends(self) -> list[int]:
        try:
            return json.loads(self._ends_path.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return []

    def _hash_file(self) -> Hash:
        self._file.flush()
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256")


def is_whole(path: Path, file: WeightsFile) -> bool:
    """Tell whether a file is in its place, by its size: what is placed was checked before."""
    return path.is_file() and path.stat().st_size == file.size


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, in lowercase hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def place(source: Path, target: Path) -> None:
    """Rename a file to its final path so that neither a crash nor a reader sees half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file:
        os.fsync(file.fileno())
    source.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def copy_placed(source: Path, target: Path) -> None:
    """Copy a file to its final path, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, scratch)
    place(scratch, target)
