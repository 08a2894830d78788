"""What the S3 store does beyond the promises of blob stores."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from outcrop.storage.blobs.ids import new_id
from outcrop.storage.blobs.s3 import S3BlobStore
from outcrop.storage.blobs.s3_address import S3Address
from outcrop.storage.blobs.s3_upload import part_bytes

pytestmark = pytest.mark.anyio

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("s3://bucket", S3Address(bucket="bucket")),
        ("s3://bucket/", S3Address(bucket="bucket")),
        ("s3://bucket/a/b/", S3Address(bucket="bucket", prefix="a/b/")),
        (
            "s3://bucket/a?endpoint_url=http%3A%2F%2F127.0.0.1%3A9000&region=eu-west-1",
            S3Address(
                bucket="bucket",
                prefix="a/",
                endpoint_url="http://127.0.0.1:9000",
                region="eu-west-1",
                addressing_style="path",
            ),
        ),
        (
            "s3://bucket?endpoint_url=https://s3.example.com&addressing_style=virtual",
            S3Address(
                bucket="bucket",
                endpoint_url="https://s3.example.com",
                addressing_style="virtual",
            ),
        ),
    ],
)
def test_urls_name_a_place_in_a_bucket(url: str, address: S3Address):
    assert S3Address.parse(url) == address


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://bucket/prefix", "not the URL of a bucket"),
        ("s3:///prefix", "not the URL of a bucket"),
        ("s3://bucket?endpoint=http://x", "unknown in .*: endpoint"),
        ("s3://bucket?addressing_style=odd", "it may be path, virtual or auto"),
    ],
)
def test_other_urls_are_refused(url: str, message: str):
    with pytest.raises(ValueError, match=message):
        S3Address.parse(url)


def test_ten_thousand_parts_hold_what_s3_can_hold_of_ours():
    sizes = [part_bytes(number) for number in range(1, 10_001)]

    assert sizes[0] == 8 * MIB
    assert sizes == sorted(sizes)
    assert sum(sizes) == 840_000 * MIB


async def test_a_missing_bucket_is_an_error(s3_url: str):
    with pytest.raises(ClientError, match="NoSuchBucket"):
        await S3BlobStore.open(s3_url.replace("s3://test-", "s3://missing-"))


async def test_blobs_lie_under_the_prefix(s3_server: Any, s3_url: str):
    blobs = await S3BlobStore.open(s3_url)
    blob = await blobs.write(b"hello")

    answer = s3_server.client.list_objects_v2(Bucket=urlsplit(s3_url).netloc)

    assert [listed["Key"] for listed in answer["Contents"]] == [f"blobs/{blob.id}"]
    await blobs.close()


async def test_only_old_unfinished_uploads_of_ours_are_aborted(s3_server: Any, s3_url: str):
    bucket = urlsplit(s3_url).netloc
    now = datetime(2026, 11, 10, tzinfo=UTC)
    old, young = (new_id("o", now - timedelta(days=days)) for days in (8, 6))
    keys = [f"blobs/{old}", f"blobs/{young}", "blobs/of-somebody-else", old]
    for key in keys:
        s3_server.client.create_multipart_upload(Bucket=bucket, Key=key)

    await (await S3BlobStore.open(s3_url, now=lambda: now)).close()

    answer = s3_server.client.list_multipart_uploads(Bucket=bucket)
    assert {upload["Key"] for upload in answer["Uploads"]} == set(keys[1:])
