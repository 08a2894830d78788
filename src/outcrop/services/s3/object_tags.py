"""Tags of objects and of their versions.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.s3 import shapes
from outcrop.services.s3.attributes import shown_version
from outcrop.services.s3.bucket import open_bucket
from outcrop.services.s3.errors import MalformedXmlError
from outcrop.services.s3.names import check_key
from outcrop.services.s3.object_store import ObjectStore
from outcrop.services.s3.tag_sets import MOST_OBJECT_TAGS, checked_tags, pairs_of, tag_set


@operation("PutObjectTagging")
async def put_object_tagging(
    call: Call, request: shapes.PutObjectTaggingRequest
) -> Mapping[str, Any]:
    """Give an object other tags."""
    bucket = await open_bucket(call, request)
    check_key(request["Key"])
    tagging = request.get("Tagging")
    if not tagging or "TagSet" not in tagging:
        raise MalformedXmlError
    pairs = pairs_of(checked_tags(tagging["TagSet"], most=MOST_OBJECT_TAGS))
    version = await ObjectStore(call, bucket).change(
        request["Key"],
        request.get("VersionId"),
        lambda version: version.changed(tags=pairs),
        event="ObjectTagging:Put",
    )
    return shown_version(bucket, version)


@operation("GetObjectTagging")
async def get_object_tagging(
    call: Call, request: shapes.GetObjectTaggingRequest
) -> Mapping[str, Any]:
    """List an object's tags; none is no error."""
    bucket = await open_bucket(call, request)
    check_key(request["Key"])
    version = await ObjectStore(call, bucket).get(request["Key"], request.get("VersionId"))
    return {"TagSet": tag_set(version.tags), **shown_version(bucket, version)}


@operation("DeleteObjectTagging")
async def delete_object_tagging(
    call: Call, request: shapes.DeleteObjectTaggingRequest
) -> Mapping[str, Any]:
    """Take all tags from an object."""
    bucket = await open_bucket(call, request)
    check_key(request["Key"])
    version = await ObjectStore(call, bucket).change(
        request["Key"],
        request.get("VersionId"),
        lambda version: version.changed(tags=()),
        event="ObjectTagging:Delete",
    )
    return shown_version(bucket, version)
