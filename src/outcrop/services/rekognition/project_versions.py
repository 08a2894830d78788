"""The versions of a project's model: train, copy, describe, delete.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/training-model.html
"""

from collections.abc import Mapping
from typing import Any, cast

from outcrop.operations import Call, operation, service_jobs
from outcrop.operations.paging import page_of_records
from outcrop.operations.service_jobs import JobFamily
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.collections import page_request
from outcrop.services.rekognition.custom_labels import training_files as files
from outcrop.services.rekognition.custom_labels.copying import find_to_copy
from outcrop.services.rekognition.custom_labels.resources import (
    CUSTOM_LABELS,
    DATASET,
    VERSION,
    add_below,
    below,
    born,
    find_project,
    find_version,
    not_found,
    s3_object,
    scope,
    version_arn,
)
from outcrop.services.rekognition.custom_labels.serving import COPYING, STARTING, STOPPING
from outcrop.services.rekognition.custom_labels.training import TRAINING
from outcrop.services.rekognition.datasets import UNDER_WAY
from outcrop.services.rekognition.tags import checked_tags
from outcrop.storage.records.interface import (
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    StaleRecordError,
)

MOST_LISTED = 100
BASE_MODEL = "EfficientNet-Lite0"
BUSY = frozenset(
    (
        TRAINING.states.waiting,
        TRAINING.states.working,
        STARTING.states.working,
        STARTING.states.done,
        STOPPING.states.working,
        COPYING.states.working,
    )
)
MESSAGES: Mapping[str, str] = {
    TRAINING.states.waiting: "The model is being trained.",
    TRAINING.states.working: "The model is being trained.",
    TRAINING.states.done: "The model is ready to run.",
    STARTING.states.working: "The model is starting.",
    STARTING.states.done: "The model is running.",
    STOPPING.states.working: "The model is stopping.",
    STOPPING.states.done: "The model is ready to run.",
    COPYING.states.working: "The model is being copied.",
    COPYING.states.done: "The model is ready to run.",
}


@operation("CreateProjectVersion")
async def create_project_version(
    call: Call, request: shapes.CreateProjectVersionRequest
) -> shapes.CreateProjectVersionResponse:
    """Begin to train a model."""
    if "FeatureConfig" in request:
        raise shapes.InvalidParameterException("FeatureConfig is for adapters only.")
    project = await find_project(call, request["ProjectArn"])
    asked = await _data(call, project, request)
    document = {
        **_new(call, project, request),
        "asked": asked,
        "description": request.get("VersionDescription", ""),
    }
    version = await _begin(call, project, TRAINING, request["VersionName"], document)
    return {"ProjectVersionArn": version_arn(call, version)}


@operation("CopyProjectVersion")
async def copy_project_version(
    call: Call, request: shapes.CopyProjectVersionRequest
) -> shapes.CopyProjectVersionResponse:
    """Begin to copy a trained model to another project, maybe from another account."""
    project = await find_project(call, request["DestinationProjectArn"])
    source = await find_to_copy(
        call, request["SourceProjectArn"], request["SourceProjectVersionArn"]
    )
    document = {
        **_new(call, project, request),
        "asked": {},
        "description": source.document["description"],
        "source_arn": request["SourceProjectVersionArn"],
        "copy_of": {
            "account": source.scope.account,
            "name": source.name,
            "uid": source.document["uid"],
        },
    }
    version = await _begin(call, project, COPYING, request["VersionName"], document)
    return {"ProjectVersionArn": version_arn(call, version)}


@operation("DescribeProjectVersions")
async def describe_project_versions(
    call: Call, request: shapes.DescribeProjectVersionsRequest
) -> shapes.DescribeProjectVersionsResponse:
    """Answer with the versions of a project, and with how good they are."""
    project = await find_project(call, request["ProjectArn"])
    names = request.get("VersionNames")
    page = await page_of_records(
        call.backends.records,
        scope(call, VERSION),
        page_request(request.get("MaxResults"), request.get("NextToken"), most=MOST_LISTED),
        prefix=f"{project.document['uid']}/",
        keep=lambda version: names is None or version.name.partition("/")[2] in names,
    )
    answer: shapes.DescribeProjectVersionsResponse = {
        "ProjectVersionDescriptions": [_described(call, version) for version in page.items]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("DeleteProjectVersion")
async def delete_project_version(
    call: Call, request: shapes.DeleteProjectVersionRequest
) -> shapes.DeleteProjectVersionResponse:
    """Delete a model that is not at work."""
    arn = request["ProjectVersionArn"]
    version = await find_version(call, arn)
    if version.document["status"] in BUSY:
        raise shapes.ResourceInUseException(
            f"The model is {told_status(version)}: it cannot be deleted."
        )
    itself = Delete(scope=version.scope, name=version.name, version=version.version)
    try:
        await call.backends.records.write(itself)
    except StaleRecordError as error:
        raise shapes.ResourceInUseException("The model is being changed.") from error
    except RecordNotFoundError as error:
        raise not_found(arn) from error
    if version.document.get("classifier"):
        await call.backends.blobs.delete(version.document["classifier"])
    return {"Status": "DELETING"}


def told_status(version: Record) -> str:
    """Return the status of a version in AWS's words."""
    status: str = version.document["status"]
    return TRAINING.states.working if status == TRAINING.states.waiting else status


def _new(call: Call, project: Record, request: Mapping[str, Any]) -> Document:
    """Return what the document of every version begins with."""
    now = call.backends.now()
    return {
        **born(now),
        "project": project.name,
        "updated": now,
        "output": dict(_output(request)),
        "kms_key": request.get("KmsKeyId", ""),
        "tags": checked_tags(request.get("Tags", {})),
    }


def _output(request: Mapping[str, Any]) -> Mapping[str, str]:
    output = request["OutputConfig"]
    if not output.get("S3Bucket"):
        raise shapes.InvalidParameterException("OutputConfig has no S3Bucket.")
    return output


async def _begin(
    call: Call, project: Record, family: JobFamily, name: str, document: Document
) -> Record:
    document = {**document, "status": family.states.waiting}
    try:
        version = await add_below(call, project, VERSION, name, document)
    except RecordExistsError as error:
        raise shapes.ResourceInUseException(
            f"The project has a version with the name {name}."
        ) from error
    service_jobs.start(call.backends, family, version)
    return version


async def _data(
    call: Call, project: Record, request: shapes.CreateProjectVersionRequest
) -> dict[str, Any]:
    """Return what a request gives to learn from; nothing: the project's datasets are meant."""
    datasets = await below(call, project, DATASET)
    train, test = request.get("TrainingData"), request.get("TestingData")
    if (train is None) != (test is None):
        raise shapes.InvalidParameterException(
            "TrainingData and TestingData must be given together."
        )
    if train is None or test is None:
        _check_datasets(datasets)
        return {}
    if datasets:
        raise shapes.InvalidParameterException(
            "The project has datasets: leave TrainingData and TestingData out."
        )
    if bool(test.get("Assets")) == test.get("AutoCreate", False):
        raise shapes.InvalidParameterException("TestingData has either Assets or AutoCreate.")
    for assets in (train.get("Assets", []), test.get("Assets", [])):
        _check_assets(cast("list[Any]", assets))
    if not train.get("Assets"):
        raise shapes.InvalidParameterException("TrainingData has no Assets.")
    return {"TrainingData": train, "TestingData": test}


def _check_assets(assets: list[Any]) -> None:
    if len(assets) > 1:
        raise shapes.InvalidParameterException("One manifest can be given, not several.")
    for asset in assets:
        place = asset.get("GroundTruthManifest", {}).get("S3Object", {})
        if not place.get("Bucket") or not place.get("Name"):
            raise shapes.InvalidParameterException("An asset has no S3 object.")


def _check_datasets(datasets: list[Record]) -> None:
    if not any(dataset.document["type"] == "TRAIN" for dataset in datasets):
        raise shapes.InvalidParameterException("The project has no training dataset.")
    status = {dataset.document["status"] for dataset in datasets}
    if status & {*UNDER_WAY, "CREATE_FAILED"}:
        raise shapes.ResourceInUseException("A dataset of the project is not ready.")


def _described(call: Call, version: Record) -> shapes.ProjectVersionDescription:
    document = version.document
    told: dict[str, Any] = {
        "ProjectVersionArn": version_arn(call, version),
        "CreationTimestamp": document["created"],
        "Status": told_status(version),
        "StatusMessage": _message(document),
        "OutputConfig": document["output"],
        "Feature": CUSTOM_LABELS,
        "BaseModelVersion": BASE_MODEL,
    }
    optional = {
        "VersionDescription": document["description"],
        "KmsKeyId": document["kms_key"],
        "SourceProjectVersionArn": document.get("source_arn"),
        "MinInferenceUnits": document.get("least_units"),
        "MaxInferenceUnits": document.get("most_units"),
        "TrainingEndTimestamp": document.get("trained"),
    }
    told |= {name: value for name, value in optional.items() if value}
    if "seconds" in document:
        told["BillableTrainingTimeInSeconds"] = document["seconds"]
    return cast("shapes.ProjectVersionDescription", {**told, **_results(document)})


def _message(document: Document) -> str:
    """Return the status message: why it failed, or how far it is."""
    status = document["status"]
    if status not in MESSAGES:
        return document["message"]
    if status == TRAINING.states.working and "progress" in document:
        done, total = document["progress"]
        return f"{MESSAGES[status]} {done} of {total} images have been read."
    return MESSAGES[status]


def _results(document: Document) -> dict[str, Any]:
    """Return where the files of a training are, as far as they are there."""
    keys, bucket = document.get("files", {}), document["output"]["S3Bucket"]

    def at(kind: str) -> Any:
        return s3_object(bucket, keys[kind])

    def assets(kind: str) -> dict[str, Any]:
        return {"Assets": [{"GroundTruthManifest": at(kind)}]} if kind in keys else {}

    asked = document["asked"]
    auto = {"AutoCreate": asked.get("TestingData", {}).get("AutoCreate", False)}
    train = {"Input": asked.get("TrainingData", {})}
    test = {"Input": {**asked.get("TestingData", {}), **auto}}
    if files.TRAIN_CHECKED in keys:
        train["Validation"] = assets(files.TRAIN_CHECKED)
        test["Validation"] = assets(files.TEST_CHECKED)
    if files.TRAIN_TRUTH in keys:
        train["Output"] = assets(files.TRAIN_TRUTH)
        test["Output"] = {**assets(files.TEST_TRUTH), **auto}
    told: dict[str, Any] = {"TrainingDataResult": train, "TestingDataResult": test}
    if files.MANIFEST_SUMMARY in keys:
        told["ManifestSummary"] = at(files.MANIFEST_SUMMARY)
    if files.SUMMARY in keys and "f1" in document:
        told["EvaluationResult"] = {"F1Score": document["f1"], "Summary": at(files.SUMMARY)}
    return told
