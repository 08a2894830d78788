"""Compilation jobs (SageMaker Neo): create, describe, list, stop, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateCompilationJob.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.compiling.checks import check
from outcrop.services.sagemaker.compiling.descriptions import shown, status_of, summary
from outcrop.services.sagemaker.compiling.images import image_of
from outcrop.services.sagemaker.compiling.kind import CompilationKind
from outcrop.services.sagemaker.compiling.packages import source_of
from outcrop.services.sagemaker.listings import Listing, all_of
from outcrop.services.sagemaker.resources import (
    COMPILATION_JOB,
    add,
    arn_of,
    find,
    moment,
    remove,
)
from outcrop.services.sagemaker.running import operations, supervision
from outcrop.services.sagemaker.running.states import ENDED, new_job
from outcrop.services.sagemaker.tags import checked_tags

KIND = CompilationKind()
LISTING = Listing(member="CompilationJobSummaries", sort_order="Ascending")


@operation("CreateCompilationJob")
async def create_compilation_job(
    call: Call, request: shapes.CreateCompilationJobRequest
) -> shapes.CreateCompilationJobResponse:
    """Start to compile a model."""
    given: Mapping[str, Any] = {**request, "InputConfig": await source_of(call, request)}
    check(given, call.account)
    name = request["CompilationJobName"]
    document = new_job(
        call,
        name,
        given,
        tags=checked_tags(request.get("Tags", [])),
        role=request["RoleArn"],
    )
    document |= {
        "created": moment(call),
        "image": image_of(given["InputConfig"], given["OutputConfig"], call.region),
        "log_stream": name,
    }
    job = await add(call, COMPILATION_JOB, name, document)
    supervision.start(call.backends, KIND, job)
    return {"CompilationJobArn": arn_of(call, COMPILATION_JOB, name)}


@operation("DescribeCompilationJob")
async def describe_compilation_job(
    call: Call, request: shapes.DescribeCompilationJobRequest
) -> shapes.DescribeCompilationJobResponse:
    """Answer with a job's state and what it was made of."""
    job = await find(call, COMPILATION_JOB, request["CompilationJobName"])
    return shown(job.document, arn_of(call, COMPILATION_JOB, job.name))


@operation("ListCompilationJobs")
async def list_compilation_jobs(
    call: Call, request: shapes.ListCompilationJobsRequest
) -> shapes.ListCompilationJobsResponse:
    """Answer with the jobs that pass all filters."""
    jobs = {job.name: job for job in await all_of(call, COMPILATION_JOB)}
    told = [
        replace(job, document={**job.document, "status": status_of(job.document)})
        for job in jobs.values()
    ]
    return LISTING.answer(
        request,
        told,
        lambda job: summary(jobs[job.name].document, arn_of(call, COMPILATION_JOB, job.name)),
    )


@operation("StopCompilationJob")
async def stop_compilation_job(call: Call, request: shapes.StopCompilationJobRequest) -> None:
    """Stop a job."""
    job = await find(call, COMPILATION_JOB, request["CompilationJobName"])
    await operations.stop(call, KIND, job)


@operation("DeleteCompilationJob")
async def delete_compilation_job(call: Call, request: shapes.DeleteCompilationJobRequest) -> None:
    """Forget a job that has ended; what it made stays in S3."""
    job = await find(call, COMPILATION_JOB, request["CompilationJobName"])
    if job.document["status"] not in ENDED:
        raise ValidationError(
            f"The request was rejected because the compilation job is in status"
            f" {status_of(job.document)}. Stop it before you delete it."
        )
    await remove(call, job)
