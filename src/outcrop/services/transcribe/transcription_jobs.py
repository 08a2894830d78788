"""Transcription jobs: start, get, list, delete.

Source: https://docs.aws.amazon.com/transcribe/latest/APIReference/API_StartTranscriptionJob.html
"""

import uuid
from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.transcribe import shapes
from outcrop.services.transcribe.job_records import JobKind
from outcrop.services.transcribe.places import (
    check_readable,
    check_writable,
    service_bucket,
    url_of,
)
from outcrop.services.transcribe.redaction import check_redaction
from outcrop.services.transcribe.requests import check
from outcrop.services.transcribe.resources import JOB, Listing, find
from outcrop.services.transcribe.tags import checked_tags
from outcrop.services.transcribe.transcribing import FAMILY, words_for
from outcrop.storage.records.interface import Document, Record

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
    "ToxicityDetection",
)
"""Members of a request that are told as they were asked for."""
JOBS = JobKind(JOB, FAMILY, "TranscriptionJob")
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
    "ToxicityDetection",
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
    record = await JOBS.begin(call, name, document)
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
    answer: Any = await LISTING.page(call, request)
    return answer


@operation("DeleteTranscriptionJob")
async def delete_transcription_job(
    call: Call, request: shapes.DeleteTranscriptionJobRequest
) -> None:
    """Delete a job that has ended, and what lies of it in the service-managed bucket."""
    await JOBS.delete(call, request["TranscriptionJobName"])


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


def _told(call: Call, record: Record) -> shapes.TranscriptionJob:
    told: Any = JOBS.told(call, record)
    if record.document["subtitles"] is not None:
        told["Subtitles"] = _subtitles(call, record.document)
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


LISTING = Listing(
    kind=JOB, member="TranscriptionJobSummaries", tell=_summary, by="created", state=JOBS.status
)
