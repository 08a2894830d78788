"""The projects of Custom Labels: create, describe, delete.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/managing-project.html
"""

from typing import cast

from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of_records
from outcrop.operations.records import every
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.collections import page_request
from outcrop.services.rekognition.custom_labels.dataset_changes import UPDATE, UPDATED_BY_ANOTHER
from outcrop.services.rekognition.custom_labels.resources import (
    CUSTOM_LABELS,
    DATASET,
    PROJECT,
    VERSION,
    below,
    born,
    dataset_arn,
    find_project,
    not_found,
    policies_scope,
    project_arn,
    scope,
)
from outcrop.services.rekognition.tags import checked_tags
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    StaleRecordError,
)

MOST_LISTED = 100
MESSAGES = {
    "CREATE_IN_PROGRESS": "The dataset is being created.",
    "CREATE_COMPLETE": "The dataset was successfully created.",
    "UPDATE_IN_PROGRESS": "The dataset is being updated.",
    "UPDATE_COMPLETE": "The dataset was successfully updated.",
}


@operation("CreateProject")
async def create_project(
    call: Call, request: shapes.CreateProjectRequest
) -> shapes.CreateProjectResponse:
    """Make a project without datasets and models."""
    if request.get("Feature", CUSTOM_LABELS) != CUSTOM_LABELS:
        raise shapes.InvalidParameterException(
            "Adapters for content moderation cannot be trained here: leave Feature out."
        )
    if request.get("AutoUpdate", "DISABLED") != "DISABLED":
        raise shapes.InvalidParameterException("AutoUpdate applies to adapters only.")
    name = request["ProjectName"]
    document = {
        **born(call.backends.now()),
        "tags": checked_tags(request.get("Tags", {})),
    }
    try:
        written = await call.backends.records.write(
            Create(scope=scope(call, PROJECT), name=name, document=document)
        )
    except RecordExistsError as error:
        raise shapes.ResourceInUseException(f"A project with the name {name} exists.") from error
    return {"ProjectArn": project_arn(call, next(filter(None, written)))}


@operation("DescribeProjects")
async def describe_projects(
    call: Call, request: shapes.DescribeProjectsRequest
) -> shapes.DescribeProjectsResponse:
    """Answer with the projects, and with what datasets they have."""
    names, features = request.get("ProjectNames"), request.get("Features", [CUSTOM_LABELS])

    def is_wanted(project: Record) -> bool:
        return CUSTOM_LABELS in features and (names is None or project.name in names)

    page = await page_of_records(
        call.backends.records,
        scope(call, PROJECT),
        page_request(request.get("MaxResults"), request.get("NextToken"), most=MOST_LISTED),
        keep=is_wanted,
    )
    answer: shapes.DescribeProjectsResponse = {
        "ProjectDescriptions": [await _described(call, project) for project in page.items]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("DeleteProject")
async def delete_project(
    call: Call, request: shapes.DeleteProjectRequest
) -> shapes.DeleteProjectResponse:
    """Delete a project without datasets and models, and its policies."""
    arn = request["ProjectArn"]
    project = await find_project(call, arn)
    if await below(call, project, DATASET) or await below(call, project, VERSION):
        raise shapes.ResourceInUseException(
            "The project has datasets or models: delete them first."
        )
    records, policies = call.backends.records, policies_scope(project)
    itself = Delete(scope=project.scope, name=project.name, version=project.version)
    inside = [
        Delete(scope=policies, name=policy.name, must_exist=False)
        async for policy in every(records, policies)
    ]
    try:
        await records.write(itself, *inside)
    except StaleRecordError as error:  # Somebody has put something into it.
        raise shapes.ResourceInUseException("The project is being changed.") from error
    except RecordNotFoundError as error:
        raise not_found(arn) from error
    return {"Status": "DELETING"}


async def _described(call: Call, project: Record) -> shapes.ProjectDescription:
    datasets = await below(call, project, DATASET)
    return {
        "ProjectArn": project_arn(call, project),
        "CreationTimestamp": project.document["created"],
        "Status": "CREATED",
        "Feature": CUSTOM_LABELS,
        "Datasets": [
            {
                "CreationTimestamp": dataset.document["created"],
                "DatasetType": dataset.document["type"],
                "DatasetArn": dataset_arn(call, dataset),
                **told_status(dataset),
            }
            for dataset in datasets
        ],
    }


def told_status(dataset: Record) -> shapes.DatasetMetadata:
    """Return what is told of how a dataset is."""
    document = dataset.document
    status = document["status"]
    if status == UPDATED_BY_ANOTHER:
        status = UPDATE.states.working
    is_wrong = status.endswith("_FAILED")
    return cast(
        "shapes.DatasetMetadata",
        {
            "Status": status,
            "StatusMessage": document["message"] if is_wrong else MESSAGES[status],
            "StatusMessageCode": "CLIENT_ERROR" if is_wrong else "SUCCESS",
        },
    )
