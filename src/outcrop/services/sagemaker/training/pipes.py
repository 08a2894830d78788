"""Channels in Pipe mode: named pipes, one for each epoch, that are filled from S3 as they are read.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
"""

import asyncio
import contextlib
import errno
import itertools
import json
import os
import stat
import zlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, cast

from outcrop.aws.errors import ServiceError
from outcrop.aws.user_json import read_json
from outcrop.services.sagemaker.running.downloads import decompressed
from outcrop.services.sagemaker.running.errors import JobFailedError
from outcrop.services.sagemaker.running.files import JobFiles, S3Place
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.running.left_files import LeftFolder
from outcrop.services.sagemaker.running.objects import no_objects, objects_of
from outcrop.services.sagemaker.training.line_file import LineFile
from outcrop.services.sagemaker.training.record_io import TooLongRecordError, record

LOOK_SECONDS = 0.05
"""Between looks for somebody who reads."""
FOLDER = "input/data"
AUGMENTED = "AugmentedManifestFile"


async def prepare(work: Work, channel: Mapping[str, Any]) -> None:
    """Keep a channel's list of objects, which all epochs go through, and make the first pipes.

    Raises:
        JobFailedError: There are none, or they may not be read.
    """
    source = channel["DataSource"]["S3DataSource"]
    path = list_path(work.files, channel)
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
    lines = _manifest_bytes if source["S3DataType"] == AUGMENTED else _object_lines
    try:
        with path.open("wb") as file:
            async for piece in lines(work, source):
                await asyncio.to_thread(file.write, piece)
    except ServiceError as error:
        raise JobFailedError(
            f"ClientError: Data download failed for channel {channel['ChannelName']}: {error}"
        ) from error
    if not len(await asyncio.to_thread(LineFile, path)):
        raise no_objects(work.call, source)
    for host in work.hosts:
        folder = work.files.instance(host) / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.mkfifo(folder / _name(channel, 0))


def list_path(files: JobFiles, channel: Mapping[str, Any]) -> Path:
    """Return where a channel's list of objects is kept."""
    return files.folder / "channels" / f"{channel['ChannelName']}.list"


async def _object_lines(work: Work, source: Mapping[str, Any]) -> AsyncIterator[bytes]:
    async for bucket, key, _ in objects_of(work.call, source):
        yield json.dumps([bucket, key]).encode() + b"\n"


async def _manifest_bytes(work: Work, source: Mapping[str, Any]) -> AsyncIterator[bytes]:
    place = S3Place.of(source["S3Uri"])
    async for chunk in await work.call.objects.open(place.bucket, place.prefix):
        yield chunk


class PipeFeeder:
    """Fills the pipes of one channel for one instance, epoch after epoch."""

    def __init__(self, work: Work, channel: Mapping[str, Any], host: str) -> None:
        source = channel["DataSource"]["S3DataSource"]
        self._objects = work.call.objects
        self._channel = channel
        self._attributes: list[str] = source.get("AttributeNames", [])
        self._is_augmented = source["S3DataType"] == AUGMENTED
        self._list = list_path(work.files, channel)
        is_sharded = source.get("S3DataDistributionType") == "ShardedByS3Key"
        self._part = work.hosts.index(host) if is_sharded else 0
        self._parts = len(work.hosts) if is_sharded else 1
        self._folder = LeftFolder(work.files.instance(host), FOLDER)

    async def feed(self) -> None:
        """Fill one pipe after another, until this is cancelled.

        Raises:
            JobFailedError: An object is not there, or cannot be sent so.
        """
        lines = await asyncio.to_thread(LineFile, self._list)
        try:
            folder = self._folder.open_directory()
            try:
                for epoch in itertools.count():
                    await self._feed_epoch(folder, lines, epoch)
            finally:
                os.close(folder)
        except OSError as error:
            name = _name(self._channel, 0)
            raise JobFailedError(f"AlgorithmError: The pipe {name} was replaced.") from error
        except (ServiceError, TooLongRecordError, ValueError, zlib.error) as error:
            name = self._channel["ChannelName"]
            raise JobFailedError(
                f"ClientError: Data download failed for channel {name}: {error}"
            ) from error

    async def _feed_epoch(self, folder: int, lines: LineFile, epoch: int) -> None:
        """Fill one pipe; a reader who closes it early has had enough of this epoch."""
        pipe = await _opened(_name(self._channel, epoch), folder)
        with contextlib.suppress(FileExistsError):  # It is to be there when this one ends.
            os.mkfifo(_name(self._channel, epoch + 1), dir_fd=folder)
        seed = ""
        if (shuffle := self._channel.get("ShuffleConfig")) is not None:
            seed = f"{shuffle['Seed']}/{epoch}"
        try:
            for line in lines.lines(seed=seed, part=self._part, parts=self._parts):
                async for chunk in self._content(line):
                    await _write(pipe, chunk)
        except BrokenPipeError:
            pass
        finally:
            os.close(pipe)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(_name(self._channel, epoch), dir_fd=folder)

    async def _content(self, line: bytes) -> AsyncIterator[bytes]:
        if self._is_augmented:
            async for chunk in self._attribute_records(read_json(line)):
                yield chunk
            return
        bucket, key = read_json(line)
        size, chunks = await self._objects.open_sized(bucket, key)
        if self._channel.get("CompressionType") == "Gzip":
            chunks = decompressed(chunks)
        if self._channel.get("RecordWrapperType") == "RecordIO":
            chunks = record(size, chunks)
        async for chunk in chunks:
            yield chunk

    async def _attribute_records(self, entry: Any) -> AsyncIterator[bytes]:
        """Give the records of a line of an augmented manifest: one for each attribute, in order."""
        known = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
        for name in self._attributes:
            if name not in known:
                raise ValueError(f"A line of the manifest has no attribute {name}.")
            value = known[name]
            if name.endswith("-ref"):
                place = S3Place.of(str(value))
                size, chunks = await self._objects.open_sized(place.bucket, place.prefix)
            else:
                text = value if isinstance(value, str) else json.dumps(value)
                size, chunks = len(text.encode()), _one(text.encode())
            async for chunk in record(size, chunks):
                yield chunk


def _name(channel: Mapping[str, Any], epoch: int) -> str:
    return f"{channel['ChannelName']}_{epoch}"


async def _opened(name: str, folder: int) -> int:
    """Wait for a reader of a pipe and return its other end.

    Raises:
        OSError: It is no pipe any more.
    """
    flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    while True:
        try:
            pipe = os.open(name, flags, dir_fd=folder)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
        else:
            if stat.S_ISFIFO(os.fstat(pipe).st_mode):
                return pipe
            os.close(pipe)
            raise FileNotFoundError(name)
        await asyncio.sleep(LOOK_SECONDS)


async def _one(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _write(pipe: int, data: bytes) -> None:
    """Write all of some bytes to a pipe, as fast as it is read."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(pipe, rest) :]
        except BlockingIOError:
            await _until_writable(pipe)


async def _until_writable(pipe: int) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_writer(pipe, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_writer(pipe)
