"""The stores that the contract suites run against."""

import os
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

import boto3
import pytest

from outcrop.storage.blobs.directory import DirectoryBlobStore
from outcrop.storage.blobs.interface import BlobStore
from outcrop.storage.blobs.s3 import S3BlobStore
from outcrop.storage.records.interface import RecordStore
from outcrop.storage.records.postgres import PostgresRecordStore
from outcrop.storage.records.sqlite import SqliteRecordStore
from tests.postgres_server import AnnouncedProcess

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

OpenRecords: TypeAlias = Callable[[], Awaitable[RecordStore]]
OpenBlobs: TypeAlias = Callable[..., Awaitable[BlobStore]]


@pytest.fixture(params=["sqlite", "postgres"])
def open_records(request: pytest.FixtureRequest, tmp_path: Path) -> OpenRecords:
    """Opens one database again and again; on every kind of database."""
    if request.param == "sqlite":
        return lambda: SqliteRecordStore.open(tmp_path / "records.sqlite")
    url = request.getfixturevalue("postgres_url")
    return lambda: PostgresRecordStore.open(url)


@pytest.fixture
async def records(open_records: OpenRecords) -> AsyncIterator[RecordStore]:
    """An empty record store, on every kind of database."""
    store = await open_records()
    yield store
    await store.close()


@dataclass(frozen=True, slots=True)
class S3Server:
    """An S3 server that nobody else uses."""

    endpoint_url: str
    client: "S3Client"

    def new_bucket(self) -> str:
        """Make a bucket and return its name."""
        bucket = f"test-{secrets.token_hex(8)}"
        self.client.create_bucket(Bucket=bucket)
        return bucket


@pytest.fixture(scope="session")
def s3_server(aws_credentials: None) -> Iterator[S3Server]:
    """A `moto_server` of our own, on a port that the system chose."""
    command = [sys.executable, "-u", "-c", "from moto.server import main; main()", "-p", "0"]
    environment = {"PATH": os.environ["PATH"], "S3_UPLOAD_PART_MIN_SIZE": str(5 * 1024 * 1024)}
    process = AnnouncedProcess(command, r"http://127\.0\.0\.1:\d+", env=environment)
    yield S3Server(process.announcement, boto3.client("s3", endpoint_url=process.announcement))
    process.stop()


@pytest.fixture(scope="session")
def aws_credentials() -> Iterator[None]:
    """Credentials where boto3 looks for them: any will do for a server of our own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield


@pytest.fixture
def s3_url(s3_server: S3Server) -> str:
    """The URL of an empty bucket."""
    return f"s3://{s3_server.new_bucket()}/blobs?endpoint_url={quote(s3_server.endpoint_url)}"


@pytest.fixture(params=["directory", "s3"])
def open_blobs(request: pytest.FixtureRequest, tmp_path: Path) -> OpenBlobs:
    """Opens one place for blobs again and again; on every kind of place."""
    if request.param == "directory":
        return lambda **arguments: DirectoryBlobStore.open(tmp_path / "blobs", **arguments)
    url = request.getfixturevalue("s3_url")
    return lambda **arguments: S3BlobStore.open(url, **arguments)


@pytest.fixture
async def blobs(open_blobs: OpenBlobs) -> AsyncIterator[BlobStore]:
    """An empty blob store, on every kind of place."""
    store = await open_blobs()
    yield store
    await store.close()
