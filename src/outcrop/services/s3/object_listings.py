"""Listing objects and their versions.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.paging import to_token
from outcrop.services.s3 import shapes
from outcrop.services.s3.bucket import Bucket, open_bucket
from outcrop.services.s3.errors import InvalidArgumentError
from outcrop.services.s3.listing import (
    Entry,
    Fetch,
    Page,
    Walk,
    common_prefixes,
    encoder,
    fetching,
    page_limit,
    place_of,
)
from outcrop.services.s3.names import END_OF_KEY, record_name
from outcrop.services.s3.object_version import NULL_VERSION, STANDARD
from outcrop.services.s3.owners import owner
from outcrop.services.s3.version_ids import sequence_of, version_name
from outcrop.storage.records.interface import RecordStore

NEWEST = "0" * 16
"""Where an object from before versioning stands among the versions of its key: it is current."""
BEHIND_ALL = "g"
"""Beyond every hexadecimal number."""

Encode = Callable[[str], str]


@operation("ListObjects")
async def list_objects(call: Call, request: shapes.ListObjectsRequest) -> Mapping[str, Any]:
    """List objects by key, the first version of this operation."""
    bucket = await open_bucket(call, request)
    encode = encoder(request.get("EncodingType"))
    walk = walk_of(request)
    marker = request.get("Marker", "")
    page = await _objects(call, bucket, walk, marker)
    answer: dict[str, Any] = {
        **_echo(bucket, walk, request, page, encode),
        "Marker": encode(marker),
        "Contents": [_object(bucket, entry, encode, with_owner=True) for entry in page.entries],
    }
    if page.is_truncated and walk.delimiter:
        answer["NextMarker"] = encode(page.last_key)
    return answer


@operation("ListObjectsV2")
async def list_objects_v2(call: Call, request: shapes.ListObjectsV2Request) -> Mapping[str, Any]:
    """List objects by key."""
    bucket = await open_bucket(call, request)
    encode = encoder(request.get("EncodingType"))
    walk = walk_of(request)
    token, start_after = request.get("ContinuationToken"), request.get("StartAfter")
    page = await _objects(call, bucket, walk, place_of(token) or start_after or "")
    with_owner = bool(request.get("FetchOwner"))
    answer: dict[str, Any] = {
        **_echo(bucket, walk, request, page, encode),
        "KeyCount": len(page),
        "Contents": [_object(bucket, entry, encode, with_owner) for entry in page.entries],
    }
    if page.is_truncated:
        answer["NextContinuationToken"] = to_token(page.last_key)
    if token is not None:
        answer["ContinuationToken"] = token
    elif start_after is not None:
        answer["StartAfter"] = encode(start_after)
    return answer


def walk_of(request: Mapping[str, Any]) -> Walk:
    """Return the walk that a request asks for."""
    return Walk(
        prefix=request.get("Prefix", ""),
        delimiter=request.get("Delimiter", ""),
        limit=page_limit(request.get("MaxKeys"), "max-keys"),
    )


async def _objects(call: Call, bucket: Bucket, walk: Walk, marker: str) -> Page:
    fetch = fetching(call.backends.records, bucket.scope("object"), walk.prefix)
    return await walk.page(fetch, walk.beyond(marker) if marker else "")


def _echo(
    bucket: Bucket, walk: Walk, request: Mapping[str, Any], page: Page, encode: Encode
) -> dict[str, Any]:
    """Return what all listings say: what was asked for, and whether there is more."""
    answer: dict[str, Any] = {
        "Name": bucket.name,
        "Prefix": encode(walk.prefix),
        "MaxKeys": walk.limit,
        "IsTruncated": page.is_truncated,
        **common_prefixes(page, encode),
    }
    if walk.delimiter:
        answer["Delimiter"] = encode(walk.delimiter)
    if request.get("EncodingType"):
        answer["EncodingType"] = request["EncodingType"]
    return answer


def _object(
    bucket: Bucket, entry: Entry, encode: Encode, with_owner: bool = False
) -> dict[str, Any]:
    document = entry.record.document
    shown: dict[str, Any] = {
        "Key": encode(entry.key),
        "LastModified": datetime.fromtimestamp(document["modified"], UTC),
        "ETag": f'"{document["etag"]}"',
        "Size": document.get("size", 0),
        "StorageClass": document.get("storage_class", STANDARD),
    }
    if "checksums" in document:
        shown["ChecksumAlgorithm"] = list(document["checksums"])
        shown["ChecksumType"] = document["checksum_type"]
    if with_owner:
        shown["Owner"] = owner(bucket.owner)
    return shown


@operation("ListObjectVersions")
async def list_object_versions(
    call: Call, request: shapes.ListObjectVersionsRequest
) -> Mapping[str, Any]:
    """List the versions of objects and the delete markers: by key, then the newest first."""
    bucket = await open_bucket(call, request)
    encode = encoder(request.get("EncodingType"))
    walk = walk_of(request)
    key_marker, id_marker = request.get("KeyMarker", ""), request.get("VersionIdMarker", "")
    after = await _behind(call, bucket, walk, key_marker, id_marker)
    page = await walk.page(_versions(call.backends.records, bucket, walk.prefix), after)
    versions, markers = _told_apart(bucket, page.entries, key_marker if id_marker else "", encode)
    answer: dict[str, Any] = {
        **_echo(bucket, walk, request, page, encode),
        "KeyMarker": encode(key_marker),
        "VersionIdMarker": id_marker,
        "Versions": versions,
        "DeleteMarkers": markers,
    }
    if page.is_truncated:
        answer["NextKeyMarker"] = encode(page.last_key)
        if isinstance(page.last, Entry):
            answer["NextVersionIdMarker"] = _version_id(page.last)
    return answer


async def _behind(call: Call, bucket: Bucket, walk: Walk, key_marker: str, id_marker: str) -> str:
    """Return the position behind a version, or behind all versions of a key."""
    if id_marker and not key_marker:
        raise InvalidArgumentError(
            "A version-id marker cannot be specified without a key marker.",
            name="version-id-marker",
            value=id_marker,
        )
    if not key_marker:
        return ""
    if walk.folded(key_marker) is not None:
        return walk.beyond(key_marker)
    if not id_marker:
        return record_name(key_marker) + END_OF_KEY + BEHIND_ALL
    if id_marker != NULL_VERSION:
        return version_name(key_marker, sequence_of(id_marker))
    head = await call.backends.records.find(bucket.scope("head"), record_name(key_marker))
    if head is None or not head.document["null"]:
        return record_name(key_marker) + END_OF_KEY + NEWEST
    return version_name(key_marker, int(head.document["null"]))


def _versions(records: RecordStore, bucket: Bucket, prefix: str) -> Fetch:
    """Return what fetches versions, and among them the objects from before versioning."""
    fetch_versions = fetching(records, bucket.scope("version"), prefix)
    fetch_objects = fetching(records, bucket.scope("object"), prefix)

    async def fetch(after: str, limit: int) -> Sequence[Entry]:
        versions = list(await fetch_versions(after, limit))
        objects = list(await fetch_objects(after.partition(END_OF_KEY)[0], limit))
        # What lies beyond the end of either page is known in part only.
        ends = [versions[-1].position] if len(versions) == limit else []
        if len(objects) == limit:
            ends.append(objects[-1].position + END_OF_KEY + BEHIND_ALL)
        merged = versions + [
            Entry(entry.position + END_OF_KEY + NEWEST, entry.record)
            for entry in objects
            if "sequence" not in entry.record.document
        ]
        merged.sort(key=lambda entry: entry.position)
        if ends:
            merged = [entry for entry in merged if entry.position <= min(ends)]
        return merged[:limit]

    return fetch


def _version_id(entry: Entry) -> str:
    return entry.record.document.get("version_id", NULL_VERSION)


def _told_apart(
    bucket: Bucket, entries: Sequence[Entry], previous: str, encode: Encode
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the versions and the delete markers.

    `previous` is the key of the entry before the first one, of which it is not the latest version.
    """
    versions: list[dict[str, Any]] = []
    markers: list[dict[str, Any]] = []
    for entry in entries:
        key = entry.key
        told = {"VersionId": _version_id(entry), "IsLatest": key != previous}
        previous = key
        if entry.record.document.get("is_delete_marker"):
            modified = datetime.fromtimestamp(entry.record.document["modified"], UTC)
            shown = {"Key": encode(key), "LastModified": modified, "Owner": owner(bucket.owner)}
            markers.append(shown | told)
        else:
            versions.append(_object(bucket, entry, encode, with_owner=True) | told)
    return versions, markers
