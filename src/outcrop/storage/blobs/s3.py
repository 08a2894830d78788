"""Blobs in an S3 bucket, AWS's or any other's that speaks the same protocol."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from outcrop.storage.blobs.ids import is_id, is_older, new_id
from outcrop.storage.blobs.interface import Blob, BlobNotFoundError
from outcrop.storage.blobs.s3_address import S3Address
from outcrop.storage.blobs.s3_upload import LEAST_PART_BYTES, S3Upload, part_bytes
from outcrop.storage.clock import Clock, utc_now

if TYPE_CHECKING:
    from pathlib import Path

    from botocore.response import StreamingBody
    from types_boto3_s3 import S3Client

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")

_KIND = "o"
"""The first letter of all ids."""
_CHUNK_BYTES = 1024 * 1024
_NOT_FOUND = {"NoSuchKey", "404", "NotFound"}
_BEYOND_THE_END = {"InvalidRange", "416"}


@dataclass(frozen=True, slots=True, kw_only=True)
class S3BlobSettings:
    """How a bucket is used."""

    most_requests: int = 32
    """At the same time."""
    abandoned_after: timedelta = timedelta(days=7)
    """Unfinished uploads of this age are taken for those of a crashed server, and deleted."""


DEFAULTS = S3BlobSettings()


class S3BlobStore:
    """Keeps each blob as one object; see `BlobStore`."""

    def __init__(
        self, client: "S3Client", address: S3Address, settings: S3BlobSettings, now: Clock
    ) -> None:
        self._client = client
        self._bucket = address.bucket
        self._prefix = address.prefix
        self._now = now
        self._threads = ThreadPoolExecutor(settings.most_requests, thread_name_prefix="s3-blobs")

    @classmethod
    async def open(
        cls, url: str, settings: S3BlobSettings = DEFAULTS, *, now: Clock = utc_now
    ) -> "S3BlobStore":
        """Reach a bucket, `s3://bucket/prefix?endpoint_url=…`, that exists already.

        Credentials come from where boto3 finds them.

        Raises:
            ValueError: The URL makes no sense.
            botocore.exceptions.ClientError: The bucket does not exist, or refuses us.
        """
        address = S3Address.parse(url)
        client = await asyncio.to_thread(_connect, address, settings)
        store = cls(client, address, settings, now)
        try:
            await store._run(store._abort_abandoned, now() - settings.abandoned_after)
        except BaseException:
            await store.close()
            raise
        return store

    async def write(self, chunks: AsyncIterator[bytes] | bytes) -> Blob:
        """See `BlobStore.write`."""
        blob_id = new_id(_KIND, self._now())
        upload = self._upload(blob_id)
        size = 0
        waiting = bytearray()
        try:
            async for chunk in _once(chunks) if isinstance(chunks, bytes) else chunks:
                size += len(chunk)
                waiting += chunk
                while len(waiting) > (enough := part_bytes(upload.next_number)):
                    await self._run(upload.add, bytes(waiting[:enough]))
                    del waiting[:enough]
            await self._run(upload.complete, bytes(waiting))
        except BaseException:
            await self._run(upload.abort)
            raise
        return Blob(blob_id, size)

    async def read(
        self, blob_id: str, *, start: int = 0, stop: int | None = None
    ) -> AsyncIterator[bytes]:
        """See `BlobStore.read`."""
        if stop is not None and stop <= start:
            await self._run(self._size, blob_id)
            return
        body = await self._run(self._get, blob_id, start, stop)
        if body is None:
            return
        try:
            while chunk := await self._run(body.read, _CHUNK_BYTES):
                yield chunk
        finally:
            self._threads.submit(body.close)

    async def join(self, blob_ids: Sequence[str]) -> Blob:
        """See `BlobStore.join`."""
        sizes = await asyncio.gather(*(self._run(self._size, blob_id) for blob_id in blob_ids))
        joined = new_id(_KIND, self._now())
        upload = self._upload(joined)
        waiting = b""
        try:
            for blob_id, size in zip(blob_ids, sizes, strict=True):
                waiting = await self._run(self._append, upload, waiting, blob_id, size)
            await self._run(upload.complete, waiting)
        except BaseException:
            await self._run(upload.abort)
            raise
        return Blob(joined, sum(sizes))

    def path(self, blob_id: str) -> "Path | None":
        """See `BlobStore.path`."""
        del blob_id  # no file of this machine holds a blob
        return None

    async def delete(self, blob_id: str) -> None:
        """See `BlobStore.delete`."""
        if is_id(blob_id):
            delete = self._client.delete_object
            await self._run(delete, Bucket=self._bucket, Key=self._prefix + blob_id)

    async def ids(self, *, written_before: datetime | None = None) -> AsyncIterator[str]:
        """See `BlobStore.ids`."""
        paginator = self._client.get_paginator("list_objects_v2")
        pages = iter(paginator.paginate(Bucket=self._bucket, Prefix=self._prefix))
        while page := await self._run(next, pages, None):
            for listed in page.get("Contents", []):
                blob_id = listed.get("Key", "").removeprefix(self._prefix)
                if is_id(blob_id) and is_older(blob_id, written_before):
                    yield blob_id

    async def close(self) -> None:
        """See `BlobStore.close`."""
        await asyncio.to_thread(self._threads.shutdown)
        self._client.close()

    def _run(
        self,
        function: Callable[Arguments, Result],
        *arguments: Arguments.args,
        **keywords: Arguments.kwargs,
    ) -> asyncio.Future[Result]:
        call = partial(function, *arguments, **keywords)
        return asyncio.get_running_loop().run_in_executor(self._threads, call)

    def _upload(self, blob_id: str) -> S3Upload:
        return S3Upload(self._client, self._bucket, self._prefix + blob_id)

    def _append(self, upload: S3Upload, waiting: bytes, blob_id: str, size: int) -> bytes:
        """Add an object to an upload, and return the bytes that are too few for a part."""
        taken = 0
        if waiting:
            taken = min(size, max(0, LEAST_PART_BYTES - len(waiting)))
            waiting += self._bytes(blob_id, 0, taken)
            if len(waiting) >= LEAST_PART_BYTES:
                upload.add(waiting)
                waiting = b""
        if size - taken >= LEAST_PART_BYTES:
            upload.copy(self._prefix + blob_id, taken, size)
            return waiting
        return waiting + self._bytes(blob_id, taken, size)

    def _bytes(self, blob_id: str, start: int, stop: int) -> bytes:
        body = self._get(blob_id, start, stop) if start < stop else None
        return body.read() if body else b""

    def _get(self, blob_id: str, start: int, stop: int | None) -> "StreamingBody | None":
        """Return the bytes of a range; `None`: it lies beyond the end."""
        if not is_id(blob_id):
            raise BlobNotFoundError(blob_id)
        try:
            return self._client.get_object(
                Bucket=self._bucket,
                Key=self._prefix + blob_id,
                Range=f"bytes={start}-{'' if stop is None else stop - 1}",
            )["Body"]
        except ClientError as error:
            if _code(error) in _BEYOND_THE_END:
                return None
            raise _translated(error, blob_id) from error

    def _size(self, blob_id: str) -> int:
        if not is_id(blob_id):
            raise BlobNotFoundError(blob_id)
        try:
            head = self._client.head_object(Bucket=self._bucket, Key=self._prefix + blob_id)
        except ClientError as error:
            raise _translated(error, blob_id) from error
        return head["ContentLength"]

    def _abort_abandoned(self, before: datetime) -> None:
        paginator = self._client.get_paginator("list_multipart_uploads")
        for page in paginator.paginate(Bucket=self._bucket, Prefix=self._prefix):
            for upload in page.get("Uploads", []):
                key, upload_id = upload.get("Key", ""), upload.get("UploadId", "")
                blob_id = key.removeprefix(self._prefix)
                if is_id(blob_id) and is_older(blob_id, before):
                    self._client.abort_multipart_upload(
                        Bucket=self._bucket, Key=key, UploadId=upload_id
                    )


def _connect(address: S3Address, settings: S3BlobSettings) -> "S3Client":
    # Newer checksums are sent to AWS alone: other stores may not know them.
    checksums = "when_required" if address.endpoint_url else "when_supported"
    # The type stubs of boto3 are installed for S3 alone: the other services are unknown.
    return boto3.Session().client(  # pyright: ignore[reportUnknownMemberType]
        "s3",
        endpoint_url=address.endpoint_url,
        region_name=address.region,
        config=Config(
            max_pool_connections=settings.most_requests,
            retries={"mode": "standard", "max_attempts": 5},
            s3={"addressing_style": address.addressing_style},
            request_checksum_calculation=checksums,
            response_checksum_validation=checksums,
        ),
    )


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _translated(error: ClientError, blob_id: str) -> Exception:
    return BlobNotFoundError(blob_id) if _code(error) in _NOT_FOUND else error


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body
