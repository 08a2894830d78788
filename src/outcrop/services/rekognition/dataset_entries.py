"""The entries of a dataset, an image each: update, list; and the labels that they have.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/managing-dataset.html
"""

from outcrop.operations import Call, operation, service_jobs
from outcrop.operations.paging import page_of, page_of_records
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.collections import page_request
from outcrop.services.rekognition.custom_labels.dataset_changes import CREATION, UPDATE
from outcrop.services.rekognition.custom_labels.entry_records import all_labels, as_listed
from outcrop.services.rekognition.custom_labels.resources import entries_scope, find_dataset
from outcrop.services.rekognition.datasets import UNDER_WAY
from outcrop.storage.records.interface import (
    Record,
    RecordNotFoundError,
    Replace,
    StaleRecordError,
)

MOST_LISTED = 100


@operation("UpdateDatasetEntries")
async def update_dataset_entries(
    call: Call, request: shapes.UpdateDatasetEntriesRequest
) -> shapes.UpdateDatasetEntriesResponse:
    """Begin to take the lines of a request into a dataset, over those of the same images."""
    dataset = await find_dataset(call, request["DatasetArn"])
    if dataset.document["status"] in UNDER_WAY:
        raise shapes.ResourceInUseException("The dataset is being created or updated.")
    if dataset.document["status"] == CREATION.states.failed:
        raise shapes.InvalidParameterException("The dataset was not created: delete it.")
    blob = await call.backends.blobs.write(request["Changes"]["GroundTruth"])
    begun = {
        **dataset.document,
        "status": UPDATE.states.working,
        "change": {"blob": blob.id},
    }
    try:
        written = await call.backends.records.write(Replace(record=dataset, document=begun))
    except (StaleRecordError, RecordNotFoundError) as error:
        await call.backends.blobs.delete(blob.id)
        raise shapes.ResourceInUseException("The dataset is being changed.") from error
    service_jobs.start(call.backends, UPDATE, next(filter(None, written)))
    return {}


@operation("ListDatasetEntries")
async def list_dataset_entries(
    call: Call, request: shapes.ListDatasetEntriesRequest
) -> shapes.ListDatasetEntriesResponse:
    """Answer with the lines of a dataset and with what is wrong with them."""
    dataset = await _ready(call, request["DatasetArn"])
    page = await page_of_records(
        call.backends.records,
        entries_scope(dataset),
        page_request(request.get("MaxResults"), request.get("NextToken"), most=MOST_LISTED),
        keep=lambda entry: _passes(entry, request),
    )
    answer: shapes.ListDatasetEntriesResponse = {
        "DatasetEntries": [as_listed(entry) for entry in page.items]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("ListDatasetLabels")
async def list_dataset_labels(
    call: Call, request: shapes.ListDatasetLabelsRequest
) -> shapes.ListDatasetLabelsResponse:
    """Answer with the labels of a dataset, and with how many entries and boxes have them."""
    dataset = await _ready(call, request["DatasetArn"])
    page = page_of(
        sorted(dataset.document["labels"].items()),
        key=lambda label: label[0],
        page=page_request(request.get("MaxResults"), request.get("NextToken"), most=MOST_LISTED),
    )
    answer: shapes.ListDatasetLabelsResponse = {
        "DatasetLabelDescriptions": [
            {
                "LabelName": name,
                "LabelStats": {"EntryCount": entries, "BoundingBoxCount": boxes},
            }
            for name, (entries, boxes) in page.items
        ]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


async def _ready(call: Call, arn: str) -> Record:
    """Return a dataset whose entries can be listed."""
    dataset = await find_dataset(call, arn)
    status = dataset.document["status"]
    if status in (CREATION.states.working, CREATION.states.failed):
        raise shapes.ResourceNotReadyException("The dataset has not been created.")
    if status in UNDER_WAY:
        raise shapes.ResourceInUseException("The dataset is being updated.")
    return dataset


def _passes(entry: Record, request: shapes.ListDatasetEntriesRequest) -> bool:
    """Tell whether an entry passes the filters; `HasErrors` false is none, as on AWS."""
    labels = all_labels(entry.document)
    wanted = request.get("ContainsLabels")
    return (
        (wanted is None or not set(wanted).isdisjoint(labels))
        and request.get("Labeled", bool(labels)) is bool(labels)
        and request.get("SourceRefContains", "") in entry.name
        and (entry.document["errors"] or not request.get("HasErrors", False))
    )
