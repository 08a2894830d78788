"""Call analytics jobs: start, get, list, delete.

Source: https://docs.aws.amazon.com/transcribe/latest/APIReference/API_StartCallAnalyticsJob.html
"""

import uuid
from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.transcribe import shapes
from outcrop.services.transcribe.call_analytics_categories import rules_in_force
from outcrop.services.transcribe.calls.analyzing import FAMILY
from outcrop.services.transcribe.job_records import JobKind
from outcrop.services.transcribe.places import (
    NO_OBJECT,
    check_readable,
    check_writable,
    service_bucket,
)
from outcrop.services.transcribe.requests import (
    NO_LANGUAGE_MODELS,
    check_filter,
    check_language_settings,
)
from outcrop.services.transcribe.resources import (
    CALL_JOB,
    VOCABULARY,
    VOCABULARY_FILTER,
    Listing,
    ResourceKind,
    find,
)
from outcrop.services.transcribe.tags import checked_tags
from outcrop.services.transcribe.transcribing import words_of_languages
from outcrop.storage.records.interface import Record

ASKED = ("Media", "Settings", "DataAccessRoleArn", "ChannelDefinitions")
"""Members of a request that are told as they were asked for."""
SUMMED_UP = (
    "CallAnalyticsJobName",
    "CreationTime",
    "StartTime",
    "CompletionTime",
    "LanguageCode",
    "CallAnalyticsJobStatus",
    "FailureReason",
)
ROLES = ("AGENT", "CUSTOMER")
"""Of the channels, where a request does not say it."""
JOBS = JobKind(CALL_JOB, FAMILY, "CallAnalyticsJob")


@operation("StartCallAnalyticsJob")
async def start_call_analytics_job(
    call: Call, request: shapes.StartCallAnalyticsJobRequest
) -> shapes.StartCallAnalyticsJobResponse:
    """Begin a job, to which the categories apply that there are now."""
    asked: Any = request
    _check(asked)
    await check_readable(call, request["Media"].get("MediaFileUri", ""))
    output = await _output(call, asked)
    document = {
        "name": request["CallAnalyticsJobName"],
        "asked": {member: asked[member] for member in ASKED if member in asked},
        "words": await words_of_languages(call, await _language_settings(call, asked)),
        "roles": _roles(asked),
        "rules": await rules_in_force(call),
        "output": output,
        "role": request.get("DataAccessRoleArn", ""),
        "tags": checked_tags(request.get("Tags", [])),
    }
    record = await JOBS.begin(call, request["CallAnalyticsJobName"], document)
    told: Any = JOBS.told(call, record)
    return {"CallAnalyticsJob": told}


@operation("GetCallAnalyticsJob")
async def get_call_analytics_job(
    call: Call, request: shapes.GetCallAnalyticsJobRequest
) -> shapes.GetCallAnalyticsJobResponse:
    """Answer with a job's state, and with where its documents are."""
    record = await find(call, CALL_JOB, request["CallAnalyticsJobName"])
    told: Any = JOBS.told(call, record)
    return {"CallAnalyticsJob": told}


@operation("ListCallAnalyticsJobs")
async def list_call_analytics_jobs(
    call: Call, request: shapes.ListCallAnalyticsJobsRequest
) -> shapes.ListCallAnalyticsJobsResponse:
    """Answer with the jobs that pass all filters, the youngest first."""
    answer: Any = await LISTING.page(call, request)
    return answer


@operation("DeleteCallAnalyticsJob")
async def delete_call_analytics_job(
    call: Call, request: shapes.DeleteCallAnalyticsJobRequest
) -> shapes.DeleteCallAnalyticsJobResponse:
    """Delete a job that has ended, and what lies of it in the service-managed bucket."""
    await JOBS.delete(call, request["CallAnalyticsJobName"])
    return {}


def _check(request: Mapping[str, Any]) -> None:
    """Refuse a request that contradicts itself, or wants what no model here can do."""
    if "RedactedMediaFileUri" in request["Media"]:
        raise shapes.BadRequestException(
            "Outcrop makes no redacted sound: use MediaFileUri, and ContentRedaction for the text."
        )
    if "MediaFileUri" not in request["Media"]:
        raise shapes.BadRequestException(NO_OBJECT)
    settings = request.get("Settings", {})
    if settings.get("Summarization", {}).get("GenerateAbstractiveSummary"):
        raise shapes.BadRequestException(
            "Outcrop sums up no calls: leave Summarization out, or turn it off."
        )
    if "LanguageModelName" in settings:
        raise shapes.BadRequestException(NO_LANGUAGE_MODELS)
    check_filter(settings)
    check_language_settings(settings)
    definitions = request.get("ChannelDefinitions", [])
    for member in ("ChannelId", "ParticipantRole"):
        if len({one[member] for one in definitions if member in one}) != len(definitions):
            raise shapes.BadRequestException(
                f"Each of the ChannelDefinitions needs a {member} of its own."
            )


def _roles(request: Mapping[str, Any]) -> list[str]:
    """Return who speaks on each channel."""
    definitions = request.get("ChannelDefinitions")
    if not definitions:
        return list(ROLES)
    in_order = sorted(definitions, key=lambda one: one["ChannelId"])
    return [one["ParticipantRole"] for one in in_order]


async def _language_settings(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the vocabulary and the filter of each language.

    Those that are asked for without a language are of their own.
    """
    settings = request.get("Settings", {})
    found: dict[str, Any] = dict(settings.get("LanguageIdSettings", {}))

    async def add(kind: ResourceKind, member: str) -> None:
        if name := settings.get(member):
            code = (await find(call, kind, name)).document["code"]
            found[code] = {**found.get(code, {}), member: name}

    await add(VOCABULARY, "VocabularyName")
    await add(VOCABULARY_FILTER, "VocabularyFilterName")
    return found


async def _output(call: Call, request: Mapping[str, Any]) -> list[str]:
    """Return the bucket, the folder and the name that the documents get.

    Raises:
        ServiceError: The bucket is not there.
    """
    name = f"{request['CallAnalyticsJobName']}.json"
    uri: str | None = request.get("OutputLocation")
    if uri is None:
        folder = f"{call.account}/{request['CallAnalyticsJobName']}/{uuid.uuid4()}/"
        return [service_bucket(call.region), folder, name]
    if not uri.startswith("s3://"):
        raise shapes.BadRequestException("The OutputLocation isn't an S3 URI.")
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    await check_writable(call, bucket)
    if key.endswith(".json"):
        folder, slash, name = key.rpartition("/")
        return [bucket, f"{folder}{slash}", name]
    return [bucket, f"{key.removesuffix('/')}/" if key else "", name]


def _summary(call: Call, record: Record) -> Any:
    told = JOBS.told(call, record)
    return {member: told[member] for member in SUMMED_UP if member in told}


LISTING = Listing(
    kind=CALL_JOB,
    member="CallAnalyticsJobSummaries",
    tell=_summary,
    by="created",
    state=JOBS.status,
)
