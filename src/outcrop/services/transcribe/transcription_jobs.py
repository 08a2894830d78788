"""Transcription jobs: start, get, list, delete.

Source: https://docs.aws.amazon.com/transcribe/latest/APIReference/API_StartTranscriptionJob.html
"""

import uuid
from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.service_jobs import submit
from outcrop.operations.tags import to_list
from outcrop.services.transcribe import shapes
from outcrop.services.transcribe.places import (
    as_service,
    check_readable,
    check_writable,
    service_bucket,
    url_of,
)
from outcrop.services.transcribe.redaction import check_redaction
from outcrop.services.transcribe.requests import check
from outcrop.services.transcribe.resources import JOB, find, has_part, page_of_resources
from outcrop.services.transcribe.tags import checked_tags
from outcrop.services.transcribe.transcribing import FAMILY, words_for
from outcrop.storage.records.interface import Delete, Document, Record, RecordExistsError

ASKED = (
    "LanguageCode",
    "MediaSampleRateHertz",
    "MediaFormat",
    "Media",
    "Settings",
    "JobExecutionSettings",
    "ContentRedaction",
    "IdentifyLanguage",
    "IdentifyMultipleLanguages",
    "LanguageOptions",
    "LanguageIdSettings",
)
"""Members of a request that are told as they were asked for."""
URIS = (("transcript", "TranscriptFileUri"), ("redacted", "RedactedTranscriptFileUri"))
"""What `Transcript` tells of where a job's documents are."""
SUMMED_UP = (
    "TranscriptionJobName",
    "CreationTime",
    "StartTime",
    "CompletionTime",
    "LanguageCode",
    "TranscriptionJobStatus",
    "FailureReason",
    "ContentRedaction",
    "IdentifyLanguage",
    "IdentifyMultipleLanguages",
    "IdentifiedLanguageScore",
    "LanguageCodes",
)


@operation("StartTranscriptionJob")
async def start_transcription_job(
    call: Call, request: shapes.StartTranscriptionJobRequest
) -> shapes.StartTranscriptionJobResponse:
    """Begin a job."""
    check(request)
    check_redaction(
        call.backends.engines, request.get("ContentRedaction"), request.get("LanguageCode")
    )
    uri = request["Media"].get("MediaFileUri")
    if uri is None:
        raise shapes.BadRequestException("The media file URI is missing.")
    await check_readable(call, uri)
    if bucket := request.get("OutputBucketName"):
        await check_writable(call, bucket)
    asked: Any = request
    name = request["TranscriptionJobName"]
    document = {
        "name": name,
        "asked": {member: asked[member] for member in ASKED if member in asked},
        "words": await words_for(call, asked),
        "subtitles": asked.get("Subtitles"),
        "output": _output(call, asked),
        "role": asked.get("JobExecutionSettings", {}).get("DataAccessRoleArn", ""),
        "tags": checked_tags(request.get("Tags", [])),
    }
    try:
        record = await submit(call, FAMILY, name, document)
    except RecordExistsError as error:
        raise shapes.ConflictException(
            "The requested job name already exists. Use a different job name."
        ) from error
    return {"TranscriptionJob": _told(call, record)}


@operation("GetTranscriptionJob")
async def get_transcription_job(
    call: Call, request: shapes.GetTranscriptionJobRequest
) -> shapes.GetTranscriptionJobResponse:
    """Answer with a job's state, and with where its transcript is."""
    record = await find(call, JOB, request["TranscriptionJobName"])
    return {"TranscriptionJob": _told(call, record)}


@operation("ListTranscriptionJobs")
async def list_transcription_jobs(
    call: Call, request: shapes.ListTranscriptionJobsRequest
) -> shapes.ListTranscriptionJobsResponse:
    """Answer with the jobs that pass all filters, the youngest first."""
    status = request.get("Status")

    def keep(record: Record) -> bool:
        is_in_status = status is None or _status(record.document) == status
        return is_in_status and has_part(record, request.get("JobNameContains"))

    page = await page_of_resources(call, JOB, request, keep=keep, by="created")
    answer: shapes.ListTranscriptionJobsResponse = {
        "TranscriptionJobSummaries": [_summary(call, record) for record in page.items]
    }
    if status is not None:
        answer["Status"] = status
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("DeleteTranscriptionJob")
async def delete_transcription_job(
    call: Call, request: shapes.DeleteTranscriptionJobRequest
) -> None:
    """Delete a job that has ended, and what lies of it in the service-managed bucket."""
    record = await find(call, JOB, request["TranscriptionJobName"])
    if not FAMILY.states.is_ended(record.document["status"]):
        raise shapes.BadRequestException(
            "The requested job can't be deleted because it's still in progress."
        )
    delete = Delete(scope=record.scope, name=record.name, must_exist=False)
    await call.backends.records.write(delete)
    service = as_service(call)
    for bucket, key in _files(record.document):
        if bucket == service_bucket(call.region):
            await service.ask("s3", "DeleteObject", Bucket=bucket, Key=key)


def _output(call: Call, request: Mapping[str, Any]) -> list[str]:
    """Return the bucket and the key that the transcript gets."""
    name, bucket = request["TranscriptionJobName"], request.get("OutputBucketName")
    if bucket is None:
        folder = f"{call.account}/{name}/{uuid.uuid4()}"
        return [service_bucket(call.region), f"{folder}/asrOutput.json"]
    key: str = request.get("OutputKey", "")
    if key.endswith(".json"):
        return [bucket, key]
    folder = f"{key.removesuffix('/')}/" if key else ""
    return [bucket, f"{folder}{name}.json"]


def _files(document: Document) -> list[tuple[str, str]]:
    """Return the places of all that a job wrote."""
    found = document.get("results", {})
    places = [*(found.get(name) for name, _ in URIS), *found.get("subtitles", [])]
    return [(place[0], place[1]) for place in places if place]


def _is_deferred(document: Document) -> bool:
    execution = document["asked"].get("JobExecutionSettings", {})
    return bool(execution.get("AllowDeferredExecution"))


def _status(document: Document) -> str:
    """Return AWS's state of a job: only those that may be deferred are told to be queued."""
    status = document["status"]
    is_waiting = status == FAMILY.states.waiting
    return FAMILY.states.working if is_waiting and not _is_deferred(document) else status


def _told(call: Call, record: Record) -> shapes.TranscriptionJob:
    document = record.document
    told: Any = {
        "TranscriptionJobName": record.name,
        "TranscriptionJobStatus": _status(document),
        "CreationTime": document["created"],
        **document["asked"],
        **document.get("results", {}).get("found", {}),
    }
    if told["TranscriptionJobStatus"] != FAMILY.states.waiting:
        told["StartTime"] = document.get("started", document["created"])
    if "ended" in document:
        told["CompletionTime"] = document["ended"]
    if "message" in document:
        told["FailureReason"] = document["message"]
    if document["tags"]:
        told["Tags"] = to_list(document["tags"])
    if document["subtitles"] is not None:
        told["Subtitles"] = _subtitles(call, document)
    results = document.get("results", {})
    uris = {member: url_of(call, *results[name]) for name, member in URIS if name in results}
    if uris:
        told["Transcript"] = uris
    return told


def _subtitles(call: Call, document: Document) -> Mapping[str, Any]:
    asked = document["subtitles"]
    places = document.get("results", {}).get("subtitles", [])
    return {
        "Formats": asked.get("Formats", []),
        "SubtitleFileUris": [url_of(call, *place) for place in places],
        "OutputStartIndex": asked.get("OutputStartIndex", 0),
    }


def _summary(call: Call, record: Record) -> shapes.TranscriptionJobSummary:
    told: Any = _told(call, record)
    is_own = record.document["output"][0] != service_bucket(call.region)
    summary: Any = {member: told[member] for member in SUMMED_UP if member in told}
    summary["OutputLocationType"] = "CUSTOMER_BUCKET" if is_own else "SERVICE_BUCKET"
    return summary
