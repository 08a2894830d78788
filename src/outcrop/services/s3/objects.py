"""Objects: put, read, looked at and deleted.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outcrop.aws.http import ResponseBody
from outcrop.operations import Call, operation
from outcrop.services.s3 import shapes
from outcrop.services.s3.archives import check_restored
from outcrop.services.s3.attributes import (
    OVERRIDES,
    new_version,
    refuse_customer_keys,
    shown_attributes,
    shown_checksum,
    shown_encryption,
    shown_version,
)
from outcrop.services.s3.bucket import Bucket, open_bucket
from outcrop.services.s3.checksums import ALGORITHMS, COMPOSITE, claimed
from outcrop.services.s3.conditions import WriteCondition, check_read
from outcrop.services.s3.errors import (
    InvalidArgumentError,
    InvalidPartNumberError,
    InvalidRequestError,
)
from outcrop.services.s3.inspection import BodyInspection, promised_size
from outcrop.services.s3.names import check_key
from outcrop.services.s3.object_store import ObjectStore
from outcrop.services.s3.object_version import ObjectVersion
from outcrop.services.s3.ranges import byte_range, content_range
from outcrop.services.s3.storing import store_object

MOST_READS = 5
"""How often an object is read anew that was overwritten in the meantime."""


@operation("PutObject")
async def put_object(call: Call, request: shapes.PutObjectRequest) -> Mapping[str, Any]:
    """Store an object, whole or not at all."""
    bucket = await open_bucket(call, request)
    check_key(request["Key"])
    condition = WriteCondition.of(request)
    version = new_version(call, bucket, request)
    store = ObjectStore(call, bucket)
    version = await store_object(
        store,
        request["Key"],
        version,
        request.get("Body", b""),
        inspection_of(call, request),
        event="ObjectCreated:Put",
        condition=condition,
    )
    return {
        "ETag": version.quoted_etag,
        **shown_checksum(version),
        **shown_encryption(version),
        **shown_version(store.bucket, version),
    }


def inspection_of(call: Call, request: Mapping[str, Any]) -> BodyInspection:
    """Return what holds the body of a request to what the client says of it."""
    return BodyInspection(
        claimed(request, call.headers),
        content_md5=request.get("ContentMD5"),
        expected_size=promised_size(request, call.headers),
        trailers=getattr(request.get("Body"), "trailers", None),
    )


@operation("GetObject")
async def get_object(call: Call, request: shapes.GetObjectRequest) -> Mapping[str, Any]:
    """Give an object's bytes, or some of them."""
    bucket = await open_bucket(call, request)
    store = ObjectStore(call, bucket)
    for _ in range(MOST_READS):
        version = await readable_version(store, request)
        check_restored(version)
        start, stop, answer = shown_read(call, bucket, version, request)
        body: ResponseBody | None = await store.bodies.open(version, start, stop)
        if body is not None:
            return {**answer, "Body": body}
    raise shapes.NoSuchKey("The specified key does not exist.", Key=request["Key"])


@operation("HeadObject")
async def head_object(call: Call, request: shapes.HeadObjectRequest) -> Mapping[str, Any]:
    """Tell what GetObject would, without the bytes."""
    bucket = await open_bucket(call, request)
    version = await readable_version(ObjectStore(call, bucket), request)
    return shown_read(call, bucket, version, request)[2]


async def readable_version(store: ObjectStore, request: Mapping[str, Any]) -> ObjectVersion:
    """Return the version that a request means to read, if its conditions hold."""
    check_key(request["Key"])
    refuse_customer_keys(request)
    version = await store.get(request["Key"], request.get("VersionId"))
    check_read(version, request)
    return version


def shown_read(
    call: Call, bucket: Bucket, version: ObjectVersion, request: Mapping[str, Any]
) -> tuple[int, int, dict[str, Any]]:
    """Return the range of bytes that is asked for, and all members of the answer but the body."""
    start, stop, extra = _part(version, request) or _range(version, request)
    answer = {**shown_attributes(bucket, version), "ContentLength": stop - start, **extra}
    if request.get("ChecksumMode") == "ENABLED" and not extra:
        answer |= shown_checksum(version)
    if "Expires" in answer:
        # A date in the service model, but S3 gives back whatever was sent.
        call.answer_headers["expires"] = str(answer.pop("Expires"))
    for override, member in OVERRIDES.items():
        if request.get(override):
            _refuse_anonymous(call)
            answer[member] = request[override]
            call.answer_headers.pop(member.lower(), None)
    return start, stop, answer


def _refuse_anonymous(call: Call) -> None:
    """Refuse to let anybody say as what others' bytes are to be taken."""
    if not call.account:
        raise InvalidRequestError(
            "Request specific response headers cannot be used for anonymous GET requests."
        )


def _range(version: ObjectVersion, request: Mapping[str, Any]) -> tuple[int, int, dict[str, Any]]:
    wanted = byte_range(request.get("Range"), version.size)
    if wanted is None:
        return 0, version.size, {}
    return *wanted, {"ContentRange": content_range(*wanted, version.size)}


def _part(
    version: ObjectVersion, request: Mapping[str, Any]
) -> tuple[int, int, dict[str, Any]] | None:
    number: int | None = request.get("PartNumber")
    if number is None:
        return None
    if request.get("Range") is not None:
        raise InvalidRequestError("Cannot specify both Range header and partNumber query parameter")
    if number < 1:
        raise InvalidArgumentError(
            "Part number must be an integer between 1 and 10000, inclusive",
            name="partNumber",
            value=number,
        )
    if number > max(len(version.parts), 1):
        raise InvalidPartNumberError(number, max(len(version.parts), 1))
    if not version.parts:
        if not version.size:
            return 0, 0, {}
        return 0, version.size, {"ContentRange": content_range(0, version.size, version.size)}
    start = sum(part.size for part in version.parts[: number - 1])
    part = version.parts[number - 1]
    extra: dict[str, Any] = {
        "PartsCount": len(version.parts),
        "ContentRange": content_range(start, start + part.size, version.size),
    }
    if request.get("ChecksumMode") == "ENABLED" and version.checksum_type == COMPOSITE:
        (name,) = version.checksums
        extra |= {ALGORITHMS[name].member: part.checksum, "ChecksumType": COMPOSITE}
    return start, start + part.size, extra
