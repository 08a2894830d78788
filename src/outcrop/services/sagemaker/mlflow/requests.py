"""What is kept of the requests that create and change tracking servers.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateMlflowTrackingServer.html
"""

import uuid
from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.operations import Call
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.mlflow.versions import running_version
from outcrop.storage.records.interface import Document

REGISTERS = "AutoModelRegistrationEnabled"
RESTARTING = ("artifact_store", "size")
"""Members of documents that a running program was told."""
MEMBERS = {
    "ArtifactStoreUri": "artifact_store",
    "TrackingServerSize": "size",
    "WeeklyMaintenanceWindowStart": "maintenance",
    "S3BucketOwnerAccountId": "bucket_owner",
    "S3BucketOwnerVerification": "verifies_owner",
    "AccountDefaultStatus": "account_default",
    "DefaultDomainIdList": "domains",
    "KmsKeyId": "key",
    "AutomaticModelRegistration": "registers",
}
"""Of documents, by those of requests."""


def created(call: Call, request: Mapping[str, Any]) -> Document:
    """Return the document of a new tracking server.

    Raises:
        ServiceError: There are too many, or what is asked for is not to be had.
    """
    trackers = call.backends.jobs.trackers
    if not trackers.has_room(1):
        raise shapes.ResourceLimitExceeded(
            f"At most {trackers.most} tracking servers run at once ([jobs] tracking_servers)."
        )
    return {
        "size": "Small",
        "bucket_owner": call.account,
        "verifies_owner": True,
        "registers": False,
        **_given(request),
        "role": request["RoleArn"],
        "status": "Creating",
        "active": False,
        "wanted": True,
        "fleet": uuid.uuid4().hex,
        "version": running_version(),
        "by": _who(call),
        "last_by": _who(call),
    }


def changed(call: Call, tracker: Document, request: Mapping[str, Any]) -> Document:
    """Return the document of a tracking server that is to be as a request says."""
    after: Document = {**tracker, **_given(request), "status": "Updating", "last_by": _who(call)}
    after["wanted"] = tracker["active"]
    after["restart"] = any(tracker[name] != after[name] for name in RESTARTING)
    return after


def moved(call: Call, tracker: Document, status: str, *, wanted: bool) -> Document:
    """Return the document of a tracking server that is to start or stop."""
    return {**tracker, "status": status, "wanted": wanted, "last_by": _who(call)}


def _given(request: Mapping[str, Any]) -> Document:
    given = {MEMBERS[name]: value for name, value in request.items() if name in MEMBERS}
    if "ModelRegistrationMode" in request:
        given["registers"] = request["ModelRegistrationMode"] == REGISTERS
    if "artifact_store" in given:
        try:
            bucket_and_key(given["artifact_store"])
        except ValueError as error:
            raise ValidationError(
                f"ArtifactStoreUri must begin with s3://, and {given['artifact_store']} does not."
            ) from error
    return given


def _who(call: Call) -> Document:
    principal = call.principal
    return {"IamIdentity": {"Arn": principal.arn, "PrincipalId": principal.user_id}}
