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
from outcrop.aws.user_json import read_json
from outcrop.operations import Call
from outcrop.services.sagemaker.running.errors import JobFailedError
from outcrop.services.sagemaker.running.files import S3Place

GZIP_WINDOW = zlib.MAX_WBITS | 16


async def download(
    call: Call,
    source: Mapping[str, Any],
    *,
    folders: Sequence[Path],
    is_gzip: bool = False,
    what: str,
) -> None:
    """Write a source's objects to files: each folder gets all of them, or its part.

    Args:
        call: May read the objects.
        source: `S3Uri`, `S3DataType` and perhaps `S3DataDistributionType`.
        folders: Emptied before.
        is_gzip: The objects are to be decompressed.
        what: The source's name in messages: `channel train`.

    Raises:
        JobFailedError: There are none, or they may not be read.
    """
    for folder in folders:
        await asyncio.to_thread(_empty, folder)
    is_sharded = source.get("S3DataDistributionType") == "ShardedByS3Key"
    number = 0
    try:
        async for bucket, key, path in _objects(call, source):
            chunks = await call.objects.open(bucket, key)
            if is_gzip:
                chunks = _decompressed(chunks)
            takers = [folders[number % len(folders)]] if is_sharded else folders
            await _write(takers, path, chunks)
            number += 1
    except (ServiceError, zlib.error) as error:
        raise JobFailedError(f"ClientError: Data download failed for {what}: {error}") from error
    if not number:
        raise JobFailedError(
            f"ClientError: Data download failed:No S3 objects found under S3 URL"
            f' "{source["S3Uri"]}" given in input data source. Please ensure that the bucket'
            f" exists in the selected region ({call.region}), that objects exist under that S3"
            " prefix, and that the role may list the bucket."
        )


async def _objects(call: Call, source: Mapping[str, Any]) -> AsyncIterator[tuple[str, str, str]]:
    """Give the bucket and key of each object, and the path of its file."""
    place = S3Place.of(source["S3Uri"])
    if source["S3DataType"] == "ManifestFile":
        root, names = _manifest(await call.objects.read(place.bucket, place.prefix))
        for name in names:
            yield root.bucket, f"{root.prefix}{name}", name
        return
    async for key, _ in call.objects.keys(place.bucket, place.prefix):
        if not key.endswith("/"):
            yield place.bucket, key, relative_path(place.prefix, key)


def relative_path(prefix: str, key: str) -> str:
    """Return the path of a file below its channel's folder.

    The prefix `data/train` finds `data/train/a.csv`, whose path is `a.csv`, as well as
    `data/train-2.csv`, whose path is `train-2.csv`.
    """
    rest = key.removeprefix(prefix)
    if rest and (not prefix or prefix.endswith("/") or rest.startswith("/")):
        return rest.lstrip("/")
    return key[prefix.rfind("/") + 1 :]


def _manifest(content: bytes) -> tuple[S3Place, Sequence[str]]:
    """Return what the names of a manifest follow, and the names."""
    match _json(content):
        case [{"prefix": str() as prefix}, *names] if all(isinstance(it, str) for it in names):
            with contextlib.suppress(ValueError):
                return S3Place.of(prefix), names
        case _:
            pass
    raise JobFailedError(
        "ClientError: Data download failed:The manifest is no list of a prefix and keys."
    )


def _json(content: bytes) -> Any:
    try:
        return read_json(content)
    except ValueError:
        return None


async def _decompressed(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    decompressor = zlib.decompressobj(GZIP_WINDOW)
    async for chunk in chunks:
        yield await asyncio.to_thread(decompressor.decompress, chunk)
    yield decompressor.flush()


async def _write(folders: Sequence[Path], path: str, chunks: AsyncIterator[bytes]) -> None:
    if Path(path).is_absolute() or ".." in Path(path).parts:
        raise JobFailedError(f"ClientError: Data download failed:The key {path} leaves its folder.")
    targets = [folder / path for folder in folders]
    with contextlib.ExitStack() as opened:
        for target in targets:
            await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True)
        files = [opened.enter_context(target.open("wb")) for target in targets]
        async for chunk in chunks:
            for file in files:
                await asyncio.to_thread(file.write, chunk)


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
