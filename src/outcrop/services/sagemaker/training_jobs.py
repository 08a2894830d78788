"""Training jobs: create, describe, list, stop, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.listings import Listing, all_of, nothing
from outcrop.services.sagemaker.resources import TRAINING_JOB, arn_of, find
from outcrop.services.sagemaker.running import operations
from outcrop.services.sagemaker.running.states import new_job
from outcrop.services.sagemaker.tags import checked_tags
from outcrop.services.sagemaker.training.checks import check
from outcrop.services.sagemaker.training.contract import with_metrics
from outcrop.services.sagemaker.training.descriptions import shown, summary
from outcrop.services.sagemaker.training.kind import TrainingKind

KIND = TrainingKind()
LISTING = Listing(
    member="TrainingJobSummaries",
    # No job here has a warm pool or a plan.
    filters={"WarmPoolStatusEquals": nothing, "TrainingPlanArnEquals": nothing},
)


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
    return {"TrainingJobArn": await operations.create(call, KIND, document)}


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
    jobs = await all_of(call, TRAINING_JOB)
    return LISTING.answer(
        request, jobs, lambda job: summary(job.document, arn_of(call, TRAINING_JOB, job.name))
    )


@operation("StopTrainingJob")
async def stop_training_job(call: Call, request: shapes.StopTrainingJobRequest) -> None:
    """Stop a job; what it has made is uploaded."""
    await operations.stop(call, KIND, await find(call, TRAINING_JOB, request["TrainingJobName"]))


@operation("DeleteTrainingJob")
async def delete_training_job(call: Call, request: shapes.DeleteTrainingJobRequest) -> None:
    """Forget a job that has ended; what it made stays in S3."""
    await operations.delete(call, KIND, await find(call, TRAINING_JOB, request["TrainingJobName"]))
