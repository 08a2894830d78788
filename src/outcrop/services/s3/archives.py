"""Objects in archives: read only after they were restored, which takes no time here.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
"""

from __future__ import annotations

from datetime import timedelta

from outcrop.operations import Call, operation
from outcrop.services.s3 import shapes
from outcrop.services.s3.bucket import open_bucket
from outcrop.services.s3.errors import MalformedXmlError, NotImplementedByS3Error
from outcrop.services.s3.names import check_key
from outcrop.services.s3.object_store import ObjectStore
from outcrop.services.s3.object_version import ObjectVersion

ARCHIVED = frozenset(("GLACIER", "DEEP_ARCHIVE"))
ACCEPTED = "x-outcrop-accepted"
"""Marks the answer to a first request, which has a status of its own."""


@operation("RestoreObject")
async def restore_object(
    call: Call, request: shapes.RestoreObjectRequest
) -> shapes.RestoreObjectOutput:
    """Make an archived object readable for some days; once more: for other days."""
    bucket = await open_bucket(call, request)
    check_key(request["Key"])
    wanted = request.get("RestoreRequest", {})
    if wanted.get("SelectParameters") or wanted.get("OutputLocation"):
        raise NotImplementedByS3Error("SelectParameters")
    days = wanted.get("Days", 0)
    if days < 1:
        raise MalformedXmlError
    # S3 rounds up to the next midnight.
    until = (call.backends.now() + timedelta(days=days + 1)).replace(hour=0, minute=0, second=0)
    was_restored = False

    def changed(version: ObjectVersion) -> ObjectVersion:
        nonlocal was_restored
        if version.storage_class not in ARCHIVED:
            raise shapes.InvalidObjectState(
                "Restore is not allowed for the object's current storage class",
                StorageClass=version.storage_class,
            )
        was_restored = bool(version.restored_until)
        return version.changed(restored_until=int(until.timestamp()))

    await ObjectStore(call, bucket).change(
        request["Key"], request.get("VersionId"), changed, event="ObjectRestore:Completed"
    )
    if not was_restored:
        call.answer_headers[ACCEPTED] = "true"
    return {}


def is_archived(version: ObjectVersion) -> bool:
    """Tell whether an object must be restored before it is read."""
    return version.storage_class in ARCHIVED and not version.restored_until


def check_restored(version: ObjectVersion) -> None:
    """Refuse to read what lies in an archive."""
    if is_archived(version):
        raise shapes.InvalidObjectState(
            "The operation is not valid for the object's storage class",
            StorageClass=version.storage_class,
        )
