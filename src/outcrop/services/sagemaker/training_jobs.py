"""Training jobs: create, describe, list, update, stop, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.listings import Listing, all_of, nothing
from outcrop.services.sagemaker.resources import TRAINING_JOB, arn_of, find, scope, update
from outcrop.services.sagemaker.running import operations
from outcrop.services.sagemaker.running.states import new_job
from outcrop.services.sagemaker.tags import checked_tags
from outcrop.services.sagemaker.training import pool_caches, warm_pools
from outcrop.services.sagemaker.training.checks import check, check_update
from outcrop.services.sagemaker.training.contract import with_metrics
from outcrop.services.sagemaker.training.descriptions import shown, summary
from outcrop.services.sagemaker.training.kind import TrainingKind
from outcrop.storage.records.interface import (
    Document,
    Record,
    RecordNotFoundError,
    StaleRecordError,
)

KIND = TrainingKind()
TRIES = 10
"""A warm pool that so many others take first is nobody's in particular."""


@operation("CreateTrainingJob")
async def create_training_job(
    call: Call, request: shapes.CreateTrainingJobRequest
) -> shapes.CreateTrainingJobResponse:
    """Start a training job."""
    check(request, call.account)
    document = new_job(
        call,
        request["TrainingJobName"],
        with_metrics(request),
        tags=checked_tags(request.get("Tags", [])),
        role=request["RoleArn"],
    )
    for _ in range(TRIES):
        job, writes, indexes = await warm_pools.joining(call, document)
        try:
            arn = await operations.create(call, KIND, job, *writes, indexes=indexes)
        except (
            StaleRecordError,
            RecordNotFoundError,
        ):  # Another job took the pool, or it has gone.
            continue
        if "pool" in job:
            pool_caches.watch(call.backends, scope(call, TRAINING_JOB), job["pool"])
        return {"TrainingJobArn": arn}
    raise shapes.ResourceInUse("The warm pool is being taken by other jobs; try again.")


@operation("DescribeTrainingJob")
async def describe_training_job(
    call: Call, request: shapes.DescribeTrainingJobRequest
) -> shapes.DescribeTrainingJobResponse:
    """Answer with a job's state and what it was made of."""
    job = await find(call, TRAINING_JOB, request["TrainingJobName"])
    answer: Any = {
        **shown(job.document, arn_of(call, TRAINING_JOB, job.name)),
        **warm_pools.told(job.document, call.backends.now()),
    }
    described: shapes.DescribeTrainingJobResponse = answer
    return described


@operation("ListTrainingJobs")
async def list_training_jobs(
    call: Call, request: shapes.ListTrainingJobsRequest
) -> shapes.ListTrainingJobsResponse:
    """Answer with the jobs that pass all filters."""
    now = call.backends.now()

    def has_pool(job: Document, status: str) -> bool:
        pool = warm_pools.pool_of(job, now)
        return pool is not None and pool.status == status

    def told(job: Record) -> Mapping[str, Any]:
        return {
            **summary(job.document, arn_of(call, TRAINING_JOB, job.name)),
            **warm_pools.told(job.document, now),
        }

    listing = Listing(
        member="TrainingJobSummaries",
        # No job here has a plan.
        filters={"WarmPoolStatusEquals": has_pool, "TrainingPlanArnEquals": nothing},
        sort_order="Ascending",
    )
    return listing.answer(request, await all_of(call, TRAINING_JOB), told)


@operation("UpdateTrainingJob")
async def update_training_job(
    call: Call, request: shapes.UpdateTrainingJobRequest
) -> shapes.UpdateTrainingJobResponse:
    """Change for how long a job's warm pool waits for another job."""
    check_update(request)
    job = await find(call, TRAINING_JOB, request["TrainingJobName"])
    if "ResourceConfig" in request:
        seconds = request["ResourceConfig"]["KeepAlivePeriodInSeconds"]
        now = call.backends.now()
        await update(call, job, lambda document: warm_pools.kept_for(document, seconds, now))
    return {"TrainingJobArn": arn_of(call, TRAINING_JOB, job.name)}


@operation("StopTrainingJob")
async def stop_training_job(call: Call, request: shapes.StopTrainingJobRequest) -> None:
    """Stop a job; what it has made is uploaded."""
    await operations.stop(call, KIND, await find(call, TRAINING_JOB, request["TrainingJobName"]))


@operation("DeleteTrainingJob")
async def delete_training_job(call: Call, request: shapes.DeleteTrainingJobRequest) -> None:
    """Forget a job that has ended; what it made stays in S3."""
    await operations.delete(call, KIND, await find(call, TRAINING_JOB, request["TrainingJobName"]))
