"""MLflow tracking servers: MLflow's own server, which keeps what runs log.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/mlflow-create-tracking-server.html
"""

from collections.abc import Mapping
from typing import Any, cast

from outcrop.aws.arn import Arn
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.listings import Listing, all_of, equals
from outcrop.services.sagemaker.mlflow import supervision
from outcrop.services.sagemaker.mlflow.paths import path_of
from outcrop.services.sagemaker.mlflow.requests import changed, created, moved
from outcrop.services.sagemaker.mlflow.sign_in import presigned_url
from outcrop.services.sagemaker.mlflow.states import DELETING, check_deletable, is_busy, refuse
from outcrop.services.sagemaker.mlflow.versions import check_version
from outcrop.services.sagemaker.resources import (
    MLFLOW_TRACKING_SERVER,
    add,
    arn_of,
    find,
    moment,
    update,
)
from outcrop.services.sagemaker.tags import checked_tags
from outcrop.storage.records.interface import Document, Record

NOUN = "Tracking Server"
LISTING = Listing(
    member="TrackingServerSummaries",
    filters={"TrackingServerStatus": equals("status"), "MlflowVersion": equals("version")},
)


@operation("CreateMlflowTrackingServer")
async def create_mlflow_tracking_server(
    call: Call, request: shapes.CreateMlflowTrackingServerRequest
) -> shapes.CreateMlflowTrackingServerResponse:
    """Begin to run a tracking server."""
    name = request["TrackingServerName"]
    if "MlflowVersion" in request:
        check_version(request["MlflowVersion"])
    document = {**created(call, request), "tags": checked_tags(request.get("Tags", []))}
    tracker = await add(call, MLFLOW_TRACKING_SERVER, name, document)
    supervision.wake(call.backends, tracker)
    return _arn_alone(call, tracker)


@operation("DescribeMlflowTrackingServer")
async def describe_mlflow_tracking_server(
    call: Call, request: shapes.DescribeMlflowTrackingServerRequest
) -> shapes.DescribeMlflowTrackingServerResponse:
    """Answer with all that is known of a tracking server."""
    tracker = await _find(call, request)
    arn, document = _arn(call, tracker), tracker.document
    answer: dict[str, Any] = {
        **_summary(call, tracker),
        "ArtifactStoreUri": document["artifact_store"],
        "TrackingServerSize": document["size"],
        "RoleArn": document["role"],
        "TrackingServerUrl": f"{call.endpoint_url}{path_of(Arn.parse(arn))}",
        "AutomaticModelRegistration": document["registers"],
        "CreatedBy": document["by"],
        "LastModifiedBy": document["last_by"],
        "S3BucketOwnerAccountId": document["bucket_owner"],
        "S3BucketOwnerVerification": document["verifies_owner"],
    }
    if "maintenance" in document:
        answer["WeeklyMaintenanceWindowStart"] = document["maintenance"]
    return cast("shapes.DescribeMlflowTrackingServerResponse", answer)


@operation("ListMlflowTrackingServers")
async def list_mlflow_tracking_servers(
    call: Call, request: shapes.ListMlflowTrackingServersRequest
) -> shapes.ListMlflowTrackingServersResponse:
    """Answer with the tracking servers that pass all filters."""
    trackers = await all_of(call, MLFLOW_TRACKING_SERVER)
    return LISTING.answer(request, trackers, lambda tracker: _summary(call, tracker))


@operation("UpdateMlflowTrackingServer")
async def update_mlflow_tracking_server(
    call: Call, request: shapes.UpdateMlflowTrackingServerRequest
) -> shapes.UpdateMlflowTrackingServerResponse:
    """Change a tracking server, whose program is started anew where it must be."""
    tracker = await _find(call, request)

    def updating(document: Document) -> Document:
        if is_busy(document):
            raise refuse(document, NOUN, _arn(call, tracker), "updated")
        return _at(call, changed(call, document, request))

    return await _wake(call, await update(call, tracker, updating))


@operation("StartMlflowTrackingServer")
async def start_mlflow_tracking_server(
    call: Call, request: shapes.StartMlflowTrackingServerRequest
) -> shapes.StartMlflowTrackingServerResponse:
    """Begin to run a tracking server again, with all that was logged to it."""
    tracker = await _find(call, request)

    def starting(document: Document) -> Document:
        if is_busy(document) or document["active"]:
            raise refuse(document, NOUN, _arn(call, tracker), "started")
        return _at(call, moved(call, document, "Starting", wanted=True))

    return await _wake(call, await update(call, tracker, starting))


@operation("StopMlflowTrackingServer")
async def stop_mlflow_tracking_server(
    call: Call, request: shapes.StopMlflowTrackingServerRequest
) -> shapes.StopMlflowTrackingServerResponse:
    """End a tracking server's program; what was logged stays."""
    tracker = await _find(call, request)

    def stopping(document: Document) -> Document:
        if is_busy(document) or not document["active"]:
            raise refuse(document, NOUN, _arn(call, tracker), "stopped")
        return _at(call, moved(call, document, "Stopping", wanted=False))

    return await _wake(call, await update(call, tracker, stopping))


@operation("DeleteMlflowTrackingServer")
async def delete_mlflow_tracking_server(
    call: Call, request: shapes.DeleteMlflowTrackingServerRequest
) -> shapes.DeleteMlflowTrackingServerResponse:
    """End a tracking server and forget it with all that was logged; artifacts stay in S3."""
    tracker = await _find(call, request)

    def deleting(document: Document) -> Document:
        check_deletable(document, NOUN)
        return _at(call, {**document, "status": DELETING})

    supervision.delete(call.backends, await update(call, tracker, deleting))
    return _arn_alone(call, tracker)


@operation("CreatePresignedMlflowTrackingServerUrl")
async def create_presigned_mlflow_tracking_server_url(
    call: Call, request: shapes.CreatePresignedMlflowTrackingServerUrlRequest
) -> shapes.CreatePresignedMlflowTrackingServerUrlResponse:
    """Answer with a URL that signs a browser in to MLflow's pages, once."""
    tracker = await _find(call, request)
    url = await presigned_url(call, tracker, _arn(call, tracker), request)
    return {"AuthorizedUrl": url}


async def _find(call: Call, request: Mapping[str, Any]) -> Record:
    return await find(call, MLFLOW_TRACKING_SERVER, request["TrackingServerName"])


async def _wake(call: Call, tracker: Record) -> Any:
    supervision.wake(call.backends, tracker)
    return _arn_alone(call, tracker)


def _at(call: Call, document: Document) -> Document:
    return {**document, "modified": moment(call)}


def _arn(call: Call, tracker: Record) -> str:
    return arn_of(call, MLFLOW_TRACKING_SERVER, tracker.name)


def _arn_alone(call: Call, tracker: Record) -> Any:
    return {"TrackingServerArn": _arn(call, tracker)}


def _summary(call: Call, tracker: Record) -> Any:
    document = tracker.document
    return {
        "TrackingServerArn": _arn(call, tracker),
        "TrackingServerName": tracker.name,
        "CreationTime": document["created"],
        "LastModifiedTime": document["modified"],
        "TrackingServerStatus": document["status"],
        "IsActive": "Active" if document["active"] else "Inactive",
        "MlflowVersion": document["version"],
    }
