"""Transform jobs: create, describe, list, stop.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
"""

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.hosting.checks import containers_of, has_many_models
from outcrop.services.sagemaker.listings import Listing, all_of
from outcrop.services.sagemaker.resources import MODEL, TRANSFORM_JOB, arn_of, find
from outcrop.services.sagemaker.running import operations
from outcrop.services.sagemaker.running.states import new_job
from outcrop.services.sagemaker.tags import checked_tags
from outcrop.services.sagemaker.transforming.checks import check
from outcrop.services.sagemaker.transforming.descriptions import shown, summary
from outcrop.services.sagemaker.transforming.kind import TransformKind

KIND = TransformKind()
LISTING = Listing(member="TransformJobSummaries")


@operation("CreateTransformJob")
async def create_transform_job(
    call: Call, request: shapes.CreateTransformJobRequest
) -> shapes.CreateTransformJobResponse:
    """Start a transform job."""
    check(request)
    model = (await find(call, MODEL, request["ModelName"])).document["request"]
    if any(has_many_models(container) for container in containers_of(model)):
        raise ValidationError("Models of the mode MultiModel cannot be used by transform jobs.")
    document = new_job(
        call,
        request["TransformJobName"],
        request,
        tags=checked_tags(request.get("Tags", [])),
        role=model["ExecutionRoleArn"],
    )
    arn = await operations.create(call, KIND, {**document, "model": model})
    return {"TransformJobArn": arn}


@operation("DescribeTransformJob")
async def describe_transform_job(
    call: Call, request: shapes.DescribeTransformJobRequest
) -> shapes.DescribeTransformJobResponse:
    """Answer with a job's state and what it was made of."""
    job = await find(call, TRANSFORM_JOB, request["TransformJobName"])
    return shown(job.document, arn_of(call, TRANSFORM_JOB, job.name))


@operation("ListTransformJobs")
async def list_transform_jobs(
    call: Call, request: shapes.ListTransformJobsRequest
) -> shapes.ListTransformJobsResponse:
    """Answer with the jobs that pass all filters."""
    jobs = await all_of(call, TRANSFORM_JOB)
    return LISTING.answer(
        request, jobs, lambda job: summary(job.document, arn_of(call, TRANSFORM_JOB, job.name))
    )


@operation("StopTransformJob")
async def stop_transform_job(call: Call, request: shapes.StopTransformJobRequest) -> None:
    """Stop a job; the predictions that it has uploaded stay."""
    job = await find(call, TRANSFORM_JOB, request["TransformJobName"])
    await operations.stop(call, KIND, job)
