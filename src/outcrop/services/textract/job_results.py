"""What a job has found, in blobs of so many blocks, and as files in the caller's bucket."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from outcrop.aws.user_json import read_json
from outcrop.operations import Backends, Call, records
from outcrop.storage.blobs.interface import BlobStore
from outcrop.storage.records.interface import Document

CHUNK = 1000
"""Items of a blob, and of a file of the output."""
DEFAULT_PREFIX = "textract_output"
ACCESS_CHECK = ".s3_access_check"
"""The empty file that Textract leaves beside the others."""


class ResultWriter:
    """Gathers a job's items into blobs; a job that fails leaves them to be swept as nobody's."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self._items: list[Any] = []
        self.blob_ids: list[str] = []
        self.count = 0
        """Of all items."""

    async def add(self, items: Sequence[Any]) -> None:
        """Take the items of a page."""
        self._items += items
        self.count += len(items)
        while len(self._items) >= CHUNK:
            await self._write(self._items[:CHUNK])
            del self._items[:CHUNK]

    async def end(self) -> None:
        """Write what is left."""
        if self._items:
            await self._write(self._items)
            self._items = []

    async def _write(self, items: Sequence[Any]) -> None:
        blob = await self._blobs.write(json.dumps(items, separators=(",", ":")).encode())
        self.blob_ids.append(blob.id)


async def read_results(
    blobs: BlobStore, job: Document, *, start: int, limit: int
) -> tuple[list[Any], int | None]:
    """Return some items of a job that has ended well, and where the next ones begin, if any do."""
    items: list[Any] = []
    at = start
    while at < job["count"] and len(items) < limit:
        chunk = await _chunk(blobs, job["results"][at // CHUNK])
        taken = chunk[at % CHUNK : at % CHUNK + limit - len(items)]
        items += taken
        at += len(taken)
    return items, at if at < job["count"] else None


async def write_output(call: Call, job_id: str, job: Document, member: str) -> None:
    """Write a job's results to the bucket that its request named, a file for each thousand items.

    Raises:
        ServiceError: As S3 says it.
    """
    output: Mapping[str, str] | None = job["asked"].get("OutputConfig")
    if output is None:
        return
    prefix = f"{output.get('S3Prefix', DEFAULT_PREFIX).rstrip('/')}/{job_id}"
    await call.objects.write(output["S3Bucket"], f"{prefix}/{ACCESS_CHECK}", b"")
    for number, blob_id in enumerate(job["results"], start=1):
        told = {
            "DocumentMetadata": {"Pages": job["pages"]},
            "JobStatus": job_status(job),
            "NextToken": None,
            member: await _chunk(call.backends.blobs, blob_id),
            "Warnings": job["warnings"] or None,
            "StatusMessage": None,
        }
        await call.objects.write(
            output["S3Bucket"],
            f"{prefix}/{number}",
            json.dumps(told).encode(),
            content_type="application/json",
        )


def job_status(job: Document) -> str:
    """Return the `JobStatus` of a job whose pages have been read."""
    return "PARTIAL_SUCCESS" if job["warnings"] else "SUCCEEDED"


async def live_blobs(
    backends: Backends, service: str, kinds: Sequence[str], account: str | None
) -> AbstractSet[str]:
    """Return the ids of the blobs that hold the results of jobs."""
    ids: set[str] = set()
    async for job in _jobs(backends, service, kinds, account):
        ids.update(job.get("results", ()))
    return ids


async def _jobs(
    backends: Backends, service: str, kinds: Sequence[str], account: str | None
) -> AsyncIterator[Document]:
    for kind in kinds:
        for place in await backends.records.scopes(service=service, kind=kind, account=account):
            async for record in records.every(backends.records, place):
                yield record.document


async def _chunk(blobs: BlobStore, blob_id: str) -> list[Any]:
    return read_json(b"".join([chunk async for chunk in blobs.read(blob_id)]))
