"""Batch inference jobs: create, get, list, stop.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateModelInvocationJob.html
"""

from datetime import timedelta
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, operation
from outcrop.services.bedrock import shapes
from outcrop.services.bedrock.batch.places import S3Place
from outcrop.services.bedrock.batch.results import no_counts
from outcrop.services.bedrock.batch.run import ENDED, interrupt, start
from outcrop.services.bedrock.catalogue import models
from outcrop.services.bedrock.foundation_models import INVALID_MODEL, model_of
from outcrop.services.bedrock.inference_profiles import find_system_profile
from outcrop.services.bedrock.listings import page_of_resources
from outcrop.services.bedrock.resources import (
    INFERENCE_PROFILE,
    INVOCATION_JOB,
    NameTakenError,
    add,
    arn_of,
    find,
    update,
)
from outcrop.services.bedrock.tags import checked_tags
from outcrop.storage.records.interface import Document

DEFAULT_TIMEOUT_HOURS = 24


@operation("CreateModelInvocationJob")
async def create_model_invocation_job(
    call: Call, request: shapes.CreateModelInvocationJobRequest
) -> shapes.CreateModelInvocationJobResponse:
    """Submit a job; it begins at once."""
    source = request["inputDataConfig"].get("s3InputDataConfig")
    target = request["outputDataConfig"].get("s3OutputDataConfig")
    if source is None or target is None:
        raise shapes.ValidationException("The job needs an S3 input and an S3 output.")
    await _check_model(call, request["modelId"])
    await _check_bucket(call, source, "GetObject")
    await _check_bucket(call, target, "PutObject")
    hours = request.get("timeoutDurationInHours", DEFAULT_TIMEOUT_HOURS)
    name, token = request["jobName"], request.get("clientRequestToken", "")
    document = {
        "status": "Submitted",
        "role": request["roleArn"],
        "model": request["modelId"],
        "type": request.get("modelInvocationType", "InvokeModel"),
        "input": source,
        "output": target,
        "vpc": request.get("vpcConfig"),
        "token": token,
        "hours": hours,
        "expires": call.backends.now() + timedelta(hours=hours),
        "counts": no_counts(),
        "tags": _checked_tags(request.get("tags", []), name),
    }
    try:
        job = await add(call, INVOCATION_JOB, name, document, token=token)
    except NameTakenError as error:
        raise shapes.ConflictException("The provided job name is currently in use.") from error
    if job.document["status"] not in ENDED:
        start(call.backends, job)
    return {"jobArn": arn_of(call, INVOCATION_JOB, job.name)}


@operation("GetModelInvocationJob")
async def get_model_invocation_job(
    call: Call, request: shapes.GetModelInvocationJobRequest
) -> shapes.GetModelInvocationJobResponse:
    """Answer with a job's state and counts."""
    job = await find(call, INVOCATION_JOB, request["jobIdentifier"])
    return _told(call, job.document)


@operation("ListModelInvocationJobs")
async def list_model_invocation_jobs(
    call: Call, request: shapes.ListModelInvocationJobsRequest
) -> shapes.ListModelInvocationJobsResponse:
    """Answer with the jobs that pass all filters."""
    after, before = request.get("submitTimeAfter"), request.get("submitTimeBefore")
    status, part = request.get("statusEquals"), request.get("nameContains", "")

    def keep(job: Document) -> bool:
        return (
            (after is None or job["created"] > after)
            and (before is None or job["created"] < before)
            and (status is None or job["status"] == status)
            and part in job["name"]
        )

    page = await page_of_resources(call, INVOCATION_JOB, request, keep=keep)
    summaries: list[Any] = [_told(call, job) for job in page.items]
    answer: shapes.ListModelInvocationJobsResponse = {"invocationJobSummaries": summaries}
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("StopModelInvocationJob")
async def stop_model_invocation_job(
    call: Call, request: shapes.StopModelInvocationJobRequest
) -> shapes.StopModelInvocationJobResponse:
    """Stop a job; what it has answered is written out."""
    job = await find(call, INVOCATION_JOB, request["jobIdentifier"])

    def stopping(document: Document) -> Document:
        if document["status"] in ENDED:
            raise shapes.ConflictException(
                f"The job cannot be stopped: its status is {document['status']}."
            )
        return {**document, "status": "Stopping"}

    interrupt(call.backends, await update(call, job, INVOCATION_JOB, stopping))
    return {}


async def _check_model(call: Call, identifier: str) -> None:
    """Refuse a model that nobody could answer for; a model's id may lack its date and version."""
    if identifier.startswith(arn_of(call, INFERENCE_PROFILE, "")):
        await find(call, INFERENCE_PROFILE, identifier)
    elif identifier.startswith("arn:") and ":foundation-model/" in identifier:
        model_of(call, identifier)
    elif find_system_profile(call, identifier) is None and not _is_model(identifier):
        raise shapes.ValidationException(INVALID_MODEL)


def _is_model(identifier: str) -> bool:
    """Tell whether an id is a model's, whole or without its end."""
    beginnings = (f"{identifier}-", f"{identifier}:")
    return any(model == identifier or model.startswith(beginnings) for model in models())


async def _check_bucket(call: Call, config: Any, permission: str) -> None:
    place = S3Place.of(config["s3Uri"])
    owner = config.get("s3BucketOwner")
    try:
        await call.ask(
            "s3",
            "HeadBucket",
            Bucket=place.bucket,
            **({"ExpectedBucketOwner": owner} if owner else {}),
        )
    except ServiceError as error:
        raise shapes.ValidationException(
            f"Could not validate {permission} permissions to access Amazon S3 bucket:"
            f" {place.bucket} at key {place.key}."
        ) from error


def _checked_tags(tags: Any, name: str) -> dict[str, str]:
    try:
        return checked_tags(tags, resource=name)
    except shapes.TooManyTagsException as error:
        raise shapes.ValidationException(error.message) from error


def _told(call: Call, job: Document) -> shapes.GetModelInvocationJobResponse:
    counts = job["counts"]
    told: shapes.GetModelInvocationJobResponse = {
        "jobArn": arn_of(call, INVOCATION_JOB, job["id"]),
        "jobName": job["name"],
        "modelId": job["model"],
        "clientRequestToken": job["token"],
        "roleArn": job["role"],
        "status": job["status"],
        "submitTime": job["created"],
        "lastModifiedTime": job["updated"],
        "inputDataConfig": {"s3InputDataConfig": job["input"]},
        "outputDataConfig": {"s3OutputDataConfig": job["output"]},
        "timeoutDurationInHours": job["hours"],
        "jobExpirationTime": job["expires"],
        "modelInvocationType": job["type"],
        "totalRecordCount": counts["total"],
        "processedRecordCount": counts["processed"],
        "successRecordCount": counts["success"],
        "errorRecordCount": counts["error"],
    }
    if "message" in job:
        told["message"] = job["message"]
    if "ended" in job:
        told["endTime"] = job["ended"]
    if job["vpc"] is not None:
        told["vpcConfig"] = job["vpc"]
    return told
