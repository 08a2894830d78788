"""Multipart uploads under way, and their parts, as they are kept.

- `upload/<bucket>`: one record per upload, by key, then by age.
- `part/<bucket>`: one record per part, by upload and number.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, records
from outcrop.services.s3 import shapes
from outcrop.services.s3.bucket import Bucket
from outcrop.services.s3.checksums import ALGORITHMS, DEFAULT_ALGORITHM, Algorithm
from outcrop.services.s3.names import END_OF_KEY, record_name
from outcrop.services.s3.object_version import ObjectVersion, Segment
from outcrop.storage.records.interface import Document, Record, RecordStore

UPLOAD_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart upload that is neither completed nor aborted."""

    record: Record

    @property
    def id(self) -> str:
        """64 hexadecimal digits; the first 16 tell when it was begun."""
        return self.record.name.rpartition(END_OF_KEY)[2]

    @property
    def version(self) -> ObjectVersion:
        """What the object will be, its body apart."""
        return ObjectVersion.of(self.record.document["version"])

    @property
    def declared(self) -> str:
        """The checksum algorithm that the client asked for, empty for none."""
        return str(self.record.document.get("algorithm", ""))

    @property
    def algorithm(self) -> Algorithm:
        """Whose checksums are taken of the parts."""
        return ALGORITHMS[self.declared or DEFAULT_ALGORITHM]

    @property
    def checksum_type(self) -> str:
        """Composite, or of the full object."""
        return str(self.record.document["checksum_type"])

    @property
    def initiator(self) -> str:
        """The account that began it."""
        return str(self.record.document["initiator"])


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an upload."""

    record: Record

    @property
    def number(self) -> int:
        """1 to 10,000."""
        return int(self.record.name[-PART_DIGITS:])

    @property
    def size(self) -> int:
        """In bytes."""
        return int(self.record.document["size"])

    @property
    def etag(self) -> str:
        """The MD5, in hexadecimal."""
        return str(self.record.document["etag"])

    @property
    def checksum(self) -> str:
        """In base64, of the upload's algorithm."""
        return str(self.record.document["checksum"])

    @property
    def last_modified(self) -> datetime:
        """When it was uploaded."""
        return datetime.fromtimestamp(self.record.document["modified"], UTC)

    @property
    def segments(self) -> list[Segment]:
        """Where its bytes are."""
        return [Segment(*segment) for segment in self.record.document["segments"]]


PART_DIGITS = 5


def new_upload_id(now: datetime) -> str:
    """Return an id that orders uploads by age and that nobody guesses."""
    return f"{int(now.timestamp() * 1e6):016x}{secrets.token_hex(24)}"


def upload_name(key: str, upload_id: str) -> str:
    """Return the name of an upload's record."""
    return record_name(key) + END_OF_KEY + upload_id


def part_name(upload_id: str, number: int) -> str:
    """Return the name of a part's record."""
    return f"{upload_id}/{number:0{PART_DIGITS}d}"


def part_document(
    *, modified: int, size: int, etag: str, checksum: str, segments: Sequence[Segment]
) -> Document:
    """Return what to keep of a part."""
    return {
        "modified": modified,
        "size": size,
        "etag": etag,
        "checksum": checksum,
        "segments": [list(segment) for segment in segments],
    }


async def open_upload(call: Call, bucket: Bucket, request: Mapping[str, Any]) -> Upload:
    """Return the upload that a request names.

    Raises:
        NoSuchUpload: There is none.
    """
    upload = await find_upload(call, bucket, request["Key"], request["UploadId"])
    if upload is None:
        raise no_such_upload(request["UploadId"])
    return upload


async def find_upload(call: Call, bucket: Bucket, key: str, upload_id: str) -> Upload | None:
    """Return an upload, or `None`."""
    if not UPLOAD_ID.fullmatch(upload_id):
        return None
    name = upload_name(key, upload_id)
    record = await call.backends.records.find(bucket.scope("upload"), name)
    return Upload(record) if record is not None else None


def no_such_upload(upload_id: str) -> ServiceError:
    """Return the error for an upload that is not there."""
    return shapes.NoSuchUpload(
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
        "been aborted or completed.",
        UploadId=upload_id,
    )


async def parts_of(store: RecordStore, bucket: Bucket, upload_id: str) -> AsyncIterator[Part]:
    """Give the parts of an upload by number."""
    scope = bucket.scope("part")
    async for record in records.every(store, scope, prefix=f"{upload_id}/"):
        yield Part(record)
