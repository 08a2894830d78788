"""Batch translation jobs: start, describe, list, stop.

Source: https://docs.aws.amazon.com/translate/latest/APIReference/API_StartTextTranslationJob.html
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.engines.translation.interface import Pair
from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of, place_in_time
from outcrop.operations.records import every
from outcrop.operations.service_jobs import stop, submit
from outcrop.services.translate import shapes
from outcrop.services.translate.document_kinds import KINDS
from outcrop.services.translate.engine_errors import engine_errors, unsupported_pair
from outcrop.services.translate.job_places import Folder, check_bucket, target_folder
from outcrop.services.translate.job_runs import DONE, JOBS
from outcrop.services.translate.language_codes import AUTO, names
from outcrop.services.translate.profanity import can_mask
from outcrop.services.translate.resources import PARALLEL_DATA, TERMINOLOGY, ResourceKind, find
from outcrop.storage.records.interface import Document, Record, RecordNotFoundError

MOST_TARGETS = 10
DEFAULT_RESULTS = 100


@operation("StartTextTranslationJob")
async def start_text_translation_job(
    call: Call, request: shapes.StartTextTranslationJobRequest
) -> shapes.StartTextTranslationJobResponse:
    """Begin to translate the documents of a folder."""
    source, output = request["InputDataConfig"], request["OutputDataConfig"]
    if source["ContentType"] not in KINDS:
        raise shapes.InvalidRequestException(
            f"The content type {source['ContentType']} is not supported."
        )
    if not Folder.of(source["S3Uri"]).prefix:
        raise shapes.InvalidRequestException("The input must be a folder of a bucket.")
    settings = request.get("Settings", {})
    if settings.get("Brevity"):
        raise shapes.InvalidRequestException("Brevity is not supported for batch translation.")
    _check_languages(call, request)
    await _check_resources(call, request)
    for uri in (source["S3Uri"], output["S3Uri"]):
        await check_bucket(call, Folder.of(uri))
    document = {
        "name": request.get("JobName", ""),
        "source": request["SourceLanguageCode"],
        "targets": list(dict.fromkeys(request["TargetLanguageCodes"])),
        "input": source,
        "output": output,
        "role": request["DataAccessRoleArn"],
        "request": {
            **{
                name: value
                for name, value in request.items()
                if name in ("TerminologyNames", "ParallelDataNames")
            },
            "Settings": _possible(settings, request["TargetLanguageCodes"]),
        },
        "settings": settings,
    }
    job = await submit(call, JOBS, uuid.uuid4().hex, document, token=request["ClientToken"])
    return {"JobId": job.name, "JobStatus": _status(job.document)}


@operation("DescribeTextTranslationJob")
async def describe_text_translation_job(
    call: Call, request: shapes.DescribeTextTranslationJobRequest
) -> shapes.DescribeTextTranslationJobResponse:
    """Answer with a job's state and counts."""
    return {"TextTranslationJobProperties": _told(call, await _find(call, request["JobId"]))}


@operation("ListTextTranslationJobs")
async def list_text_translation_jobs(
    call: Call, request: shapes.ListTextTranslationJobsRequest
) -> shapes.ListTextTranslationJobsResponse:
    """Answer with the jobs that pass the filter, the youngest first unless it says otherwise."""
    wanted: Any = request.get("Filter", {})
    if len(wanted) > 1:
        raise shapes.InvalidFilterException("Only one filter can be set at a time.")
    keep = _keeping(wanted)
    jobs = [job async for job in every(call.backends.records, JOBS.scope(call)) if keep(job)]
    descending = "SubmittedBeforeTime" not in wanted
    jobs.sort(key=_by_creation, reverse=descending)
    page = page_of(
        jobs,
        key=_by_creation,
        page=PageRequest(
            limit=request.get("MaxResults", DEFAULT_RESULTS),
            token=request.get("NextToken"),
            error=shapes.InvalidRequestException("The NextToken is invalid."),
        ),
        descending=descending,
    )
    answer: shapes.ListTextTranslationJobsResponse = {
        "TextTranslationJobPropertiesList": [_told(call, job) for job in page.items]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("StopTextTranslationJob")
async def stop_text_translation_job(
    call: Call, request: shapes.StopTextTranslationJobRequest
) -> shapes.StopTextTranslationJobResponse:
    """Stop a job; nothing of it is written."""
    job = await _find(call, request["JobId"])
    try:
        stopped = await stop(call, JOBS, job)
    except RecordNotFoundError as error:
        raise _no_job(job.name) from error
    return {"JobId": job.name, "JobStatus": _status(stopped.document)}


def _check_languages(call: Call, request: shapes.StartTextTranslationJobRequest) -> None:
    source, targets = request["SourceLanguageCode"], request["TargetLanguageCodes"]
    if len(targets) > MOST_TARGETS:
        raise shapes.InvalidParameterValueException(
            f"A job may have {MOST_TARGETS} target languages."
        )
    for target in targets:
        pair = Pair(source, target)
        if target not in names() or (source not in names() and source != AUTO):
            raise unsupported_pair(pair)
        if source not in (AUTO, target):
            with engine_errors(pair):
                call.backends.engines.translation.traits(pair)


async def _check_resources(call: Call, request: shapes.StartTextTranslationJobRequest) -> None:
    """Refuse resources that are not there, or of which there are too many."""
    for kind, given in (
        (TERMINOLOGY, request.get("TerminologyNames", [])),
        (PARALLEL_DATA, request.get("ParallelDataNames", [])),
    ):
        if len(given) > 1:
            raise shapes.InvalidRequestException(f"Only one {kind.title} can be applied to a job.")
        for name in given:
            _check_targets(kind, await find(call, kind, name), request["TargetLanguageCodes"])


def _check_targets(kind: ResourceKind, resource: Record, targets: list[str]) -> None:
    """Refuse parallel data that lack one of several languages; terms count where there are some."""
    known = resource.document.get("languages", [])[1:]
    lacking = [target for target in targets if target not in known]
    if kind is PARALLEL_DATA and known and lacking and len(targets) > 1:
        raise shapes.InvalidRequestException(
            f"The {kind.title} {resource.name} has no translations into {', '.join(lacking)}: it"
            " must have some for all target languages."
        )


def _possible(settings: Any, targets: list[str]) -> dict[str, Any]:
    """Return settings less the masks that one of the targets has no words for, as on AWS."""
    return {
        name: value
        for name, value in settings.items()
        if name != "Profanity" or all(can_mask(target) for target in targets)
    }


def _keeping(wanted: Any) -> Callable[[Record], bool]:
    name, status = wanted.get("JobName"), wanted.get("JobStatus")
    before: datetime | None = wanted.get("SubmittedBeforeTime")
    after: datetime | None = wanted.get("SubmittedAfterTime")

    def keep(job: Record) -> bool:
        document = job.document
        return (
            (name is None or document["name"] == name)
            and (status is None or _status(document) == status)
            and (before is None or document["created"] < before)
            and (after is None or document["created"] > after)
        )

    return keep


def _by_creation(job: Record) -> str:
    return place_in_time(job.document["created"], job.name)


async def _find(call: Call, job_id: str) -> Record:
    job = await call.backends.records.find(JOBS.scope(call), job_id)
    if job is None:
        raise _no_job(job_id)
    return job


def _no_job(job_id: str) -> ServiceError:
    return shapes.ResourceNotFoundException(f"The job {job_id} does not exist.")


def _status(document: Document) -> str:
    status: str = document["status"]
    return document["result"] if status == DONE else status


def _told(call: Call, job: Record) -> Any:
    document = job.document
    target = target_folder(document["output"]["S3Uri"], call.account, job.name)
    told: dict[str, Any] = {
        "JobId": job.name,
        "JobStatus": _status(document),
        "SourceLanguageCode": document["source"],
        "TargetLanguageCodes": document["targets"],
        "TerminologyNames": document["request"].get("TerminologyNames", []),
        "ParallelDataNames": document["request"].get("ParallelDataNames", []),
        "SubmittedTime": document["created"],
        "InputDataConfig": document["input"],
        "OutputDataConfig": {**document["output"], "S3Uri": target.uri},
        "DataAccessRoleArn": document["role"],
    }
    for member, name in (
        ("JobName", "name"),
        ("JobDetails", "counts"),
        ("Message", "message"),
        ("EndTime", "ended"),
        ("Settings", "settings"),
    ):
        if document.get(name):
            told[member] = document[name]
    return told
