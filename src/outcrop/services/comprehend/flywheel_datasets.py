"""Datasets of flywheels: create, describe, list.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_CreateDataset.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.records import every
from outcrop.operations.service_jobs import submit
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.flywheel.ingestion import (
    CONFIG,
    DOCUMENTS,
    FOLDER,
    JOBS,
    dataset_document,
)
from outcrop.services.comprehend.flywheel.lake import dataset_in
from outcrop.services.comprehend.flywheel.model_types import task_of
from outcrop.services.comprehend.flywheel.resources import (
    DATASET_PART,
    DATASETS,
    FLYWHEELS,
    find_active,
    unchanged,
    with_flywheel,
)
from outcrop.services.comprehend.flywheel.tasks import TRAIN
from outcrop.services.comprehend.lists import check_filter, newest_first
from outcrop.services.comprehend.models.custom_models import IN_USE
from outcrop.services.comprehend.tagging import checked_tags
from outcrop.storage.records.interface import Record, RecordExistsError

TOLD = ("DatasetType", "Description")


@operation("CreateDataset")
async def create_dataset(
    call: Call, request: shapes.CreateDatasetRequest
) -> shapes.CreateDatasetResponse:
    """Begin to take documents into a flywheel's data lake."""
    given: Mapping[str, Any] = {"DatasetType": TRAIN, **request}
    name = request["DatasetName"]

    async def create(flywheel: Record) -> Record:
        task_of(flywheel.document).check(request["InputDataConfig"])
        folder = dataset_in(flywheel.document["lake"], name, call.backends.now())
        document = dataset_document(
            {member: given[member] for member in TOLD if member in given},
            folder,
            role=flywheel.document["role"],
            tags=checked_tags(request.get("Tags", [])),
        )
        return await submit(
            call,
            JOBS,
            f"{flywheel.name}{DATASET_PART}{name}",
            {**document, CONFIG: request["InputDataConfig"]},
            token=request.get("ClientRequestToken", ""),
            also=(unchanged(flywheel),),
        )

    try:
        dataset = await with_flywheel(lambda: find_active(call, request["FlywheelArn"]), create)
    except RecordExistsError as error:
        raise shapes.ResourceInUseException(IN_USE) from error
    return {"DatasetArn": DATASETS.arn(call, dataset.name)}


@operation("DescribeDataset")
async def describe_dataset(
    call: Call, request: shapes.DescribeDatasetRequest
) -> shapes.DescribeDatasetResponse:
    """Answer with the state of a dataset."""
    told: Any = _told(call, await DATASETS.find(call, request["DatasetArn"]))
    return {"DatasetProperties": told}


@operation("ListDatasets")
async def list_datasets(
    call: Call, request: shapes.ListDatasetsRequest
) -> shapes.ListDatasetsResponse:
    """Answer with the datasets of a flywheel, or of all, that pass the filter, the newest first."""
    chosen: Mapping[str, Any] = request.get("Filter", {})
    check_filter(chosen)
    if "FlywheelArn" in request:
        flywheel = await FLYWHEELS.find(call, request["FlywheelArn"])
        given = DATASETS.of_flywheel(call, flywheel.name)
    else:
        given = every(call.backends.records, DATASETS.scope(call))
    datasets = [each async for each in given if _passes(each, chosen)]
    page = newest_first(datasets, chosen, request, after="CreationTimeAfter")
    answer: Any = page.answer("DatasetPropertiesList", [_told(call, each) for each in page.items])
    return answer


def _passes(dataset: Record, chosen: Mapping[str, Any]) -> bool:
    status, purpose = dataset.document["status"], dataset.document["told"]["DatasetType"]
    return chosen.get("Status", status) == status and chosen.get("DatasetType", purpose) == purpose


def _told(call: Call, dataset: Record) -> dict[str, Any]:
    document = dataset.document
    told = {
        "DatasetArn": DATASETS.arn(call, dataset.name),
        "DatasetName": dataset.name.partition(DATASET_PART)[2],
        "DatasetS3Uri": document[FOLDER],
        "Status": document["status"],
        "CreationTime": document["created"],
        **document["told"],
    }
    for member, key in (
        ("Message", "message"),
        ("NumberOfDocuments", DOCUMENTS),
        ("EndTime", "ended"),
    ):
        if key in document:
            told[member] = document[key]
    return told
