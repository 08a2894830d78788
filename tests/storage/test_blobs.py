"""What every blob store promises."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeAlias, cast

import pytest

from outcrop.storage.blobs.interface import BlobNotFoundError, BlobStore
from outcrop.storage.blobs.sweep import sweep

pytestmark = pytest.mark.anyio

OpenBlobs: TypeAlias = Callable[..., Awaitable[BlobStore]]

KIB = 1024
MIB = 1024 * KIB
SIZES = [0, 1, KIB, 64 * KIB, 64 * KIB + 1, MIB, MIB + 1, 9 * MIB]


def random_bytes(size: int, seed: int = 0) -> bytes:
    return Random(seed).randbytes(size)


async def stream(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def broken_stream(body: bytes) -> AsyncIterator[bytes]:
    yield body
    raise ConnectionResetError("the client went away")


def cut(body: bytes, size: int) -> AsyncIterator[bytes]:
    return stream(body[start : start + size] for start in range(0, len(body), size))


async def content(blobs: BlobStore, blob_id: str, **arguments: Any) -> bytes:
    return b"".join([chunk async for chunk in blobs.read(blob_id, **arguments)])


async def ids(blobs: BlobStore, **arguments: Any) -> set[str]:
    return {blob_id async for blob_id in blobs.ids(**arguments)}


@pytest.mark.parametrize("size", SIZES)
async def test_bytes_come_back(blobs: BlobStore, size: int):
    body = random_bytes(size)

    blob = await blobs.write(body)

    assert blob.size == size
    assert await content(blobs, blob.id) == body


@pytest.mark.parametrize("size", SIZES)
async def test_streams_come_back(blobs: BlobStore, size: int):
    body = random_bytes(size)

    blob = await blobs.write(cut(body, 100_000))

    assert blob.size == size
    assert await content(blobs, blob.id) == body


async def test_a_stream_may_hold_empty_chunks(blobs: BlobStore):
    blob = await blobs.write(stream([b"", b"a", b"", b"b", b""]))

    assert await content(blobs, blob.id) == b"ab"


async def test_blobs_are_read_in_chunks(blobs: BlobStore):
    blob = await blobs.write(random_bytes(9 * MIB))

    sizes = [len(chunk) async for chunk in blobs.read(blob.id)]

    assert max(sizes) <= MIB
    assert sum(sizes) == 9 * MIB


@pytest.mark.parametrize("size", [100, 3 * MIB])
@pytest.mark.parametrize(
    ("start", "stop"),
    [(0, 10), (10, 20), (50, None), (99, 100), (50, 50), (60, 50), (0, 99), (20, 10**9)],
)
async def test_a_range_can_be_read(blobs: BlobStore, size: int, start: int, stop: int | None):
    body = random_bytes(size)
    blob = await blobs.write(body)

    assert await content(blobs, blob.id, start=start, stop=stop) == body[start:stop]


async def test_a_range_may_span_chunks(blobs: BlobStore):
    body = random_bytes(3 * MIB)
    blob = await blobs.write(body)

    ranged = await content(blobs, blob.id, start=MIB - 5, stop=2 * MIB + 5)

    assert ranged == body[MIB - 5 : 2 * MIB + 5]


@pytest.mark.parametrize("size", [0, 100, 3 * MIB])
async def test_beyond_the_end_there_is_nothing(blobs: BlobStore, size: int):
    blob = await blobs.write(random_bytes(size))

    assert await content(blobs, blob.id, start=size) == b""
    assert await content(blobs, blob.id, start=size + 1, stop=size + 2) == b""


@pytest.mark.parametrize("size", [100, 3 * MIB])
async def test_a_deleted_blob_is_gone(blobs: BlobStore, size: int):
    blob = await blobs.write(random_bytes(size))
    other = await blobs.write(b"other")

    await blobs.delete(blob.id)
    await blobs.delete(blob.id)

    with pytest.raises(BlobNotFoundError):
        await content(blobs, blob.id)
    with pytest.raises(BlobNotFoundError):
        await content(blobs, blob.id, start=10, stop=10)
    assert blobs.path(blob.id) is None
    assert await ids(blobs) == {other.id}


@pytest.mark.parametrize("blob_id", ["", "nothing", "../../etc/passwd", "f" + "0" * 34])
async def test_what_was_never_written_is_not_found(blobs: BlobStore, blob_id: str):
    with pytest.raises(BlobNotFoundError):
        await content(blobs, blob_id)
    with pytest.raises(BlobNotFoundError):
        await blobs.join([blob_id])
    assert blobs.path(blob_id) is None
    await blobs.delete(blob_id)


@pytest.mark.parametrize("size", [100, MIB, 9 * MIB])
async def test_an_error_in_the_stream_leaves_nothing_behind(blobs: BlobStore, size: int):
    with pytest.raises(ConnectionResetError, match="the client went away"):
        await blobs.write(broken_stream(random_bytes(size)))

    assert await ids(blobs) == set()


@pytest.mark.parametrize("size", [100, MIB, 9 * MIB])
async def test_a_cancelled_write_leaves_nothing_behind(blobs: BlobStore, size: int):
    has_sent = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield random_bytes(size)
        yield b"more"
        has_sent.set()
        await asyncio.Event().wait()

    writing = asyncio.ensure_future(blobs.write(endless()))
    await has_sent.wait()
    writing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await ids(blobs) == set()


JOINS = [
    [],
    [100],
    [100, 0, 200],
    [40 * KIB, 40 * KIB],
    [3 * MIB],
    [3 * MIB, 2 * MIB],
    [6 * MIB, 5 * MIB, 100],
    [100, 6 * MIB, 100, 100, 6 * MIB, MIB],
]


@pytest.mark.parametrize("sizes", JOINS, ids=str)
async def test_blobs_can_be_joined(blobs: BlobStore, sizes: list[int]):
    bodies = [random_bytes(size, seed) for seed, size in enumerate(sizes)]
    parts = [await blobs.write(body) for body in bodies]

    joined = await blobs.join([part.id for part in parts])
    for part in parts:
        await blobs.delete(part.id)

    whole = b"".join(bodies)
    assert joined.size == len(whole)
    assert await content(blobs, joined.id) == whole
    assert await ids(blobs) == {joined.id}


async def test_a_joined_blob_has_ranges(blobs: BlobStore):
    bodies = [random_bytes(size, size) for size in (6 * MIB, 100, 0, 5 * MIB)]
    whole = b"".join(bodies)
    joined = await blobs.join([(await blobs.write(body)).id for body in bodies])

    random = Random(1)
    edges = [0, 6 * MIB, 6 * MIB + 100, len(whole)]
    for _ in range(20):
        start = max(0, random.choice(edges) + random.randint(-200, 200))
        stop = random.choice([None, start + random.randint(0, 300), random.choice(edges)])
        assert await content(blobs, joined.id, start=start, stop=stop) == whole[start:stop]


async def test_a_joined_blob_can_be_joined(blobs: BlobStore):
    bodies = [random_bytes(size, size) for size in (6 * MIB, 5 * MIB)]
    parts = [await blobs.write(body) for body in bodies]
    first = await blobs.join([part.id for part in parts])

    second = await blobs.join([first.id, first.id])
    for blob in [*parts, first]:
        await blobs.delete(blob.id)

    assert await content(blobs, second.id) == b"".join(bodies) * 2
    assert await ids(blobs) == {second.id}


@pytest.mark.parametrize("size", [100, MIB])
async def test_joining_with_a_blob_that_is_gone_leaves_nothing_behind(blobs: BlobStore, size: int):
    there, gone = await blobs.write(random_bytes(size)), await blobs.write(random_bytes(size))
    await blobs.delete(gone.id)

    with pytest.raises(BlobNotFoundError):
        await blobs.join([there.id, gone.id])

    assert await ids(blobs) == {there.id}


@pytest.mark.parametrize("sizes", [[3 * MIB], [6 * MIB, 5 * MIB]], ids=str)
async def test_a_reading_that_has_begun_outlives_the_blob(blobs: BlobStore, sizes: list[int]):
    bodies = [random_bytes(size, size) for size in sizes]
    parts = [await blobs.write(body) for body in bodies]
    joined = await blobs.join([part.id for part in parts])

    reading = blobs.read(joined.id)
    chunks = [await anext(reading)]
    for blob in [*parts, joined]:
        await blobs.delete(blob.id)
    chunks += [chunk async for chunk in reading]

    assert b"".join(chunks) == b"".join(bodies)
    assert await ids(blobs) == set()
    with pytest.raises(BlobNotFoundError):
        await content(blobs, joined.id)


async def test_a_reading_may_end_early(blobs: BlobStore):
    blob = await blobs.write(random_bytes(9 * MIB))

    # `read` gives an async generator, which a server closes when its client goes away.
    async with aclosing(cast("Any", blobs.read(blob.id))) as reading:
        first = await anext(reading)

    assert random_bytes(9 * MIB).startswith(first)


async def test_a_path_leads_to_the_whole_blob_or_is_none(blobs: BlobStore):
    body = random_bytes(3 * MIB)
    one = await blobs.write(body)
    copy = await blobs.join([one.id])
    joined = await blobs.join([one.id, one.id])

    for blob, expected in ((one, body), (copy, body), (joined, body * 2)):
        path = blobs.path(blob.id)
        assert path is None or path.read_bytes() == expected


async def test_many_writers_and_readers_at_once(blobs: BlobStore):
    bodies = [random_bytes(size, size) for size in range(0, 2 * MIB, 100_000)]

    written = await asyncio.gather(*(blobs.write(cut(body, 300_000)) for body in bodies))
    read = await asyncio.gather(*(content(blobs, blob.id) for blob in written))

    assert read == bodies
    assert await ids(blobs) == {blob.id for blob in written}


async def test_blobs_are_there_after_opening_again(open_blobs: OpenBlobs):
    first = await open_blobs()
    bodies = [random_bytes(size, size) for size in (100, 6 * MIB)]
    parts = [await first.write(body) for body in bodies]
    joined = await first.join([part.id for part in reversed(parts)])
    await first.close()

    second = await open_blobs()

    assert [await content(second, part.id) for part in parts] == bodies
    assert await content(second, joined.id) == bodies[1] + bodies[0]
    assert await ids(second) == {joined.id, *(part.id for part in parts)}
    await second.close()


async def test_ids_can_be_limited_to_the_old(open_blobs: OpenBlobs):
    noon = datetime(2026, 11, 1, 12, tzinfo=UTC)
    clock = iter([noon + timedelta(minutes=minute) for minute in range(20)])
    blobs = await open_blobs(now=lambda: next(clock))
    start = next(clock)
    written = [await blobs.write(random_bytes(size)) for size in (10, MIB, 20, 6 * MIB)]

    old = await ids(blobs, written_before=start + timedelta(minutes=3, seconds=1))

    assert len(old) in (2, 3)  # one store asks its clock once more, when it opens
    assert old == {blob.id for blob in written[: len(old)]}
    await blobs.close()


async def test_a_sweep_deletes_old_blobs_that_nobody_names(blobs: BlobStore):
    bodies = [random_bytes(size, size) for size in (10, 20, MIB, MIB + 1)]
    written = [await blobs.write(body) for body in bodies]
    later = datetime.now(UTC) + timedelta(days=2)

    swept = await sweep(blobs, {written[0].id}, {written[2].id, "gone already"}, now=lambda: later)

    assert set(swept) == {written[1].id, written[3].id}
    assert await ids(blobs) == {written[0].id, written[2].id}


async def test_a_sweep_spares_the_young(blobs: BlobStore):
    blob = await blobs.write(b"its record is on the way")

    assert await sweep(blobs, set()) == []

    assert await ids(blobs) == {blob.id}
