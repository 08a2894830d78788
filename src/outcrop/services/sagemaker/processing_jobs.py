"""Processing jobs: create, describe, list, stop, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html
"""

from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.listings import Listing, all_of
from outcrop.services.sagemaker.processing.checks import check
from outcrop.services.sagemaker.processing.descriptions import shown, summary
from outcrop.services.sagemaker.processing.kind import ProcessingKind
from outcrop.services.sagemaker.resources import PROCESSING_JOB, arn_of, find
from outcrop.services.sagemaker.running import operations
from outcrop.services.sagemaker.running.states import new_job
from outcrop.services.sagemaker.tags import checked_tags

KIND = ProcessingKind()
LISTING = Listing(member="ProcessingJobSummaries", sort_order="Ascending")


@operation("CreateProcessingJob")
async def create_processing_job(
    call: Call, request: shapes.CreateProcessingJobRequest
) -> shapes.CreateProcessingJobResponse:
    """Start a processing job."""
    check(request, call.account)
    document = new_job(
        call,
        request["ProcessingJobName"],
        request,
        tags=checked_tags(request.get("Tags", [])),
        role=request["RoleArn"],
    )
    return {"ProcessingJobArn": await operations.create(call, KIND, document)}


@operation("DescribeProcessingJob")
async def describe_processing_job(
    call: Call, request: shapes.DescribeProcessingJobRequest
) -> shapes.DescribeProcessingJobResponse:
    """Answer with a job's state and what it was made of."""
    job = await find(call, PROCESSING_JOB, request["ProcessingJobName"])
    return shown(job.document, arn_of(call, PROCESSING_JOB, job.name))


@operation("ListProcessingJobs")
async def list_processing_jobs(
    call: Call, request: shapes.ListProcessingJobsRequest
) -> shapes.ListProcessingJobsResponse:
    """Answer with the jobs that pass all filters."""
    jobs = await all_of(call, PROCESSING_JOB)
    return LISTING.answer(
        request, jobs, lambda job: summary(job.document, arn_of(call, PROCESSING_JOB, job.name))
    )


@operation("StopProcessingJob")
async def stop_processing_job(call: Call, request: shapes.StopProcessingJobRequest) -> None:
    """Stop a job."""
    job = await find(call, PROCESSING_JOB, request["ProcessingJobName"])
    await operations.stop(call, KIND, job)


@operation("DeleteProcessingJob")
async def delete_processing_job(call: Call, request: shapes.DeleteProcessingJobRequest) -> None:
    """Forget a job that has ended; what it made stays in S3."""
    job = await find(call, PROCESSING_JOB, request["ProcessingJobName"])
    await operations.delete(call, KIND, job)
