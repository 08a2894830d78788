"""What the directory store does beyond the promises of blob stores."""

import asyncio
import os
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from outcrop.storage.blobs.directory import DirectoryBlobSettings, DirectoryBlobStore
from outcrop.storage.blobs.files import link
from outcrop.storage.schema import NewerSchemaError
from outcrop.storage.sqlite_file import connect_to_write

pytestmark = pytest.mark.anyio

MIB = 1024 * 1024


async def content(blobs: DirectoryBlobStore, blob_id: str) -> bytes:
    return b"".join([chunk async for chunk in blobs.read(blob_id)])


async def repeated(chunk: bytes, times: int) -> AsyncIterator[bytes]:
    for _ in range(times):
        yield chunk


async def test_what_was_half_written_is_deleted_at_the_start(tmp_path: Path):
    await (await DirectoryBlobStore.open(tmp_path)).close()
    (tmp_path / "unfinished" / "file").write_bytes(b"half")
    (tmp_path / "unfinished" / "joined").mkdir()
    (tmp_path / "unfinished" / "joined" / "000000").write_bytes(b"half")

    blobs = await DirectoryBlobStore.open(tmp_path)

    assert list((tmp_path / "unfinished").iterdir()) == []
    assert [blob_id async for blob_id in blobs.ids()] == []
    await blobs.close()


async def test_a_second_store_leaves_the_writes_of_the_first_alone(tmp_path: Path):
    first = await DirectoryBlobStore.open(tmp_path)
    has_begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"a" * MIB
        yield b"b"
        has_begun.set()
        await may_end.wait()
        yield b"c"

    writing = asyncio.ensure_future(first.write(slow()))
    await has_begun.wait()

    second = await DirectoryBlobStore.open(tmp_path)
    may_end.set()
    blob = await writing

    assert await content(second, blob.id) == b"a" * MIB + b"bc"
    await first.close()
    await second.close()


async def test_small_blobs_have_no_file_and_larger_ones_do(tmp_path: Path):
    settings = DirectoryBlobSettings(most_small_bytes=10)
    blobs = await DirectoryBlobStore.open(tmp_path, settings)
    small, large = await blobs.write(b"0123456789"), await blobs.write(b"0123456789a")

    assert blobs.path(small.id) is None
    path = blobs.path(large.id)
    assert path is not None
    assert path.read_bytes() == b"0123456789a"
    await blobs.close()


async def test_a_copy_shares_the_bytes_of_its_source(tmp_path: Path):
    blobs = await DirectoryBlobStore.open(tmp_path)
    source = await blobs.write(b"a" * MIB)

    copy = await blobs.join([source.id])

    paths = [blobs.path(source.id), blobs.path(copy.id)]
    assert copy.id != source.id
    assert len({path.stat().st_ino for path in paths if path}) == 1
    await blobs.close()


def test_where_a_link_is_impossible_bytes_are_copied(tmp_path: Path):
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs two file systems")
    source = elsewhere / f"outcrop-test-{os.getpid()}"
    source.write_bytes(b"a" * MIB)

    try:
        size = link(source, tmp_path / "copy", "full")
    finally:
        source.unlink()

    assert size == MIB
    assert (tmp_path / "copy").read_bytes() == b"a" * MIB


async def test_nothing_but_blobs_counts_as_a_blob(tmp_path: Path):
    blobs = await DirectoryBlobStore.open(tmp_path)
    blob = await blobs.write(b"a" * MIB)
    path = blobs.path(blob.id)
    assert path is not None
    (path.parent / "notes.txt").write_text("not a blob")
    (tmp_path / "files" / "notes.txt").write_text("not a shard")

    assert [blob_id async for blob_id in blobs.ids()] == [blob.id]
    await blobs.close()


async def test_writing_without_fsync_keeps_all_other_promises(tmp_path: Path):
    settings = DirectoryBlobSettings(durability="process")
    first = await DirectoryBlobStore.open(tmp_path, settings)
    written = [await first.write(b"a" * size) for size in (10, MIB)]
    joined = await first.join([blob.id for blob in written])
    await first.close()

    second = await DirectoryBlobStore.open(tmp_path, settings)

    assert [await content(second, blob.id) for blob in written] == [b"a" * 10, b"a" * MIB]
    assert await content(second, joined.id) == b"a" * (MIB + 10)
    await second.close()


async def test_memory_does_not_grow_with_a_blob(tmp_path: Path):
    settings = DirectoryBlobSettings(durability="process")
    blobs = await DirectoryBlobStore.open(tmp_path, settings)
    chunk = bytes(64 * 1024)

    tracemalloc.start()
    blob = await blobs.write(repeated(chunk, 1600))
    joined = await blobs.join([blob.id] * 100)
    read = 0
    async for piece in blobs.read(joined.id, start=99 * blob.size):
        read += len(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert blob.size == read == 100 * MIB
    assert joined.size == 10_000 * MIB
    assert peak < 8 * MIB
    await blobs.close()


async def test_a_directory_of_a_newer_schema_is_refused(tmp_path: Path):
    await (await DirectoryBlobStore.open(tmp_path)).close()
    connection = connect_to_write(tmp_path / "small.sqlite")
    connection.execute("UPDATE schema_version SET version = 7")
    connection.close()

    with pytest.raises(NewerSchemaError, match="schema version 7"):
        await DirectoryBlobStore.open(tmp_path)
