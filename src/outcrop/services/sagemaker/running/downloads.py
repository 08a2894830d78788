"""The data of a job, from S3 to files.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
"""

import asyncio
import contextlib
import shutil
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.services.sagemaker.running.errors import JobFailedError
from outcrop.services.sagemaker.running.objects import objects_of

PIECE_BYTES = 1 << 20
GZIP_WINDOW = zlib.MAX_WBITS | 16


async def download(
    call: Call,
    source: Mapping[str, Any],
    *,
    folders: Sequence[Path],
    is_gzip: bool = False,
    may_link: bool = False,
    what: str,
) -> int:
    """Write a source's objects to files: each folder gets all of them, or its part.

    Args:
        call: May read the objects.
        source: `S3Uri`, `S3DataType` and perhaps `S3DataDistributionType`.
        folders: Emptied before.
        is_gzip: The objects are to be decompressed.
        may_link: The files are never written to: they may be the objects' own (FastFile).
        what: The source's name in messages: `channel train`.

    Returns:
        How many objects there are.

    Raises:
        JobFailedError: They may not be read.
    """
    for folder in folders:
        await asyncio.to_thread(_empty, folder)
    is_sharded = source.get("S3DataDistributionType") == "ShardedByS3Key"
    number = 0
    try:
        async for bucket, key, path in objects_of(call, source):
            takers = [folders[number % len(folders)]] if is_sharded else folders
            targets = [await asyncio.to_thread(_target, folder, path) for folder in takers]
            number += 1
            if may_link and not is_gzip and await call.objects.link(bucket, key, targets[0]):
                for target in targets[1:]:
                    target.hardlink_to(targets[0])
                continue
            chunks = await call.objects.open(bucket, key)
            await _write(targets, decompressed(chunks) if is_gzip else chunks)
    except (ServiceError, zlib.error) as error:
        raise JobFailedError(f"ClientError: Data download failed for {what}: {error}") from error
    return number


async def decompressed(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give what a file in gzip's format holds, piece by piece, however small it was packed.

    Such a file may have several members, one after the other.

    Raises:
        zlib.error: It has no such format, or breaks off.
    """
    member = zlib.decompressobj(GZIP_WINDOW)
    async for chunk in chunks:
        rest = chunk.lstrip(b"\0") if member.eof else chunk
        while rest:
            if member.eof:
                member = zlib.decompressobj(GZIP_WINDOW)
            yield await asyncio.to_thread(member.decompress, rest, PIECE_BYTES)
            # Zeros may fill up the last block.
            rest = member.unused_data.lstrip(b"\0") if member.eof else member.unconsumed_tail
    yield member.flush()
    if not member.eof:
        raise zlib.error("the compressed file breaks off")


def _target(folder: Path, path: str) -> Path:
    """Return the path of a new file in a folder, whose own folder is there."""
    if Path(path).is_absolute() or ".." in Path(path).parts:
        raise JobFailedError(f"ClientError: Data download failed:The key {path} leaves its folder.")
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


async def _write(targets: Sequence[Path], chunks: AsyncIterator[bytes]) -> None:
    with contextlib.ExitStack() as opened:
        files = [opened.enter_context(target.open("wb")) for target in targets]
        async for chunk in chunks:
            for file in files:
                await asyncio.to_thread(file.write, chunk)


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
