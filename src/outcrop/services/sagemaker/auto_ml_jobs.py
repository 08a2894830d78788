"""AutoML jobs: create, describe, list, stop, and their candidates.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateAutoMLJobV2.html
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.automl.candidates import (
    candidates_of,
    told_candidate,
    training_request,
)
from outcrop.services.sagemaker.automl.descriptions import shown, shown_first, summary
from outcrop.services.sagemaker.automl.supervision import AUTOML
from outcrop.services.sagemaker.automl.tasks import check, table_of_first
from outcrop.services.sagemaker.listings import Listing, all_of, anything, equals
from outcrop.services.sagemaker.resources import AUTOML_JOB, add, arn_of, find, update
from outcrop.services.sagemaker.running.states import ENDED
from outcrop.services.sagemaker.tags import checked_tags
from outcrop.services.sagemaker.training.checks import check as check_training
from outcrop.storage.records.interface import Document, Record

OF_RECORDS = ("AutoMLJobName", "Tags")
LISTING = Listing(member="AutoMLJobSummaries", sort_by="Name")
CANDIDATES = Listing(
    member="Candidates",
    filters={"AutoMLJobName": anything, "CandidateNameEquals": equals("name")},
    sort_keys={"FinalObjectiveMetricValue": "objective"},
)


@operation("CreateAutoMLJob")
async def create_auto_ml_job(
    call: Call, request: shapes.CreateAutoMLJobRequest
) -> shapes.CreateAutoMLJobResponse:
    """Start to look for the best model of a table."""
    arn = await _create(call, request, table_of_first(request), version=1)
    return {"AutoMLJobArn": arn}


@operation("CreateAutoMLJobV2")
async def create_auto_ml_job_v2(
    call: Call, request: shapes.CreateAutoMLJobV2Request
) -> shapes.CreateAutoMLJobV2Response:
    """Start to look for the best model of a table."""
    table = {name: value for name, value in request.items() if name not in OF_RECORDS}
    return {"AutoMLJobArn": await _create(call, request, table, version=2)}


@operation("DescribeAutoMLJob")
async def describe_auto_ml_job(
    call: Call, request: shapes.DescribeAutoMLJobRequest
) -> shapes.DescribeAutoMLJobResponse:
    """Answer with the state and the best candidate of a job that CreateAutoMLJob has made."""
    job = await find(call, AUTOML_JOB, request["AutoMLJobName"])
    if job.document["version"] != 1:
        raise AUTOML_JOB.missing.of(job.name)
    return shown_first(call, job.document, await candidates_of(call, job.document))


@operation("DescribeAutoMLJobV2")
async def describe_auto_ml_job_v2(
    call: Call, request: shapes.DescribeAutoMLJobV2Request
) -> shapes.DescribeAutoMLJobV2Response:
    """Answer with a job's state and its best candidate, whichever operation has made it."""
    job = await find(call, AUTOML_JOB, request["AutoMLJobName"])
    return shown(call, job.document, await candidates_of(call, job.document))


@operation("ListAutoMLJobs")
async def list_auto_ml_jobs(
    call: Call, request: shapes.ListAutoMLJobsRequest
) -> shapes.ListAutoMLJobsResponse:
    """Answer with the jobs that pass all filters."""
    jobs = await all_of(call, AUTOML_JOB)
    return LISTING.answer(request, jobs, lambda job: summary(job.document))


@operation("ListCandidatesForAutoMLJob")
async def list_candidates_for_auto_ml_job(
    call: Call, request: shapes.ListCandidatesForAutoMLJobRequest
) -> shapes.ListCandidatesForAutoMLJobResponse:
    """Answer with a job's candidates."""
    job = await find(call, AUTOML_JOB, request["AutoMLJobName"])
    candidates = {one.job.name: one for one in await candidates_of(call, job.document)}
    records = [
        replace(one.job, document={**one.job.document, "objective": one.value})
        for one in candidates.values()
    ]

    def tell(record: Record) -> Any:
        return told_candidate(call, job.document, candidates[record.name])

    return CANDIDATES.answer(request, records, tell)


@operation("StopAutoMLJob")
async def stop_auto_ml_job(call: Call, request: shapes.StopAutoMLJobRequest) -> None:
    """Stop a job and the candidates that are trained for it."""
    job = await find(call, AUTOML_JOB, request["AutoMLJobName"])
    now = call.backends.now()

    def stopping(document: Document) -> Document:
        if document["status"] in ENDED:
            raise ValidationError(
                "The request was rejected because the AutoML job is in status"
                f" {document['status']}."
            )
        return {**document, "status": "Stopping", "secondary": "Stopping", "modified": now}

    AUTOML.start(call.backends, await update(call, job, stopping))


async def _create(
    call: Call, request: Mapping[str, Any], table: Mapping[str, Any], *, version: int
) -> str:
    name = request["AutoMLJobName"]
    arn = arn_of(call, AUTOML_JOB, name)
    document: Document = {
        "name": name,
        "request": {key: value for key, value in request.items() if key != "Tags"},
        "table": dict(table),
        "version": version,
        "arn": arn,
        "id": uuid.uuid4().hex,
        "status": "InProgress",
        "secondary": "Starting",
        "launched": 0,
        "results": {},
        "troubles": {},
        "endpoint_url": call.endpoint_url,
        "tags": checked_tags(request.get("Tags", [])),
    }
    check(table)
    check_training(training_request(document, 1), call.account)
    AUTOML.start(call.backends, await add(call, AUTOML_JOB, name, document))
    return arn
