"""Retention and legal hold of object versions.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.s3 import shapes
from outcrop.services.s3.bucket import Bucket, open_bucket
from outcrop.services.s3.configurations import missing
from outcrop.services.s3.errors import (
    InvalidArgumentError,
    InvalidRequestError,
    MalformedXmlError,
)
from outcrop.services.s3.names import check_key
from outcrop.services.s3.object_lock import COMPLIANCE, GOVERNANCE, check_change
from outcrop.services.s3.object_store import ObjectStore
from outcrop.services.s3.object_version import ObjectVersion

NOT_CONFIGURED = "NoSuchObjectLockConfiguration"


@operation("PutObjectRetention")
async def put_object_retention(
    call: Call, request: shapes.PutObjectRetentionRequest
) -> shapes.PutObjectRetentionOutput:
    """Keep a version from being deleted until a day."""
    bucket = await open_bucket(call, request)
    check_key(request["Key"])
    _check_lock(bucket)
    if "Retention" not in request:
        raise MalformedXmlError
    now = call.backends.now()
    retention = _kept(request["Retention"], now)
    may_bypass = bool(request.get("BypassGovernanceRetention"))

    def changed(version: ObjectVersion) -> ObjectVersion:
        check_change(version, retention, now=now, may_bypass=may_bypass)
        return version.changed(retention=retention)

    await ObjectStore(call, bucket).change(
        request["Key"], request.get("VersionId"), changed, event="ObjectRetention:Put"
    )
    return {}


def _kept(retention: Any, now: datetime) -> dict[str, str]:
    if not retention:
        return {}
    mode, until = retention.get("Mode"), retention.get("RetainUntilDate")
    if mode not in (GOVERNANCE, COMPLIANCE) or until is None:
        raise MalformedXmlError
    if until <= now:
        raise InvalidArgumentError("The retain until date must be in the future!")
    return {"Mode": mode, "RetainUntilDate": until.isoformat()}


@operation("GetObjectRetention")
async def get_object_retention(
    call: Call, request: shapes.GetObjectRetentionRequest
) -> shapes.GetObjectRetentionOutput:
    """Tell until when a version may not be deleted."""
    bucket = await open_bucket(call, request)
    check_key(request["Key"])
    _check_lock(bucket)
    version = await ObjectStore(call, bucket).get(request["Key"], request.get("VersionId"))
    if not version.retention:
        raise missing(
            NOT_CONFIGURED,
            "The specified object does not have a ObjectLock configuration",
            bucket,
        )
    until = datetime.fromisoformat(version.retention["RetainUntilDate"])
    return {"Retention": {"Mode": version.retention["Mode"], "RetainUntilDate": until}}


@operation("PutObjectLegalHold")
async def put_object_legal_hold(
    call: Call, request: shapes.PutObjectLegalHoldRequest
) -> shapes.PutObjectLegalHoldOutput:
    """Keep a version from being deleted, or let it go."""
    bucket = await open_bucket(call, request)
    check_key(request["Key"])
    _check_lock(bucket)
    status = request.get("LegalHold", {}).get("Status")
    if status not in ("ON", "OFF"):
        raise MalformedXmlError
    await ObjectStore(call, bucket).change(
        request["Key"], request.get("VersionId"), lambda version: version.changed(legal_hold=status)
    )
    return {}


@operation("GetObjectLegalHold")
async def get_object_legal_hold(
    call: Call, request: shapes.GetObjectLegalHoldRequest
) -> shapes.GetObjectLegalHoldOutput:
    """Tell whether a version is held."""
    bucket = await open_bucket(call, request)
    check_key(request["Key"])
    _check_lock(bucket)
    version = await ObjectStore(call, bucket).get(request["Key"], request.get("VersionId"))
    if not version.legal_hold:
        raise missing(
            NOT_CONFIGURED,
            "The specified object does not have a ObjectLock configuration",
            bucket,
        )
    return {"LegalHold": {"Status": version.legal_hold}}


def _check_lock(bucket: Bucket) -> None:
    if bucket.setting("object_lock") is None:
        raise InvalidRequestError("Bucket is missing Object Lock Configuration")
