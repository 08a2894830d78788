"""The datasets of Custom Labels: create, describe, distribute, delete.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/creating-datasets.html
"""

from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, operation, service_jobs
from outcrop.operations.records import every
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.custom_labels.dataset_changes import (
    CREATION,
    UPDATE,
    UPDATED_BY_ANOTHER,
)
from outcrop.services.rekognition.custom_labels.entry_records import NO_COUNTS
from outcrop.services.rekognition.custom_labels.resources import (
    DATASET,
    add_below,
    born,
    dataset_arn,
    entries_scope,
    find_dataset,
    find_project,
    not_found,
)
from outcrop.services.rekognition.projects import told_status
from outcrop.services.rekognition.tags import checked_tags
from outcrop.storage.records.interface import (
    Delete,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Replace,
    StaleRecordError,
)

UNDER_WAY = frozenset((CREATION.states.working, UPDATE.states.working, UPDATED_BY_ANOTHER))


@operation("CreateDataset")
async def create_dataset(
    call: Call, request: shapes.CreateDatasetRequest
) -> shapes.CreateDatasetResponse:
    """Make a dataset of a project: empty, of a manifest, or like another one."""
    project = await find_project(call, request["ProjectArn"])
    what = await _source(call, request.get("DatasetSource", {}))
    kind, now = request["DatasetType"], call.backends.now()
    document = {
        **born(now),
        "project": project.name,
        "type": kind,
        "updated": now,
        "status": CREATION.states.working if what else CREATION.states.done,
        "change": what,
        "tags": checked_tags(request.get("Tags", {})),
        **NO_COUNTS,
    }
    try:
        dataset = await add_below(call, project, DATASET, kind.lower(), document)
    except RecordExistsError as error:
        raise shapes.ResourceAlreadyExistsException(
            f"The project has a dataset of the type {kind}."
        ) from error
    if what:
        service_jobs.start(call.backends, CREATION, dataset)
    return {"DatasetArn": dataset_arn(call, dataset)}


@operation("DescribeDataset")
async def describe_dataset(
    call: Call, request: shapes.DescribeDatasetRequest
) -> shapes.DescribeDatasetResponse:
    """Tell how a dataset is, and how many entries and labels it has."""
    dataset = await find_dataset(call, request["DatasetArn"])
    document = dataset.document
    description: Any = {
        "CreationTimestamp": document["created"],
        "LastUpdatedTimestamp": document["updated"],
        **told_status(dataset),
        "DatasetStats": document["stats"],
    }
    return {"DatasetDescription": description}


@operation("DistributeDatasetEntries")
async def distribute_dataset_entries(
    call: Call, request: shapes.DistributeDatasetEntriesRequest
) -> shapes.DistributeDatasetEntriesResponse:
    """Begin to move a fifth of the images to learn from to the empty dataset for tests."""
    found = [await find_dataset(call, each["Arn"]) for each in request["Datasets"]]
    by_type = {dataset.document["type"]: dataset for dataset in found}
    if set(by_type) != {"TRAIN", "TEST"} or len({each.name.split("/")[0] for each in found}) > 1:
        raise shapes.InvalidParameterException(
            "Datasets must be the training and the test dataset of one project."
        )
    train, test = by_type["TRAIN"], by_type["TEST"]
    if any(each.document["status"] in {*UNDER_WAY, "CREATE_FAILED"} for each in found):
        raise shapes.ResourceNotReadyException("A dataset is not ready to be distributed.")
    if test.document["stats"]["TotalEntries"]:
        raise shapes.InvalidParameterException("The test dataset must be empty.")
    change = {"to": test.name}
    begun = {**train.document, "status": UPDATE.states.working, "change": change}
    waiting = {**test.document, "status": UPDATED_BY_ANOTHER}
    try:
        written = await call.backends.records.write(
            Replace(record=train, document=begun), Replace(record=test, document=waiting)
        )
    except (StaleRecordError, RecordNotFoundError) as error:
        raise shapes.ResourceNotReadyException("A dataset is being changed.") from error
    service_jobs.start(call.backends, UPDATE, next(filter(None, written)))
    return {}


@operation("DeleteDataset")
async def delete_dataset(
    call: Call, request: shapes.DeleteDatasetRequest
) -> shapes.DeleteDatasetResponse:
    """Delete a dataset with its entries."""
    arn = request["DatasetArn"]
    dataset = await find_dataset(call, arn)
    if dataset.document["status"] in UNDER_WAY:
        raise shapes.ResourceInUseException("The dataset is being created or updated.")
    place, records = entries_scope(dataset), call.backends.records
    entries = [
        Delete(scope=place, name=entry.name, must_exist=False)
        async for entry in every(records, place)
    ]
    itself = Delete(scope=dataset.scope, name=dataset.name, version=dataset.version)
    try:
        await records.write(itself, *entries)
    except StaleRecordError as error:
        raise shapes.ResourceInUseException("The dataset is being changed.") from error
    except RecordNotFoundError as error:
        raise not_found(arn) from error
    return {}


async def _source(call: Call, source: shapes.DatasetSource) -> dict[str, Any]:
    """Return what a new dataset is to be filled with; nothing: it stays empty."""
    manifest, arn = source.get("GroundTruthManifest"), source.get("DatasetArn")
    if manifest is not None and arn is not None:
        raise shapes.InvalidParameterException(
            "DatasetSource has both a GroundTruthManifest and a DatasetArn."
        )
    if manifest is not None:
        return {"manifest": await _manifest(call, manifest.get("S3Object", {}))}
    if arn is None:
        return {}
    copied = await find_dataset(call, arn)
    _check_copied(copied)
    return {"copy_of": {"name": copied.name, "uid": copied.document["uid"]}}


def _check_copied(dataset: Record) -> None:
    if dataset.document["status"] in {*UNDER_WAY, "CREATE_FAILED"}:
        raise shapes.InvalidParameterException("The dataset to copy is not ready.")


async def _manifest(call: Call, place: shapes.S3Object) -> dict[str, str]:
    bucket, name = place.get("Bucket"), place.get("Name")
    if not bucket or not name:
        raise shapes.InvalidS3ObjectException("Request has invalid S3 object.")
    version = {"VersionId": place["Version"]} if "Version" in place else {}
    try:
        await call.ask("s3", "HeadObject", Bucket=bucket, Key=name, **version)
    except ServiceError as error:
        raise shapes.InvalidS3ObjectException(
            "Unable to get object metadata from S3. Check object key, region and/or access"
            " permissions."
        ) from error
    return {"Bucket": bucket, "Name": name, "Version": place.get("Version", "")}
