"""GetObjectAttributes: what is known of an object, chosen by the caller.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.s3 import shapes
from outcrop.services.s3.attributes import shown_checksum, shown_version
from outcrop.services.s3.bucket import open_bucket
from outcrop.services.s3.checksums import ALGORITHMS, COMPOSITE
from outcrop.services.s3.errors import InvalidArgumentError
from outcrop.services.s3.listing import number_marker, page_limit
from outcrop.services.s3.object_store import ObjectStore
from outcrop.services.s3.object_version import ObjectVersion
from outcrop.services.s3.objects import readable_version


def _checksum(version: ObjectVersion) -> dict[str, str]:
    """Return the checksum; here S3 leaves the number of parts out."""
    return {name: value.partition("-")[0] for name, value in shown_checksum(version).items()}


SIMPLE: Mapping[str, Callable[[ObjectVersion], Any]] = {
    "ETag": lambda version: version.etag,
    "Checksum": _checksum,
    "StorageClass": lambda version: version.storage_class,
    "ObjectSize": lambda version: version.size,
}
PARTS = "ObjectParts"


@operation("GetObjectAttributes")
async def get_object_attributes(
    call: Call, request: shapes.GetObjectAttributesRequest
) -> Mapping[str, Any]:
    """Answer with the attributes asked for, those that the object has."""
    bucket = await open_bucket(call, request)
    asked = request.get("ObjectAttributes", [])
    for name in asked:
        if name not in SIMPLE and name != PARTS:
            raise InvalidArgumentError(
                "Invalid attribute name specified.", name="x-amz-object-attributes", value=name
            )
    if not asked:
        raise InvalidArgumentError(
            "The x-amz-object-attributes header specifying the attributes to be retrieved is "
            "either missing or empty",
            name="x-amz-object-attributes",
        )
    version = await readable_version(ObjectStore(call, bucket), request)
    answer: dict[str, Any] = {
        "LastModified": version.last_modified,
        **shown_version(bucket, version),
        **{name: SIMPLE[name](version) for name in asked if name in SIMPLE},
    }
    if PARTS in asked and version.parts:
        answer[PARTS] = _parts(version, request)
    return answer


def _parts(version: ObjectVersion, request: shapes.GetObjectAttributesRequest) -> dict[str, Any]:
    limit = page_limit(request.get("MaxParts"), "max-parts")
    marker = number_marker(request.get("PartNumberMarker"), "part-number-marker")
    shown: dict[str, Any] = {
        "TotalPartsCount": len(version.parts),
        "PartNumberMarker": marker,
        "MaxParts": limit,
    }
    # S3 keeps what it knows of each part only for checksums of checksums.
    if version.checksum_type != COMPOSITE:
        return shown
    (algorithm,) = version.checksums
    following = [part for part in version.parts if part.number > marker]
    page = following[:limit]
    shown["IsTruncated"] = len(following) > limit
    shown["NextPartNumberMarker"] = page[-1].number if page else 0
    shown["Parts"] = [
        {
            "PartNumber": part.number,
            "Size": part.size,
            ALGORITHMS[algorithm].member: part.checksum,
        }
        for part in page
    ]
    return shown
