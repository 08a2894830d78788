"""Access control lists of buckets and objects: kept and given back, they decide nothing.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.s3 import shapes
from outcrop.services.s3.access_control_lists import (
    ENFORCED,
    Grant,
    granted_by,
    granted_in,
    ownership,
    shown,
)
from outcrop.services.s3.bucket import Bucket, change_settings, open_bucket
from outcrop.services.s3.errors import (
    AccessControlListNotSupportedError,
    MissingSecurityHeaderError,
)
from outcrop.services.s3.names import check_key
from outcrop.services.s3.object_store import ObjectStore


@operation("PutBucketAcl")
async def put_bucket_acl(call: Call, request: shapes.PutBucketAclRequest) -> None:
    """Keep a bucket's grants."""
    bucket = await open_bucket(call, request)
    grants = _grants(bucket, request)

    def change(settings: dict[str, Any]) -> None:
        settings["grants"] = grants

    await change_settings(call, bucket, change)


@operation("GetBucketAcl")
async def get_bucket_acl(call: Call, request: shapes.GetBucketAclRequest) -> Mapping[str, Any]:
    """Give a bucket's grants back; without any its owner has full control."""
    bucket = await open_bucket(call, request)
    return shown(bucket.setting("grants"), bucket.owner)


@operation("PutObjectAcl")
async def put_object_acl(
    call: Call, request: shapes.PutObjectAclRequest
) -> shapes.PutObjectAclOutput:
    """Keep an object's grants."""
    bucket = await open_bucket(call, request)
    check_key(request["Key"])
    grants = _grants(bucket, request)
    await ObjectStore(call, bucket).change(
        request["Key"],
        request.get("VersionId"),
        lambda version: version.changed(grants=grants),
        event="ObjectAcl:Put",
    )
    return {}


@operation("GetObjectAcl")
async def get_object_acl(call: Call, request: shapes.GetObjectAclRequest) -> Mapping[str, Any]:
    """Give an object's grants back; without any its owner has full control."""
    bucket = await open_bucket(call, request)
    check_key(request["Key"])
    version = await ObjectStore(call, bucket).get(request["Key"], request.get("VersionId"))
    return shown(version.grants, bucket.owner)


def _grants(bucket: Bucket, request: Mapping[str, Any]) -> list[Grant]:
    """Return the grants that a request carries, in its headers or its body.

    Raises:
        AccessControlListNotSupportedError: The bucket's ownership switches lists off.
        MissingSecurityHeaderError: It carries none.
    """
    if ownership(bucket) == ENFORCED:
        raise AccessControlListNotSupportedError
    grants = granted_by(request, owner_account=bucket.owner)
    if grants is not None:
        return grants
    if "AccessControlPolicy" not in request:
        raise MissingSecurityHeaderError("x-amz-acl")
    return granted_in(request["AccessControlPolicy"])
