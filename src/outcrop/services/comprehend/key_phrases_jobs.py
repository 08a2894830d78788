"""Key phrases detection jobs: start, describe, list, stop.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_StartKeyPhrasesDetectionJob.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.analyses import key_phrases_of
from outcrop.services.comprehend.jobs.analysis import LONG_DOCUMENT_BYTES, analyze_all
from outcrop.services.comprehend.jobs.detection import DetectionJobs


async def _analyze(
    call: Call, texts: Sequence[str], request: Mapping[str, Any]
) -> Sequence[Mapping[str, Any]]:
    return await key_phrases_of(call, texts, request["LanguageCode"])


async def work(job: ServiceJob) -> Mapping[str, Any]:
    """Analyse all documents."""
    return await analyze_all(job, _analyze, limit=LONG_DOCUMENT_BYTES)


JOBS = DetectionJobs("KeyPhrasesDetectionJob", "key-phrases-detection-job", "KP", work)


@operation("StartKeyPhrasesDetectionJob")
async def start_key_phrases_detection_job(
    call: Call, request: shapes.StartKeyPhrasesDetectionJobRequest
) -> shapes.StartKeyPhrasesDetectionJobResponse:
    """Begin a job over documents in S3."""
    return await JOBS.start(call, request)


@operation("DescribeKeyPhrasesDetectionJob")
async def describe_key_phrases_detection_job(
    call: Call, request: shapes.DescribeKeyPhrasesDetectionJobRequest
) -> shapes.DescribeKeyPhrasesDetectionJobResponse:
    """Answer with a job's state and properties."""
    return await JOBS.describe(call, request)


@operation("ListKeyPhrasesDetectionJobs")
async def list_key_phrases_detection_jobs(
    call: Call, request: shapes.ListKeyPhrasesDetectionJobsRequest
) -> shapes.ListKeyPhrasesDetectionJobsResponse:
    """Answer with the jobs that pass the filter."""
    return await JOBS.list(call, request)


@operation("StopKeyPhrasesDetectionJob")
async def stop_key_phrases_detection_job(
    call: Call, request: shapes.StopKeyPhrasesDetectionJobRequest
) -> shapes.StopKeyPhrasesDetectionJobResponse:
    """Stop a job; what was analysed until then is written."""
    return await JOBS.stop(call, request)
