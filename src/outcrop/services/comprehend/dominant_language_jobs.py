"""Dominant language detection jobs: start, describe, list, stop.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_StartDominantLanguageDetectionJob.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.dominant_language import languages_of
from outcrop.services.comprehend.jobs.analysis import LONG_DOCUMENT_BYTES, analyze_all
from outcrop.services.comprehend.jobs.detection import DetectionJobs


async def _analyze(
    call: Call, texts: Sequence[str], _request: Mapping[str, Any]
) -> Sequence[Mapping[str, Any]]:
    return await languages_of(call, texts)


async def work(job: ServiceJob) -> Mapping[str, Any]:
    """Analyse all documents."""
    return await analyze_all(job, _analyze, limit=LONG_DOCUMENT_BYTES)


JOBS = DetectionJobs(
    "DominantLanguageDetectionJob", "dominant-language-detection-job", "LANGUAGE", work
)


@operation("StartDominantLanguageDetectionJob")
async def start_dominant_language_detection_job(
    call: Call, request: shapes.StartDominantLanguageDetectionJobRequest
) -> shapes.StartDominantLanguageDetectionJobResponse:
    """Begin a job over documents in S3."""
    return await JOBS.start(call, request)


@operation("DescribeDominantLanguageDetectionJob")
async def describe_dominant_language_detection_job(
    call: Call, request: shapes.DescribeDominantLanguageDetectionJobRequest
) -> shapes.DescribeDominantLanguageDetectionJobResponse:
    """Answer with a job's state and properties."""
    return await JOBS.describe(call, request)


@operation("ListDominantLanguageDetectionJobs")
async def list_dominant_language_detection_jobs(
    call: Call, request: shapes.ListDominantLanguageDetectionJobsRequest
) -> shapes.ListDominantLanguageDetectionJobsResponse:
    """Answer with the jobs that pass the filter."""
    return await JOBS.list(call, request)


@operation("StopDominantLanguageDetectionJob")
async def stop_dominant_language_detection_job(
    call: Call, request: shapes.StopDominantLanguageDetectionJobRequest
) -> shapes.StopDominantLanguageDetectionJobResponse:
    """Stop a job; what was analysed until then is written."""
    return await JOBS.stop(call, request)
