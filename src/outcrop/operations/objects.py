"""S3 objects for the other services, which ask the S3 service and never import it."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping
from pathlib import Path
from typing import Any, Protocol

from outcrop.aws.http import FileBody

CHUNK_BYTES = 1 << 20


class Ask(Protocol):
    """Asks a service for an operation on behalf of a caller: `Call.ask`."""

    def __call__(
        self, service: str, operation: str, /, **parameters: Any
    ) -> Awaitable[dict[str, Any]]:
        """Return the operation's output, or raise its `ServiceError`."""
        ...


class ObjectTooLargeError(Exception):
    """An object has more bytes than its reader takes."""


class Objects:
    """Reads and writes objects; errors are S3's own (`NoSuchBucket`, `NoSuchKey`)."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def read(self, bucket: str, key: str) -> bytes:
        """Return a whole object; for objects that are known to be small."""
        return b"".join([chunk async for chunk in await self.open(bucket, key)])

    async def read_at_most(self, bucket: str, key: str, limit: int, *, version: str = "") -> bytes:
        """Return a whole object, or a version of it, that has at most `limit` bytes.

        Raises:
            ObjectTooLargeError: It has more; none is read.
        """
        given = {"VersionId": version} if version else {}
        answer = await self._ask("s3", "GetObject", Bucket=bucket, Key=key, **given)
        if answer["ContentLength"] > limit:
            raise ObjectTooLargeError(f"{bucket}/{key} has {answer['ContentLength']} bytes.")
        return b"".join([chunk async for chunk in as_chunks(answer["Body"])])

    async def open(self, bucket: str, key: str) -> AsyncIterator[bytes]:
        """Return an object's bytes piece by piece."""
        return (await self.open_sized(bucket, key))[1]

    async def open_sized(
        self, bucket: str, key: str, *, version: str = ""
    ) -> tuple[int, AsyncIterator[bytes]]:
        """Return how many bytes an object, or a version of it, has, and them piece by piece."""
        given = {"VersionId": version} if version else {}
        answer = await self._ask("s3", "GetObject", Bucket=bucket, Key=key, **given)
        return answer["ContentLength"], as_chunks(answer["Body"])

    @contextlib.asynccontextmanager
    async def fetched(
        self, bucket: str, key: str, *, version: str = "", limit: int
    ) -> AsyncGenerator[Path]:
        """Give a file with an object, in a folder of its own that goes with the context.

        Raises:
            ObjectTooLargeError: It has more than `limit` bytes; none is read.
        """
        size, chunks = await self.open_sized(bucket, key, version=version)
        if size > limit:
            raise ObjectTooLargeError(f"{bucket}/{key} has {size} bytes.")
        with tempfile.TemporaryDirectory(prefix="outcrop-object-") as folder:
            path = Path(folder) / "object"
            with path.open("wb") as file:
                async for chunk in chunks:
                    await asyncio.to_thread(file.write, chunk)
            yield path

    async def link(self, bucket: str, key: str, target: Path) -> bool:
        """Give the file that holds an object another name, if there is one on the same disk.

        Nobody may write to it: it stays the object's own. `False`: there is none.
        """
        answer = await self._ask("s3", "GetObject", Bucket=bucket, Key=key)
        body = answer["Body"]
        if isinstance(body, FileBody):
            try:
                await asyncio.to_thread(target.hardlink_to, body.path)
            except OSError:  # It lies on another disk, or has too many names.
                return False
            return True
        return False

    async def write(
        self,
        bucket: str,
        key: str,
        body: bytes | AsyncIterator[bytes],
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> str:
        """Store an object and return its ETag, quoted as S3 does."""
        answer = await self._ask(
            "s3",
            "PutObject",
            Bucket=bucket,
            Key=key,
            Body=body,
            ContentType=content_type,
            Metadata=dict(metadata or {}),
        )
        return str(answer["ETag"])

    async def keys(self, bucket: str, prefix: str = "") -> AsyncIterator[tuple[str, int]]:
        """Give the keys below a prefix with their sizes in bytes, in S3's order."""
        token: dict[str, str] = {}
        while True:
            page = await self._ask("s3", "ListObjectsV2", Bucket=bucket, Prefix=prefix, **token)
            for item in page.get("Contents", []):
                yield item["Key"], item["Size"]
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}


async def as_chunks(body: Any) -> AsyncIterator[bytes]:
    """Give a body of any form that handlers return piece by piece."""
    if isinstance(body, bytes):
        yield body
    elif isinstance(body, FileBody):
        with body.path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
                yield chunk
    else:
        async for chunk in body:
            yield chunk
