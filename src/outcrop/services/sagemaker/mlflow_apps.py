"""MLflow apps: what MLflow tracking servers are, without a size, and never stopped.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateMlflowApp.html
"""

import secrets
import string
from typing import Any, cast

from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.listings import Listing, all_of, equals
from outcrop.services.sagemaker.mlflow import supervision
from outcrop.services.sagemaker.mlflow.requests import REGISTERS, changed, created
from outcrop.services.sagemaker.mlflow.sign_in import presigned_url
from outcrop.services.sagemaker.mlflow.states import DELETING, check_deletable, is_busy, refuse
from outcrop.services.sagemaker.resources import MLFLOW_APP, add, arn_of, find, moment, update
from outcrop.services.sagemaker.tags import checked_tags
from outcrop.storage.records.interface import Document, Record

LETTERS = string.ascii_uppercase + string.digits
ID_LETTERS = 12
LISTING = Listing(
    member="Summaries",
    filters={
        "Status": equals("status"),
        "MlflowVersion": equals("version"),
        "DefaultForDomainId": lambda document, domain: domain in document["domains"],
        "AccountDefaultStatus": equals("account_default"),
    },
    sort_keys={"Name": "title"},
)


@operation("CreateMlflowApp")
async def create_mlflow_app(
    call: Call, request: shapes.CreateMlflowAppRequest
) -> shapes.CreateMlflowAppResponse:
    """Begin to run an app."""
    document: Document = {
        "account_default": "DISABLED",
        "domains": [],
        **created(call, request),
        "title": request["Name"],
        "tags": checked_tags(request.get("Tags", [])),
    }
    app = await add(call, MLFLOW_APP, f"app-{_letters()}", document)
    supervision.wake(call.backends, app)
    return {"Arn": _arn(call, app)}


@operation("DescribeMlflowApp")
async def describe_mlflow_app(
    call: Call, request: shapes.DescribeMlflowAppRequest
) -> shapes.DescribeMlflowAppResponse:
    """Answer with all that is known of an app."""
    app = await find(call, MLFLOW_APP, request["Arn"])
    document = app.document
    answer: dict[str, Any] = {
        **_summary(call, app),
        "ArtifactStoreUri": document["artifact_store"],
        "RoleArn": document["role"],
        "ModelRegistrationMode": REGISTERS
        if document["registers"]
        else "AutoModelRegistrationDisabled",
        "AccountDefaultStatus": document["account_default"],
        "DefaultDomainIdList": document["domains"],
        "CreatedBy": document["by"],
        "LastModifiedBy": document["last_by"],
    }
    optional = {"KmsKeyId": "key", "WeeklyMaintenanceWindowStart": "maintenance"}
    answer |= {name: document[key] for name, key in optional.items() if key in document}
    return cast("shapes.DescribeMlflowAppResponse", answer)


@operation("ListMlflowApps")
async def list_mlflow_apps(
    call: Call, request: shapes.ListMlflowAppsRequest
) -> shapes.ListMlflowAppsResponse:
    """Answer with the apps that pass all filters."""
    apps = await all_of(call, MLFLOW_APP)
    return LISTING.answer(request, apps, lambda app: _summary(call, app))


@operation("UpdateMlflowApp")
async def update_mlflow_app(
    call: Call, request: shapes.UpdateMlflowAppRequest
) -> shapes.UpdateMlflowAppResponse:
    """Change an app, whose program is started anew where it must be."""
    app = await find(call, MLFLOW_APP, request["Arn"])

    def updating(document: Document) -> Document:
        if is_busy(document):
            raise refuse(document, "MLflow App", _arn(call, app), "updated")
        after = changed(call, document, request)
        return {**after, "title": request.get("Name", document["title"]), "modified": moment(call)}

    supervision.wake(call.backends, await update(call, app, updating))
    return {"Arn": _arn(call, app)}


@operation("DeleteMlflowApp")
async def delete_mlflow_app(
    call: Call, request: shapes.DeleteMlflowAppRequest
) -> shapes.DeleteMlflowAppResponse:
    """End an app and forget it with all that was logged; artifacts stay in S3."""
    app = await find(call, MLFLOW_APP, request["Arn"])

    def deleting(document: Document) -> Document:
        check_deletable(document, "MLflow App")
        return {**document, "status": DELETING, "modified": moment(call)}

    supervision.delete(call.backends, await update(call, app, deleting))
    return {"Arn": _arn(call, app)}


@operation("CreatePresignedMlflowAppUrl")
async def create_presigned_mlflow_app_url(
    call: Call, request: shapes.CreatePresignedMlflowAppUrlRequest
) -> shapes.CreatePresignedMlflowAppUrlResponse:
    """Answer with a URL that signs a browser in to MLflow's pages, once."""
    app = await find(call, MLFLOW_APP, request["Arn"])
    return {"AuthorizedUrl": await presigned_url(call, app, _arn(call, app), request)}


def _letters() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(ID_LETTERS))


def _arn(call: Call, app: Record) -> str:
    return arn_of(call, MLFLOW_APP, app.name)


def _summary(call: Call, app: Record) -> Any:
    document = app.document
    return {
        "Arn": _arn(call, app),
        "Name": document["title"],
        "Status": document["status"],
        "CreationTime": document["created"],
        "LastModifiedTime": document["modified"],
        "MlflowVersion": document["version"],
    }
