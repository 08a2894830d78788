"""Exports of model cards as PDF to S3: create, describe, list.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelCardExportJob.html
"""

from typing import Any

from outcrop.aws.errors import ServiceError, ValidationError
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.listings import Listing, anything, contains
from outcrop.services.sagemaker.registry.card_pdf import card_pdf
from outcrop.services.sagemaker.registry.cards import CARDS, checked_content, find_version
from outcrop.services.sagemaker.registry.exports import EXPORT_JOB, jobs_of
from outcrop.services.sagemaker.resources import add, scope
from outcrop.storage.records.interface import Document, Record

LISTING = Listing(
    member="ModelCardExportJobSummaries",
    filters={
        "ModelCardName": anything,
        "ModelCardVersion": lambda job, version: job["version"] == version,
        "ModelCardExportJobNameContains": contains("job"),
    },
    sort_keys={"Name": "job"},
)


@operation("CreateModelCardExportJob")
async def create_model_card_export_job(
    call: Call, request: shapes.CreateModelCardExportJobRequest
) -> shapes.CreateModelCardExportJobResponse:
    """Write a version of a card as PDF to S3; the job has ended when it is answered."""
    card = await CARDS.find(call, request)
    version = await find_version(call, card, request.get("ModelCardVersion"))
    name, output = request["ModelCardExportJobName"], request["OutputConfig"]["S3OutputPath"]
    try:
        bucket, prefix = bucket_and_key(output)
    except ValueError as error:
        raise ValidationError(f"S3OutputPath must be s3://bucket/prefix, not {output}.") from error
    if await call.backends.records.find(scope(call, EXPORT_JOB), f"{card.name}/{name}"):
        raise EXPORT_JOB.taken.of(name)
    parts = (prefix.rstrip("/"), card.name, name, "content.pdf")
    key = "/".join(part for part in parts if part)
    document: Document = {
        "job": name,
        "card": card.name,
        "version": version.document["version"],
        "output": output,
    }
    content = checked_content(version.document["given"]["Content"])
    try:
        await call.objects.write(
            bucket, key, card_pdf(card.name, content), content_type="application/pdf"
        )
    except ServiceError as error:
        document |= {"status": "Failed", "failure": f"{error.code}: {error.message}"}
    else:
        document |= {"status": "Completed", "artifact": f"s3://{bucket}/{key}"}
    job = await add(call, EXPORT_JOB, f"{card.name}/{name}", document, indexes={"card": card.name})
    return {"ModelCardExportJobArn": _arn(call, job)}


@operation("DescribeModelCardExportJob")
async def describe_model_card_export_job(
    call: Call, request: shapes.DescribeModelCardExportJobRequest
) -> shapes.DescribeModelCardExportJobResponse:
    """Answer with an export, and where it is or why there is none."""
    arn = request["ModelCardExportJobArn"]
    name = arn.partition(":model-card/")[2].replace("/export-job/", "/")
    found = await call.backends.records.list(
        scope(call, EXPORT_JOB), index=("arn_name", name.lower()), limit=1
    )
    if not found or _arn(call, found[0]) != arn:
        raise EXPORT_JOB.missing.of(arn=arn)
    return _told(call, found[0])


@operation("ListModelCardExportJobs")
async def list_model_card_export_jobs(
    call: Call, request: shapes.ListModelCardExportJobsRequest
) -> shapes.ListModelCardExportJobsResponse:
    """Answer with the exports of a card that pass all filters."""
    jobs = await jobs_of(call, await CARDS.find(call, request))
    return LISTING.answer(request, jobs, lambda job: _told(call, job))


def _arn(call: Call, job: Record) -> str:
    card, name = job.document["card"].lower(), job.document["job"].lower()
    return call.arn(f"model-card/{card}/export-job/{name}", service="sagemaker")


def _told(call: Call, job: Record) -> Any:
    document = job.document
    told = {
        "ModelCardExportJobName": document["job"],
        "ModelCardExportJobArn": _arn(call, job),
        "Status": document["status"],
        "ModelCardName": document["card"],
        "ModelCardVersion": document["version"],
        "OutputConfig": {"S3OutputPath": document["output"]},
        "CreatedAt": document["created"],
        "LastModifiedAt": document["modified"],
        "FailureReason": document.get("failure"),
    }
    if "artifact" in document:
        told["ExportArtifacts"] = {"S3ExportArtifacts": document["artifact"]}
    return told
