"""Targeted sentiment detection jobs: start, describe, list, stop.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_StartTargetedSentimentDetectionJob.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.jobs.analysis import SHORT_DOCUMENT_BYTES, analyze_all
from outcrop.services.comprehend.jobs.detection import DetectionJobs
from outcrop.services.comprehend.targeted_sentiment import targeted_sentiments_of


async def _analyze(
    call: Call, texts: Sequence[str], request: Mapping[str, Any]
) -> Sequence[Mapping[str, Any]]:
    return await targeted_sentiments_of(call, texts, request["LanguageCode"])


async def work(job: ServiceJob) -> Mapping[str, Any]:
    """Analyse all documents."""
    return await analyze_all(job, _analyze, limit=SHORT_DOCUMENT_BYTES)


JOBS = DetectionJobs(
    "TargetedSentimentDetectionJob", "targeted-sentiment-detection-job", "TS", work
)


@operation("StartTargetedSentimentDetectionJob")
async def start_targeted_sentiment_detection_job(
    call: Call, request: shapes.StartTargetedSentimentDetectionJobRequest
) -> shapes.StartTargetedSentimentDetectionJobResponse:
    """Begin a job over documents in S3."""
    return await JOBS.start(call, request)


@operation("DescribeTargetedSentimentDetectionJob")
async def describe_targeted_sentiment_detection_job(
    call: Call, request: shapes.DescribeTargetedSentimentDetectionJobRequest
) -> shapes.DescribeTargetedSentimentDetectionJobResponse:
    """Answer with a job's state and properties."""
    return await JOBS.describe(call, request)


@operation("ListTargetedSentimentDetectionJobs")
async def list_targeted_sentiment_detection_jobs(
    call: Call, request: shapes.ListTargetedSentimentDetectionJobsRequest
) -> shapes.ListTargetedSentimentDetectionJobsResponse:
    """Answer with the jobs that pass the filter."""
    return await JOBS.list(call, request)


@operation("StopTargetedSentimentDetectionJob")
async def stop_targeted_sentiment_detection_job(
    call: Call, request: shapes.StopTargetedSentimentDetectionJobRequest
) -> shapes.StopTargetedSentimentDetectionJobResponse:
    """Stop a job; what was analysed until then is written."""
    return await JOBS.stop(call, request)
