"""Media analysis jobs: DetectModerationLabels over the images that a manifest names.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/bulk-analysis.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.aws.user_json import read_json
from outcrop.engines.workers.engine import RefusedInputError
from outcrop.operations import Call, operation
from outcrop.operations.analysis_jobs import ASKED, TokenReusedError, begin
from outcrop.operations.objects import ObjectTooLargeError
from outcrop.operations.paging import page_of
from outcrop.operations.records import every
from outcrop.operations.service_jobs import JobFailedError, JobFamily, JobStates, ServiceJob
from outcrop.services.rekognition import moderation, shapes
from outcrop.services.rekognition.collections import page_request
from outcrop.services.rekognition.images import object_size, picture_bytes, refused
from outcrop.storage.records.interface import Record

STATES = JobStates(waiting="CREATED", working="IN_PROGRESS", done="SUCCEEDED", failed="FAILED")
MOST_MANIFEST_BYTES = 10 << 20
MOST_LINES = 10_000
MOST_LISTED = 100
RESULTS, SUMMARY = "results.jsonl", "manifest-summary.json"
SOURCE = "source-ref"
S3 = "s3://"
INVALID_MANIFEST, INVALID_OBJECT = "INVALID_MANIFEST", "INVALID_S3_OBJECT"
INVALID_OUTPUT, INTERNAL = "INVALID_OUTPUT_CONFIG", "INTERNAL_ERROR"
CODES = (INVALID_MANIFEST, INVALID_OBJECT, INVALID_OUTPUT)


class _LineError(Exception):
    """A line of a manifest that names no image; the message says why."""


@dataclass(slots=True)
class _Outcome:
    """What has come of a manifest so far."""

    results: list[str] = field(default_factory=list[str])
    errors: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    lines: int = 0

    def summary(self) -> Mapping[str, Any]:
        """Return the summary in AWS's format."""
        return {
            "version": "1.0",
            "statistics": {
                "total-json-lines": self.lines,
                "valid-json-lines": len(self.results),
                "invalid-json-lines": len(self.errors),
            },
            "errors": self.errors,
        }


@operation("StartMediaAnalysisJob")
async def start_media_analysis_job(
    call: Call, request: shapes.StartMediaAnalysisJobRequest
) -> shapes.StartMediaAnalysisJobResponse:
    """Begin to look at the images that a manifest names."""
    wanted = request["OperationsConfig"].get("DetectModerationLabels")
    if wanted is None:
        raise shapes.InvalidParameterException("Request has invalid parameters")
    moderation.refuse_adapter(wanted.get("ProjectVersion"))
    if await object_size(call, request["Input"]["S3Object"]) > MOST_MANIFEST_BYTES:
        raise shapes.InvalidManifestException(
            f"The manifest has more than {MOST_MANIFEST_BYTES} bytes."
        )
    try:
        job = await begin(call, MEDIA_ANALYSIS, request)
    except TokenReusedError as error:
        raise shapes.IdempotentParameterMismatchException(
            "The ClientRequestToken was used with other parameters."
        ) from error
    return {"JobId": job.name}


@operation("GetMediaAnalysisJob")
async def get_media_analysis_job(
    call: Call, request: shapes.GetMediaAnalysisJobRequest
) -> shapes.GetMediaAnalysisJobResponse:
    """Answer with a job's state and, when it has ended, where its results lie."""
    job = await call.backends.records.find(MEDIA_ANALYSIS.scope(call), request["JobId"])
    if job is None:
        raise shapes.ResourceNotFoundException("Could not find JobId")
    return _told(job)


@operation("ListMediaAnalysisJobs")
async def list_media_analysis_jobs(
    call: Call, request: shapes.ListMediaAnalysisJobsRequest
) -> shapes.ListMediaAnalysisJobsResponse:
    """Answer with the jobs, the latest first."""
    jobs = [job async for job in every(call.backends.records, MEDIA_ANALYSIS.scope(call))]
    page = page_of(
        sorted(jobs, key=_age, reverse=True),
        key=_age,
        page=page_request(request.get("MaxResults"), request.get("NextToken"), most=MOST_LISTED),
        descending=True,
    )
    answer: shapes.ListMediaAnalysisJobsResponse = {
        "MediaAnalysisJobs": [_told(job) for job in page.items]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


def _age(job: Record) -> str:
    return f"{job.document['created'].isoformat()}/{job.name}"


def _told(job: Record) -> shapes.GetMediaAnalysisJobResponse:
    document = job.document
    asked = document[ASKED]
    told: shapes.GetMediaAnalysisJobResponse = {
        "JobId": job.name,
        "OperationsConfig": asked["OperationsConfig"],
        "Status": document["status"],
        "CreationTimestamp": document["created"],
        "Input": asked["Input"],
        "OutputConfig": asked["OutputConfig"],
    }
    if "JobName" in asked:
        told["JobName"] = asked["JobName"]
    if "KmsKeyId" in asked:
        told["KmsKeyId"] = asked["KmsKeyId"]
    if "ended" in document:
        told["CompletionTimestamp"] = document["ended"]
    if document["status"] == STATES.failed:
        code, _, message = document["message"].partition(": ")
        known = code in CODES
        told["FailureDetails"] = {
            "Code": code if known else INTERNAL,
            "Message": message if known else document["message"],
        }
    if document["status"] == STATES.done:
        bucket = asked["OutputConfig"]["S3Bucket"]
        told["Results"] = {
            "S3Object": {"Bucket": bucket, "Name": _key(job, RESULTS)},
            "ModelVersions": {"Moderation": moderation.MODEL_VERSION},
        }
        told["ManifestSummary"] = {"S3Object": {"Bucket": bucket, "Name": _key(job, SUMMARY)}}
    return told


def _key(job: Record, name: str) -> str:
    prefix = job.document[ASKED]["OutputConfig"].get("S3KeyPrefix", "").rstrip("/")
    return "/".join(filter(None, (prefix, job.name, name)))


async def _work(job: ServiceJob) -> Mapping[str, Any]:
    """Look at each image, and write results and summary when all are done."""
    asked, call = job.document[ASKED], job.call
    bucket = asked["OutputConfig"]["S3Bucket"]
    await _check_output(call, bucket)
    outcome = _Outcome()
    for number, line in enumerate(await _lines(job), start=1):
        outcome.lines += 1
        await _add(job, outcome, number, line)
    results = "".join(outcome.results).encode()
    summary = json.dumps(outcome.summary(), indent=2).encode()
    await call.objects.write(bucket, _key(job.record, RESULTS), results)
    await call.objects.write(
        bucket, _key(job.record, SUMMARY), summary, content_type="application/json"
    )
    return {}


async def _check_output(call: Call, bucket: str) -> None:
    try:
        await call.ask("s3", "HeadBucket", Bucket=bucket)
    except ServiceError as error:
        raise JobFailedError(
            f"{INVALID_OUTPUT}: Unable to write to the bucket {bucket}."
        ) from error


async def _lines(job: ServiceJob) -> list[bytes]:
    """Return the lines of the manifest but for empty ones."""
    place = job.document[ASKED]["Input"]["S3Object"]
    try:
        content = await job.call.objects.read_at_most(
            place["Bucket"],
            place["Name"],
            MOST_MANIFEST_BYTES,
            version=place.get("Version", ""),
        )
    except (ServiceError, ObjectTooLargeError) as error:
        raise JobFailedError(f"{INVALID_OBJECT}: Unable to read the manifest.") from error
    lines = [line for line in content.split(b"\n") if line.strip()]
    if not 0 < len(lines) <= MOST_LINES:
        raise JobFailedError(
            f"{INVALID_MANIFEST}: A manifest has from 1 to {MOST_LINES} lines, not {len(lines)}."
        )
    return lines


async def _add(job: ServiceJob, outcome: _Outcome, number: int, line: bytes) -> None:
    """Look at the image that a line names, and add what it shows, or what is wrong with it."""
    source = ""
    config = job.document[ASKED]["OperationsConfig"]["DetectModerationLabels"]
    least = config.get("MinConfidence", moderation.DEFAULT_MIN_CONFIDENCE_PERCENT)
    try:
        source, place = _source(line)
        image = await picture_bytes(job.call, {"S3Object": place})
        labels = await moderation.found_labels(job.call, image, least_percent=least)
    except RefusedInputError as error:  # What ails the models fails the job as a whole.
        problem = refused(error)
        code, message = problem.code, problem.message
    except _LineError as error:
        code, message = INVALID_MANIFEST, str(error)
    except ServiceError as error:
        code, message = error.code, error.message
    else:
        told = {"ModerationLabels": labels, "ModerationModelVersion": moderation.MODEL_VERSION}
        result = {SOURCE: source, "detect-moderation-labels": told}
        outcome.results.append(json.dumps(result) + "\n")
        return
    named = {SOURCE: source} if source else {}
    outcome.errors.append({"line-number": number, **named, "code": code, "message": message})


def _source(line: bytes) -> tuple[str, shapes.S3Object]:
    """Return the address that a line gives, and the object that it is of.

    Raises:
        _LineError: It gives none.
    """
    try:
        source = read_json(line)[SOURCE]
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise _LineError(f'The line is no JSON object with a "{SOURCE}".') from error
    bucket, _, name = str(source).removeprefix(S3).partition("/")
    if not (isinstance(source, str) and source.startswith(S3) and bucket and name):
        raise _LineError(f'"{SOURCE}" is no address of an object: s3://bucket/name.')
    return source, {"Bucket": bucket, "Name": name}


MEDIA_ANALYSIS = JobFamily(
    service="rekognition",
    kind="media-analysis-job",
    operation="StartMediaAnalysisJob",
    states=STATES,
    work=_work,
)
