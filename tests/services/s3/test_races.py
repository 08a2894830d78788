"""What holds when many callers write the same keys at once: on real stores, without a server."""

import asyncio
import gc
import hashlib
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outcrop.aws.errors import ServiceError
from outcrop.operations.objects import as_chunks
from outcrop.services.s3 import object_store
from outcrop.services.s3.bucket import bucket_named, bucket_scope
from outcrop.services.s3.errors import PreconditionFailedError
from outcrop.services.s3.start_up import live_blobs, resume
from outcrop.storage.blobs.sweep import sweep
from outcrop.storage.records.interface import Create, Delete
from tests.services.s3.stores import ACCOUNT, Handlers, handlers

LARGE = 100_000
"""Bytes of a body that is a blob."""


@pytest.fixture
async def s3(tmp_path: Path) -> AsyncIterator[Handlers]:
    async with handlers(tmp_path) as opened:
        await opened("CreateBucket", Bucket="bucket")
        yield opened


async def read(s3: Handlers, key: str, *, bucket: str = "bucket", **arguments: Any) -> bytes:
    answer = await s3("GetObject", Bucket=bucket, Key=key, **arguments)
    return b"".join([chunk async for chunk in as_chunks(answer["Body"])])


async def enable_versioning(s3: Handlers) -> None:
    await s3("PutBucketVersioning", Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})


@pytest.mark.anyio
@pytest.mark.parametrize("size", [10, LARGE])
async def test_readers_see_whole_bodies_while_writers_overwrite_them(s3: Handlers, size: int):
    bodies = [bytes([letter]) * size for letter in b"abcdefgh"]
    await s3("PutObject", Bucket="bucket", Key="key", Body=bodies[0])

    async def write(body: bytes) -> None:
        for _ in range(5):
            await s3("PutObject", Bucket="bucket", Key="key", Body=body)

    async def look() -> None:
        for _ in range(20):
            assert await read(s3, "key") in bodies

    await asyncio.gather(*map(write, bodies), *(look() for _ in range(4)))

    current = await s3("HeadObject", Bucket="bucket", Key="key")
    body = await read(s3, "key")
    assert current["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'


@pytest.mark.anyio
@pytest.mark.parametrize("size", [10, 10_000, LARGE])
async def test_of_many_who_put_a_new_key_at_once_one_body_is_left(
    s3: Handlers, size: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("outcrop.services.s3.bodies.GRACE_SECONDS", 0)
    sent = [bytes([number]) * size for number in range(40)]

    answers = await asyncio.gather(
        *(s3("PutObject", Bucket="bucket", Key="key", Body=body) for body in sent)
    )

    tags = [answer["ETag"] for answer in answers]
    assert tags == [f'"{hashlib.md5(body).hexdigest()}"' for body in sent]
    assert (await s3("HeadObject", Bucket="bucket", Key="key"))["ETag"] in tags
    assert await read(s3, "key") in sent
    bodies = (await bucket_named(s3.call("GetObject"), "bucket")).scope("body")
    assert await s3.backends.records.count(bodies) == (size == 10_000)
    await asyncio.gather(*s3.backends.background._tasks.values())
    blobs = [blob_id async for blob_id in s3.backends.blobs.ids()]
    assert len(blobs) == (size == LARGE)


@pytest.mark.anyio
@pytest.mark.parametrize("size", [10, 10_000, LARGE])
async def test_an_object_of_which_nobody_knows_any_more_is_overwritten(
    s3: Handlers, size: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(object_store, "MOST_REMEMBERED", 1)
    await s3("PutObject", Bucket="bucket", Key="key", Body=b"1" * size, Metadata={"first": "yes"})
    await s3("PutObject", Bucket="bucket", Key="other", Body=b"o")

    await s3("PutObject", Bucket="bucket", Key="key", Body=b"2" * size)

    found = await s3("HeadObject", Bucket="bucket", Key="key")
    assert await read(s3, "key") == b"2" * size
    assert found["Metadata"] == {}
    bodies = (await bucket_named(s3.call("GetObject"), "bucket")).scope("body")
    assert await s3.backends.records.count(bodies) == (size == 10_000)
    assert len(await live_blobs(s3.backends)) == (size == LARGE)


@pytest.mark.anyio
async def test_a_put_whose_key_is_there_leaves_no_garbage(
    s3: Handlers, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(object_store, "MOST_REMEMBERED", 1)

    async def overwrite() -> None:
        for key in ("key", "other"):
            await s3("PutObject", Bucket="bucket", Key=key, Body=b"x")

    await overwrite()
    gc.collect()
    gc.disable()
    try:
        await overwrite()
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.anyio
async def test_one_of_many_writers_creates_an_object(s3: Handlers):
    async def create(number: int) -> str:
        try:
            await s3("PutObject", Bucket="bucket", Key="key", Body=b"%d" % number, IfNoneMatch="*")
        except ServiceError as error:
            return error.code
        return "created"

    outcomes = await asyncio.gather(*map(create, range(30)))

    assert sorted(outcomes) == ["PreconditionFailed"] * 29 + ["created"]


@pytest.mark.anyio
async def test_every_increment_by_etag_counts(s3: Handlers):
    await s3("PutObject", Bucket="bucket", Key="count", Body=b"0")

    async def increment() -> None:
        while True:
            answer = await s3("GetObject", Bucket="bucket", Key="count")
            count = int(answer["Body"])
            try:
                await s3(
                    "PutObject",
                    Bucket="bucket",
                    Key="count",
                    Body=b"%d" % (count + 1),
                    IfMatch=answer["ETag"],
                )
            except PreconditionFailedError:
                continue
            return

    await asyncio.gather(*(increment() for _ in range(20)))

    assert await read(s3, "count") == b"20"


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(5))
async def test_versions_stay_in_order_whatever_is_done_at_once(s3: Handlers, seed: int):
    await s3("PutObject", Bucket="bucket", Key="key", Body=b"before versioning")
    await enable_versioning(s3)
    chance = random.Random(seed)

    async def act(number: int) -> None:
        body = b"%d" % number * (1 if number % 2 else LARGE)
        match chance.choice(("put", "put", "delete", "delete a version")):
            case "put":
                await s3("PutObject", Bucket="bucket", Key="key", Body=body)
            case "delete":
                await s3("DeleteObject", Bucket="bucket", Key="key")
            case _:
                listed = await s3("ListObjectVersions", Bucket="bucket")
                found = [*listed["Versions"], *listed["DeleteMarkers"]]
                if found:
                    version = chance.choice(found)["VersionId"]
                    await s3("DeleteObject", Bucket="bucket", Key="key", VersionId=version)

    await asyncio.gather(*map(act, range(60)))

    listed = await s3("ListObjectVersions", Bucket="bucket")
    latest = [item for item in listed["Versions"] + listed["DeleteMarkers"] if item["IsLatest"]]
    assert len(latest) <= 1
    if latest and latest[0] in listed["Versions"]:
        head = await s3("HeadObject", Bucket="bucket", Key="key")
        assert head["VersionId"] == latest[0]["VersionId"]
        (item,) = (await s3("ListObjectsV2", Bucket="bucket"))["Contents"]
        assert item["ETag"] == latest[0]["ETag"]
    else:
        assert (await s3("ListObjectsV2", Bucket="bucket"))["KeyCount"] == 0
    for item in listed["Versions"]:
        body = await read(s3, "key", VersionId=item["VersionId"])
        assert f'"{hashlib.md5(body).hexdigest()}"' == item["ETag"]


@pytest.mark.anyio
async def test_nothing_is_left_of_what_is_deleted(s3: Handlers, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("outcrop.services.s3.bodies.GRACE_SECONDS", 0)
    await enable_versioning(s3)
    for size in (10, LARGE):
        await s3("PutObject", Bucket="bucket", Key="key", Body=b"x" * size)
        await s3("DeleteObject", Bucket="bucket", Key="key")
    listed = await s3("ListObjectVersions", Bucket="bucket")
    for item in listed["Versions"] + listed["DeleteMarkers"]:
        await s3("DeleteObject", Bucket="bucket", Key="key", VersionId=item["VersionId"])
    await s3("DeleteBucket", Bucket="bucket")

    await asyncio.gather(*s3.backends.background._tasks.values())

    assert await s3.backends.records.scopes(service="s3") == []
    assert [blob_id async for blob_id in s3.backends.blobs.ids()] == []


@pytest.mark.anyio
async def test_what_a_crash_leaves_is_swept_and_nothing_else(s3: Handlers):
    await s3("PutObject", Bucket="bucket", Key="kept", Body=b"k" * LARGE)
    await s3("PutObject", Bucket="bucket", Key="small", Body=b"s")
    upload = await s3("CreateMultipartUpload", Bucket="bucket", Key="begun")
    await s3(
        "UploadPart",
        Bucket="bucket",
        Key="begun",
        UploadId=upload["UploadId"],
        PartNumber=1,
        Body=b"p" * LARGE,
    )
    orphan = await s3.backends.blobs.write(b"o" * LARGE)

    swept = await sweep(s3.backends.blobs, await live_blobs(s3.backends), grace=timedelta(0))

    assert swept == [orphan.id]
    assert await read(s3, "kept") == b"k" * LARGE


@pytest.mark.anyio
async def test_records_of_a_bucket_that_is_gone_are_dropped_at_start(s3: Handlers):
    await s3("PutObject", Bucket="bucket", Key="key", Body=b"x")
    (record,) = await s3.backends.records.list(bucket_scope(ACCOUNT))
    await s3("CreateBucket", Bucket="other")
    await s3("PutObject", Bucket="other", Key="key", Body=b"kept")
    # As after a crash between the record of the bucket and those of what was put meanwhile.
    await s3.backends.records.write(Delete(scope=record.scope, name="bucket"))

    await resume(s3.backends)

    assert len(await s3.backends.records.scopes(service="s3", kind="object/")) == 1
    assert await read(s3, "key", bucket="other") == b"kept"


@pytest.mark.anyio
async def test_a_part_is_not_lost_among_many_that_come_at_once(s3: Handlers):
    upload = await s3("CreateMultipartUpload", Bucket="bucket", Key="big")
    arguments = {"Bucket": "bucket", "Key": "big", "UploadId": upload["UploadId"]}

    async def send(number: int) -> dict[str, Any]:
        body = bytes([number]) * (5 << 20 if number < 8 else 9)
        answer = await s3("UploadPart", **arguments, PartNumber=number, Body=body)
        return {"PartNumber": number, "ETag": answer["ETag"]}

    parts = await asyncio.gather(*map(send, range(1, 9)))
    await s3("CompleteMultipartUpload", **arguments, MultipartUpload={"Parts": parts})

    body = await read(s3, "big")
    assert [body[at * (5 << 20)] for at in range(8)] == list(range(1, 9))
    assert len(body) == 7 * (5 << 20) + 9


@pytest.mark.anyio
async def test_a_body_that_breaks_off_leaves_nothing(s3: Handlers):
    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * (2 << 20)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await s3("PutObject", Bucket="bucket", Key="key", Body=broken())

    assert (await s3("ListObjectsV2", Bucket="bucket"))["KeyCount"] == 0
    assert [blob_id async for blob_id in s3.backends.blobs.ids()] == []


@pytest.mark.anyio
async def test_a_common_prefix_is_passed_over_by_one_look(
    s3: Handlers, monkeypatch: pytest.MonkeyPatch
):
    bucket = await bucket_named(s3.call("ListObjectsV2"), "bucket")
    for folder in range(5):
        await s3.backends.records.write(
            *(
                Create(
                    scope=bucket.scope("object"),
                    name=f"{folder}/{number:05d}",
                    document={"modified": 0, "etag": ""},
                )
                for number in range(2000)
            )
        )
    reads: list[int] = []
    real = s3.backends.records.list

    async def counted(*arguments: Any, **options: Any) -> Any:
        found = await real(*arguments, **options)
        reads.append(len(found))
        return found

    monkeypatch.setattr(s3.backends.records, "list", counted)

    answer = await s3("ListObjectsV2", Bucket="bucket", Delimiter="/")

    assert [item["Prefix"] for item in answer["CommonPrefixes"]] == [f"{at}/" for at in range(5)]
    assert sum(reads) <= 25
