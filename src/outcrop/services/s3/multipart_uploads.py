"""Multipart uploads: begun, aborted, completed and listed.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from outcrop.operations import Call, operation
from outcrop.services.s3 import shapes
from outcrop.services.s3.assembly_of_parts import (
    assembled,
    check_whole,
    chosen_parts,
    multipart_etag,
)
from outcrop.services.s3.attributes import (
    new_version,
    shown_checksum,
    shown_encryption,
    shown_version,
)
from outcrop.services.s3.bucket import Bucket, open_bucket
from outcrop.services.s3.checksums import FULL_OBJECT, Algorithm, algorithm_named
from outcrop.services.s3.conditions import WriteCondition
from outcrop.services.s3.errors import InvalidRequestError
from outcrop.services.s3.listing import (
    Entry,
    Walk,
    common_prefixes,
    encoder,
    fetching,
    number_marker,
    page_limit,
)
from outcrop.services.s3.names import END_OF_KEY, check_key, record_name
from outcrop.services.s3.object_store import ObjectStore
from outcrop.services.s3.object_version import ObjectVersion
from outcrop.services.s3.owners import owner
from outcrop.services.s3.upload_records import (
    UPLOAD_ID,
    Part,
    Upload,
    find_upload,
    new_upload_id,
    no_such_upload,
    open_upload,
    parts_of,
    upload_name,
)
from outcrop.services.s3.version_changes import deleted
from outcrop.storage.records.interface import (
    Create,
    RecordNotFoundError,
    StaleRecordError,
    Write,
)

BEHIND_ALL = "g"
"""Beyond every hexadecimal number."""


@operation("CreateMultipartUpload")
async def create_multipart_upload(
    call: Call, request: shapes.CreateMultipartUploadRequest
) -> Mapping[str, Any]:
    """Begin an upload in parts."""
    bucket = await open_bucket(call, request)
    key = request["Key"]
    check_key(key)
    name = request.get("ChecksumAlgorithm")
    algorithm = algorithm_named(name) if name else None
    checksum_type = _checksum_type(request.get("ChecksumType"), algorithm)
    version = new_version(call, bucket, request)
    upload_id = new_upload_id(call.backends.now())
    document: dict[str, Any] = {
        "version": version.document(),
        "checksum_type": checksum_type,
        "initiator": call.account,
    }
    if algorithm:
        document["algorithm"] = algorithm.name
    await call.backends.records.write(
        Create(scope=bucket.scope("upload"), name=upload_name(key, upload_id), document=document)
    )
    answer = {
        "Bucket": bucket.name,
        "Key": key,
        "UploadId": upload_id,
        **shown_encryption(version),
    }
    if algorithm:
        answer |= {"ChecksumAlgorithm": algorithm.name, "ChecksumType": checksum_type}
    return answer


def _checksum_type(wanted: str | None, algorithm: Algorithm | None) -> str:
    if algorithm is None:
        if wanted is not None:
            raise InvalidRequestError(
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm "
                "header."
            )
        return FULL_OBJECT
    if wanted is None:
        return algorithm.multipart_types[0]
    if wanted not in algorithm.multipart_types:
        raise InvalidRequestError(
            f"The {wanted} checksum type cannot be used with the {algorithm.name.lower()} checksum "
            "algorithm."
        )
    return wanted


@operation("AbortMultipartUpload")
async def abort_multipart_upload(call: Call, request: shapes.AbortMultipartUploadRequest) -> None:
    """Give an upload up and free what its parts took."""
    bucket = await open_bucket(call, request)
    upload = await open_upload(call, bucket, request)
    store = ObjectStore(call, bucket)
    parts = [part async for part in parts_of(call.backends.records, bucket, upload.id)]
    segments = [segment for part in parts for segment in part.segments]
    writes = [deleted(upload.record), *(deleted(part.record) for part in parts)]
    try:
        await call.backends.records.write(*writes, *store.bodies.dropping(segments))
    except (RecordNotFoundError, StaleRecordError) as error:
        raise no_such_upload(upload.id) from error
    store.bodies.free(segments)


@operation("CompleteMultipartUpload")
async def complete_multipart_upload(
    call: Call, request: shapes.CompleteMultipartUploadRequest
) -> Mapping[str, Any]:
    """Make an object of parts; their bytes stay where they are."""
    bucket = await open_bucket(call, request)
    key = request["Key"]
    store = ObjectStore(call, bucket)
    upload = await find_upload(call, bucket, key, request["UploadId"])
    if upload is None:
        return _completed(call, store, key, await _completed_before(store, request))
    parts = {part.number: part async for part in parts_of(call.backends.records, bucket, upload.id)}
    chosen = chosen_parts(upload, parts, request)
    version = assembled(upload, chosen)
    check_whole(upload, version, request)
    used = {part.number for part in chosen}
    spare = (part for number, part in parts.items() if number not in used)
    unused = [segment for part in spare for segment in part.segments]
    writes: list[Write] = [
        deleted(upload.record),
        *(deleted(part.record) for part in parts.values()),
        *store.bodies.dropping(unused),
    ]
    version = await store.put(
        key,
        version,
        writes=writes,
        event="ObjectCreated:CompleteMultipartUpload",
        condition=WriteCondition.of(request),
    )
    store.bodies.free(unused)
    return _completed(call, store, key, version)


async def _completed_before(
    store: ObjectStore, request: shapes.CompleteMultipartUploadRequest
) -> ObjectVersion:
    """Return what an upload became that this very request has completed already."""
    current = await store.find(request["Key"])
    if current is None or not request["UploadId"] or current.upload_id != request["UploadId"]:
        raise no_such_upload(request["UploadId"])
    listed = request.get("MultipartUpload", {}).get("Parts", [])
    if multipart_etag([part.get("ETag", "").strip('"') for part in listed]) != current.etag:
        raise no_such_upload(request["UploadId"])
    return current


def _completed(
    call: Call, store: ObjectStore, key: str, version: ObjectVersion
) -> Mapping[str, Any]:
    return {
        # S3 encodes the slashes of the key here, and nowhere else.
        "Location": f"{call.endpoint_url}/{store.bucket.name}/{quote(key, safe='')}",
        "Bucket": store.bucket.name,
        "Key": key,
        "ETag": version.quoted_etag,
        **shown_checksum(version),
        **shown_encryption(version),
        **shown_version(store.bucket, version),
    }


@operation("ListMultipartUploads")
async def list_multipart_uploads(
    call: Call, request: shapes.ListMultipartUploadsRequest
) -> Mapping[str, Any]:
    """List the uploads under way: by key, then by age."""
    bucket = await open_bucket(call, request)
    encode = encoder(request.get("EncodingType"))
    walk = Walk(
        prefix=request.get("Prefix", ""),
        delimiter=request.get("Delimiter", ""),
        limit=page_limit(request.get("MaxUploads"), "max-uploads"),
    )
    key_marker, id_marker = request.get("KeyMarker", ""), request.get("UploadIdMarker", "")
    after = ""
    if key_marker and walk.folded(key_marker) is not None:
        after = walk.beyond(key_marker)
    elif key_marker:
        is_id = UPLOAD_ID.fullmatch(id_marker)
        after = record_name(key_marker) + END_OF_KEY + (id_marker if is_id else BEHIND_ALL)
    page = await walk.page(
        fetching(call.backends.records, bucket.scope("upload"), walk.prefix), after
    )
    answer: dict[str, Any] = {
        "Bucket": bucket.name,
        "KeyMarker": encode(key_marker),
        "UploadIdMarker": id_marker,
        "Prefix": encode(walk.prefix),
        "MaxUploads": walk.limit,
        "IsTruncated": page.is_truncated,
        "Uploads": [_upload(bucket, entry, encode(entry.key)) for entry in page.entries],
        **common_prefixes(page, encode),
    }
    if walk.delimiter:
        answer["Delimiter"] = encode(walk.delimiter)
    if page.is_truncated:
        answer["NextKeyMarker"] = encode(page.last_key)
        if isinstance(page.last, Entry):
            answer["NextUploadIdMarker"] = Upload(page.last.record).id
    if encoding := request.get("EncodingType"):
        answer["EncodingType"] = encoding
    return answer


def _upload(bucket: Bucket, entry: Entry, key: str) -> dict[str, Any]:
    upload = Upload(entry.record)
    version = upload.version
    shown: dict[str, Any] = {
        "Key": key,
        "UploadId": upload.id,
        "Initiated": version.last_modified,
        "StorageClass": version.storage_class,
        "Owner": owner(bucket.owner),
        "Initiator": owner(upload.initiator),
    }
    if upload.declared:
        shown |= {"ChecksumAlgorithm": upload.declared, "ChecksumType": upload.checksum_type}
    return shown


@operation("ListParts")
async def list_parts(call: Call, request: shapes.ListPartsRequest) -> Mapping[str, Any]:
    """List the parts that an upload has so far, by number."""
    bucket = await open_bucket(call, request)
    upload = await open_upload(call, bucket, request)
    limit = page_limit(request.get("MaxParts"), "max-parts")
    marker = number_marker(request.get("PartNumberMarker"), "part-number-marker")
    found = [part async for part in parts_of(call.backends.records, bucket, upload.id)]
    following = [part for part in found if part.number > marker]
    parts = following[:limit]
    answer: dict[str, Any] = {
        "Bucket": bucket.name,
        "Key": request["Key"],
        "UploadId": upload.id,
        "PartNumberMarker": marker,
        "NextPartNumberMarker": parts[-1].number if parts else 0,
        "MaxParts": limit,
        "IsTruncated": len(following) > limit,
        "Parts": [_part(upload, part) for part in parts],
        "StorageClass": upload.version.storage_class,
        "Owner": owner(bucket.owner),
        "Initiator": owner(upload.initiator),
    }
    if upload.declared:
        answer |= {"ChecksumAlgorithm": upload.declared, "ChecksumType": upload.checksum_type}
    return answer


def _part(upload: Upload, part: Part) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "PartNumber": part.number,
        "LastModified": part.last_modified,
        "ETag": f'"{part.etag}"',
        "Size": part.size,
    }
    if upload.declared:
        shown[upload.algorithm.member] = part.checksum
    return shown
