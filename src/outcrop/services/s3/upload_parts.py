"""The parts of multipart uploads: uploaded, or copied from objects.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, operation
from outcrop.services.s3 import shapes
from outcrop.services.s3.attributes import refuse_customer_keys, shown_encryption
from outcrop.services.s3.bodies import Received, Source
from outcrop.services.s3.bucket import Bucket, open_bucket
from outcrop.services.s3.checksums import Claim, claimed
from outcrop.services.s3.copies import opened_source, shown_source_version
from outcrop.services.s3.copy_sources import CopySource
from outcrop.services.s3.errors import (
    InvalidArgumentError,
    InvalidRequestError,
    OperationAbortedError,
)
from outcrop.services.s3.inspection import MOST_PUT_BYTES, BodyInspection, promised_size
from outcrop.services.s3.names import check_key
from outcrop.services.s3.object_store import ObjectStore
from outcrop.services.s3.object_version import Segment
from outcrop.services.s3.upload_records import (
    Upload,
    find_upload,
    no_such_upload,
    open_upload,
    part_document,
    part_name,
)
from outcrop.services.s3.version_changes import deleted, written
from outcrop.storage.records.interface import (
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    StaleRecordError,
)

MOST_PARTS = 10_000
MOST_ATTEMPTS = 20
COPIED_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@operation("UploadPart")
async def upload_part(call: Call, request: shapes.UploadPartRequest) -> Mapping[str, Any]:
    """Store a part; the last one under a number counts."""
    bucket = await open_bucket(call, request)
    check_key(request["Key"])
    refuse_customer_keys(request)
    check_number(request["PartNumber"])
    upload = await open_upload(call, bucket, request)
    claim = claimed(request, call.headers)
    _check_algorithm(upload, claim)
    inspection = BodyInspection(
        claim,
        content_md5=request.get("ContentMD5"),
        expected_size=promised_size(request, call.headers),
        kept=upload.algorithm,
        trailers=getattr(request.get("Body"), "trailers", None),
    )
    await _store(call, bucket, upload, request, request.get("Body", b""), inspection)
    return {
        "ETag": f'"{inspection.etag}"',
        inspection.algorithm.member: inspection.checksum,
        **shown_encryption(upload.version),
    }


@operation("UploadPartCopy")
async def upload_part_copy(call: Call, request: shapes.UploadPartCopyRequest) -> Mapping[str, Any]:
    """Store a part that another object's bytes make."""
    bucket = await open_bucket(call, request)
    check_key(request["Key"])
    refuse_customer_keys(request)
    check_number(request["PartNumber"])
    upload = await open_upload(call, bucket, request)
    range_of = partial(copied_range, request.get("CopySourceRange"))
    source, body = await opened_source(call, request, range_of)
    inspection = BodyInspection(None, kept=upload.algorithm)
    await _store(call, bucket, upload, request, body, inspection)
    result: dict[str, Any] = {
        "ETag": f'"{inspection.etag}"',
        "LastModified": call.backends.now().replace(microsecond=0),
    }
    if upload.declared:
        result[inspection.algorithm.member] = inspection.checksum
    return {
        "CopyPartResult": result,
        **shown_source_version(source),
        **shown_encryption(upload.version),
    }


def check_number(number: int) -> None:
    """Refuse a number that no part can have."""
    if not 1 <= number <= MOST_PARTS:
        raise InvalidArgumentError(
            f"Part number must be an integer between 1 and {MOST_PARTS}, inclusive",
            name="partNumber",
            value=number,
        )


def copied_range(header: str | None, source: CopySource) -> tuple[int, int]:
    """Return the first byte to copy and the one beyond the last."""
    size = source.version.size
    if header is None:
        start, stop = 0, size
    else:
        found = COPIED_RANGE.fullmatch(header)
        if found is None or int(found[1]) > int(found[2]):
            raise InvalidArgumentError(
                "The x-amz-copy-source-range value must be of the form bytes=first-last where "
                "first and last are the zero-based offsets of the first and last bytes to copy",
                name="x-amz-copy-source-range",
                value=header,
            )
        start, stop = int(found[1]), int(found[2]) + 1
        if stop > size:
            raise InvalidArgumentError(
                f"Range specified is not valid for source object of size: {size}",
                name="x-amz-copy-source-range",
                value=header,
            )
    if stop - start > MOST_PUT_BYTES:
        raise InvalidRequestError(
            "The specified copy source is larger than the maximum allowable size for a copy "
            f"source: {MOST_PUT_BYTES}"
        )
    return start, stop


def _check_algorithm(upload: Upload, claim: Claim | None) -> None:
    if claim is not None and upload.declared and claim.algorithm.name != upload.declared:
        raise InvalidRequestError(
            "Checksum Type mismatch occurred, expected checksum Type: "
            f"{upload.declared.lower()}, actual checksum Type: {claim.algorithm.name.lower()}"
        )


async def _store(  # a part has this many sides
    call: Call,
    bucket: Bucket,
    upload: Upload,
    request: Mapping[str, Any],
    body: Source,
    inspection: BodyInspection,
) -> None:
    store = ObjectStore(call, bucket)
    received = await store.bodies.receive(body, inspection)
    name = part_name(upload.id, request["PartNumber"])
    document = part_document(
        modified=int(call.backends.now().timestamp()),
        size=received.size,
        etag=inspection.etag,
        checksum=inspection.kept_checksum,
        segments=received.segments,
    )
    try:
        await _write_part(store, name, document, received)
    except ServiceError:
        await store.bodies.drop(received)
        raise
    if await find_upload(call, bucket, request["Key"], upload.id) is None:
        await _take_back(store, name)
        raise no_such_upload(upload.id)


async def _write_part(
    store: ObjectStore, name: str, document: Document, received: Received
) -> None:
    scope = store.bucket.scope("part")
    for _ in range(MOST_ATTEMPTS):
        old = await store.records.find(scope, name)
        freed = _segments(old)
        try:
            await store.records.write(
                written(old, scope, name, document),
                *received.writes,
                *store.bodies.dropping(freed),
            )
        except (RecordExistsError, RecordNotFoundError, StaleRecordError):
            continue
        store.bodies.free(freed)
        return
    raise OperationAbortedError


async def _take_back(store: ObjectStore, name: str) -> None:
    """Delete a part whose upload ended while it came in."""
    record = await store.records.find(store.bucket.scope("part"), name)
    if record is None:
        return
    segments = _segments(record)
    try:
        await store.records.write(deleted(record), *store.bodies.dropping(segments))
    except (RecordNotFoundError, StaleRecordError):
        return
    store.bodies.free(segments)


def _segments(record: Record | None) -> list[Segment]:
    if record is None:
        return []
    return [Segment(*segment) for segment in record.document["segments"]]
