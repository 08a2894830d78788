"""Copying objects.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.objects import as_chunks
from outcrop.services.s3 import shapes
from outcrop.services.s3.archives import is_archived
from outcrop.services.s3.attributes import (
    new_version,
    shown_checksum,
    shown_encryption,
    shown_version,
)
from outcrop.services.s3.bucket import open_bucket
from outcrop.services.s3.checksums import Claim, algorithm_named
from outcrop.services.s3.conditions import WriteCondition
from outcrop.services.s3.copy_sources import CopySource, copy_source
from outcrop.services.s3.errors import InvalidArgumentError, InvalidRequestError
from outcrop.services.s3.inspection import MOST_PUT_BYTES, BodyInspection
from outcrop.services.s3.names import check_key
from outcrop.services.s3.object_store import ObjectStore
from outcrop.services.s3.object_version import ObjectVersion
from outcrop.services.s3.objects import MOST_READS
from outcrop.services.s3.storing import store_object

COPY = "COPY"
REPLACE = "REPLACE"
CHANGES = ("StorageClass", "WebsiteRedirectLocation", "ServerSideEncryption", "ChecksumAlgorithm")
"""What makes a copy onto itself worth something."""


def whole(source: CopySource) -> tuple[int, int]:
    """Return the range of all bytes of a source."""
    return 0, source.version.size


@operation("CopyObject")
async def copy_object(call: Call, request: shapes.CopyObjectRequest) -> Mapping[str, Any]:
    """Copy an object, with what is said of it or with something else in its place."""
    bucket = await open_bucket(call, request)
    key = request["Key"]
    check_key(key)
    source, body = await opened_source(call, request)
    _check(request, source)
    store = ObjectStore(call, bucket)
    version = _attributed(new_version(call, bucket, request), source.version, request)
    inspection = BodyInspection(_claim(request, source.version))
    version = await store_object(
        store,
        key,
        version,
        body,
        inspection,
        event="ObjectCreated:Copy",
        condition=WriteCondition.of(request),
    )
    result = {
        "ETag": version.quoted_etag,
        "LastModified": version.last_modified,
        **shown_checksum(version),
    }
    return {
        "CopyObjectResult": result,
        **shown_source_version(source),
        **shown_encryption(version),
        **shown_version(store.bucket, version),
    }


async def opened_source(
    call: Call,
    request: Mapping[str, Any],
    range_of: Callable[[CopySource], tuple[int, int]] = whole,
) -> tuple[CopySource, AsyncIterator[bytes]]:
    """Return a source and its bytes within a range, to be received anew."""
    for _ in range(MOST_READS):
        source = await copy_source(call, request)
        _check_active(source)
        body = await source.store.bodies.open(source.version, *range_of(source))
        if body is not None:
            return source, as_chunks(body)
    raise shapes.NoSuchKey("The specified key does not exist.")


def _check_active(source: CopySource) -> None:
    if is_archived(source.version):
        raise shapes.ObjectNotInActiveTierError(
            "The source object of the COPY action is not in the active tier and is only stored in "
            "Amazon S3 Glacier."
        )


def shown_source_version(source: CopySource) -> dict[str, str]:
    """Return the version id of a source for an answer."""
    is_versioned = bool(source.bucket.versioning)
    return {"CopySourceVersionId": source.version.version_id} if is_versioned else {}


def _check(request: shapes.CopyObjectRequest, source: CopySource) -> None:
    directive = request.get("MetadataDirective", COPY)
    if directive not in (COPY, REPLACE):
        raise InvalidArgumentError(
            "Unknown metadata directive.", name="x-amz-metadata-directive", value=directive
        )
    tagging = request.get("TaggingDirective", COPY)
    if tagging not in (COPY, REPLACE):
        raise InvalidArgumentError(
            "Unknown tagging directive.", name="x-amz-tagging-directive", value=tagging
        )
    if source.version.size > MOST_PUT_BYTES:
        raise InvalidRequestError(
            "The specified copy source is larger than the maximum allowable size for a copy "
            f"source: {MOST_PUT_BYTES}"
        )
    is_same = (source.bucket.name, source.key) == (request["Bucket"], request["Key"])
    changes = directive == REPLACE or any(request.get(member) for member in CHANGES)
    encrypts = source.bucket.setting("encryption") is not None
    if is_same and not (changes or encrypts or source.is_versioned_request):
        raise InvalidRequestError(
            "This copy request is illegal because it is trying to copy an object to itself without "
            "changing the object's metadata, storage class, website redirect location or "
            "encryption attributes."
        )


def _attributed(
    version: ObjectVersion, source: ObjectVersion, request: shapes.CopyObjectRequest
) -> ObjectVersion:
    if request.get("MetadataDirective", COPY) == COPY:
        kept = dict(source.headers)
        kept.pop("WebsiteRedirectLocation", None)
        if redirect := request.get("WebsiteRedirectLocation"):
            kept["WebsiteRedirectLocation"] = redirect
        version = version.changed(headers=kept, metadata=source.metadata)
    if request.get("TaggingDirective", COPY) == COPY:
        version = version.changed(tags=source.tags)
    return version


def _claim(request: shapes.CopyObjectRequest, source: ObjectVersion) -> Claim | None:
    """Return the checksum to take: the one asked for, else the source's."""
    wanted = request.get("ChecksumAlgorithm") or next(iter(source.checksums), None)
    return Claim(algorithm_named(wanted), None) if wanted else None
