"""Training jobs: create, describe, list, stop, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

import uuid
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of
from outcrop.operations.records import every
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.resources import TRAINING_JOB, arn_of, find, scope, update
from outcrop.services.sagemaker.tags import checked_tags
from outcrop.services.sagemaker.training import run
from outcrop.services.sagemaker.training.checks import check
from outcrop.services.sagemaker.training.states import ENDED, moved, shown, summary
from outcrop.storage.records.interface import Create, Delete, Document, Record, RecordExistsError

MOST_RESULTS = 10
"""On a page, if the request asks for no number."""
SORT_KEYS = {"Name": "name", "CreationTime": "created", "Status": "status"}
LONGEST_RUN_SECONDS = 86_400
"""If the request names no limit."""


@operation("CreateTrainingJob")
async def create_training_job(
    call: Call, request: shapes.CreateTrainingJobRequest
) -> shapes.CreateTrainingJobResponse:
    """Start a training job."""
    check(request, call.account)
    name = request["TrainingJobName"]
    now = call.backends.now()
    given: dict[str, Any] = {key: value for key, value in request.items() if key != "Tags"}
    stopping = {"MaxRuntimeInSeconds": LONGEST_RUN_SECONDS, **given.get("StoppingCondition", {})}
    document: Document = moved(
        {
            "name": name,
            "run": uuid.uuid4().hex,
            "request": {**given, "StoppingCondition": stopping},
            "status": "InProgress",
            "transitions": [],
            "created": now,
            "endpoint_url": call.endpoint_url,
            "metrics": {},
            "tags": checked_tags(request.get("Tags", [])),
        },
        "Starting",
        now,
        "Starting the training job",
    )
    create = Create(
        scope=scope(call, TRAINING_JOB),
        name=name,
        document=document,
        indexes={"arn_name": name.lower()},
    )
    arn = arn_of(call, TRAINING_JOB, name)
    try:
        written = await call.backends.records.write(create)
    except RecordExistsError as error:
        raise shapes.ResourceInUse(
            "Job name must be unique within an AWS account and region, and a job with this name"
            f" already exists ({arn})"
        ) from error
    run.start(call.backends, next(filter(None, written)))
    return {"TrainingJobArn": arn}


@operation("DescribeTrainingJob")
async def describe_training_job(
    call: Call, request: shapes.DescribeTrainingJobRequest
) -> shapes.DescribeTrainingJobResponse:
    """Answer with a job's state and what it was made of."""
    job = await find(call, TRAINING_JOB, request["TrainingJobName"])
    return shown(job.document, arn_of(call, TRAINING_JOB, job.name))


@operation("ListTrainingJobs")
async def list_training_jobs(
    call: Call, request: shapes.ListTrainingJobsRequest
) -> shapes.ListTrainingJobsResponse:
    """Answer with the jobs that pass all filters."""
    found = [
        job.document
        async for job in every(call.backends.records, scope(call, TRAINING_JOB))
        if _passes(job.document, request)
    ]
    sort_key = SORT_KEYS[request.get("SortBy", "CreationTime")]
    descending = request.get("SortOrder", "Descending") == "Descending"

    def place(job: Document) -> str:
        value = job[sort_key]
        moment = f"{value.timestamp():020.6f}" if sort_key == "created" else value
        return f"{moment}/{job['name']}"

    found.sort(key=place, reverse=descending)
    page = page_of(
        found,
        key=place,
        page=PageRequest(
            limit=request.get("MaxResults", MOST_RESULTS),
            token=request.get("NextToken"),
            error=ValidationError("Invalid pagination token."),
        ),
        descending=descending,
    )
    answer: shapes.ListTrainingJobsResponse = {
        "TrainingJobSummaries": [
            summary(job, arn_of(call, TRAINING_JOB, job["name"])) for job in page.items
        ]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("StopTrainingJob")
async def stop_training_job(call: Call, request: shapes.StopTrainingJobRequest) -> None:
    """Stop a job; what it has made is uploaded."""
    job = await find(call, TRAINING_JOB, request["TrainingJobName"])

    def stopping(document: Document) -> Document:
        if document["status"] in ENDED:
            raise ValidationError(
                "The request was rejected because the training job is in status "
                f"{document['status']}."
            )
        if document["status"] == "Stopping":
            return document
        now = call.backends.now()
        return moved({**document, "status": "Stopping"}, "Stopping", now, "Stopping the job")

    await run.stop(call.backends, await update(call, job, stopping))


@operation("DeleteTrainingJob")
async def delete_training_job(call: Call, request: shapes.DeleteTrainingJobRequest) -> None:
    """Forget a job that has ended; what it made stays in S3."""
    job = await find(call, TRAINING_JOB, request["TrainingJobName"])
    if job.document["status"] not in ENDED:
        raise shapes.ResourceInUse(
            f"The training job {job.name} is in status {job.document['status']};"
            " stop it before you delete it."
        )
    await _delete(call, job)


async def _delete(call: Call, job: Record) -> None:
    await call.backends.records.write(Delete(scope=job.scope, name=job.name, must_exist=False))


def _passes(job: Document, request: shapes.ListTrainingJobsRequest) -> bool:
    """Tell whether a job passes the filters of a list; no job here has a warm pool or a plan."""
    moments = (("Creation", "created"), ("LastModified", "modified"))
    bounds: dict[str, Any] = dict(request)
    return (
        all(
            (bounds.get(f"{name}TimeAfter") is None or job[key] > bounds[f"{name}TimeAfter"])
            and (bounds.get(f"{name}TimeBefore") is None or job[key] < bounds[f"{name}TimeBefore"])
            for name, key in moments
        )
        and request.get("NameContains", "") in job["name"]
        and request.get("StatusEquals", job["status"]) == job["status"]
        and "WarmPoolStatusEquals" not in request
        and "TrainingPlanArnEquals" not in request
    )
