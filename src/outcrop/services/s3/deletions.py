"""Deleting objects: one, or a thousand.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, operation
from outcrop.services.s3 import shapes
from outcrop.services.s3.bucket import Bucket, check_key_access, open_bucket
from outcrop.services.s3.conditions import ANY, unquoted
from outcrop.services.s3.errors import MalformedXmlError, PreconditionFailedError
from outcrop.services.s3.names import check_key
from outcrop.services.s3.object_store import ObjectStore
from outcrop.services.s3.object_version import ObjectVersion

MOST_KEYS = 1000
"""Of one DeleteObjects request."""
AT_ONCE = 64
"""Keys that are deleted side by side, so that they share durable writes."""

Check = Callable[[ObjectVersion | None], None]


@operation("DeleteObject")
async def delete_object(
    call: Call, request: shapes.DeleteObjectRequest
) -> shapes.DeleteObjectOutput:
    """Delete an object, or one version; deleting what is not there is no error."""
    bucket = await open_bucket(call, request)
    check = etag_check(
        request["Key"],
        request.get("IfMatch"),
        request.get("IfMatchSize"),
        request.get("IfMatchLastModifiedTime"),
    )
    deleted = await delete(
        call,
        bucket,
        request["Key"],
        version_id=request.get("VersionId"),
        check=check,
        may_bypass=bool(request.get("BypassGovernanceRetention")),
    )
    answer: shapes.DeleteObjectOutput = {}
    if bucket.versioning and (wanted := request.get("VersionId")):
        answer["VersionId"] = wanted
    if deleted is not None and bucket.versioning:
        answer["VersionId"] = deleted.version_id
        if deleted.is_delete_marker:
            answer["DeleteMarker"] = True
    return answer


async def delete(
    call: Call,
    bucket: Bucket,
    key: str,
    *,
    version_id: str | None,
    check: Check | None,
    may_bypass: bool,
) -> ObjectVersion | None:
    """Delete an object or a version; return the version that went, or the marker that came."""
    check_key(key)
    store = ObjectStore(call, bucket)
    if not version_id:
        return await store.delete(key, check)
    return await store.delete_version(key, version_id, may_bypass=may_bypass)


def etag_check(
    key: str, etag: str | None, size: int | None = None, modified: datetime | None = None
) -> Check | None:
    """Return what refuses to delete another object than the one that the client knows."""
    if etag is None and size is None and modified is None:
        return None

    def check(current: ObjectVersion | None) -> None:
        if current is None:
            raise shapes.NoSuchKey("The specified key does not exist.", Key=key)
        if etag is not None and unquoted(etag) not in (ANY, current.etag):
            raise PreconditionFailedError("If-Match")
        if size is not None and size != current.size:
            raise PreconditionFailedError("x-amz-if-match-size")
        if modified is not None and modified != current.last_modified:
            raise PreconditionFailedError("x-amz-if-match-last-modified-time")

    return check


@operation("DeleteObjects")
async def delete_objects(
    call: Call, request: shapes.DeleteObjectsRequest
) -> shapes.DeleteObjectsOutput:
    """Delete up to a thousand objects; each goes or stays by itself."""
    wanted = request.get("Delete", {}).get("Objects", [])
    if not 1 <= len(wanted) <= MOST_KEYS or any(not item.get("Key") for item in wanted):
        raise MalformedXmlError
    bucket = await open_bucket(call, request)
    may_bypass = bool(request.get("BypassGovernanceRetention"))
    places = asyncio.Semaphore(AT_ONCE)

    errors: list[shapes.Error] = []

    async def one(item: Mapping[str, Any]) -> shapes.DeletedObject | None:
        async with places:
            try:
                check_key_access(call, bucket, item)
                deleted = await delete(
                    call,
                    bucket,
                    item["Key"],
                    version_id=item.get("VersionId"),
                    check=etag_check(
                        item["Key"],
                        item.get("ETag"),
                        item.get("Size"),
                        item.get("LastModifiedTime"),
                    ),
                    may_bypass=may_bypass,
                )
            except ServiceError as error:
                errors.append(_failure(item, error))
                return None
        return _success(bucket, item, deleted)

    results = await asyncio.gather(*(one(item) for item in wanted))
    answer: shapes.DeleteObjectsOutput = {}
    if errors:
        answer["Errors"] = errors
    if not request["Delete"].get("Quiet"):
        answer["Deleted"] = [result for result in results if result is not None]
    return answer


def _failure(item: Mapping[str, Any], error: ServiceError) -> shapes.Error:
    told: shapes.Error = {"Key": item["Key"], "Code": error.code, "Message": error.message}
    if item.get("VersionId"):
        told["VersionId"] = item["VersionId"]
    return told


def _success(
    bucket: Bucket, item: Mapping[str, Any], deleted: ObjectVersion | None
) -> shapes.DeletedObject:
    told: shapes.DeletedObject = {"Key": item["Key"]}
    if item.get("VersionId"):
        told["VersionId"] = item["VersionId"]
    if deleted is not None and bucket.versioning and deleted.is_delete_marker:
        told["DeleteMarker"] = True
        told["DeleteMarkerVersionId"] = deleted.version_id
    return told
