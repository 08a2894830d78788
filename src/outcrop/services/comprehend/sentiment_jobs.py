"""Sentiment detection jobs: start, describe, list, stop.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_StartSentimentDetectionJob.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.jobs.analysis import SHORT_DOCUMENT_BYTES, analyze_all
from outcrop.services.comprehend.jobs.detection import DetectionJobs
from outcrop.services.comprehend.sentiment import sentiments_of


async def _analyze(
    call: Call, texts: Sequence[str], request: Mapping[str, Any]
) -> Sequence[Mapping[str, Any]]:
    return await sentiments_of(call, texts, request["LanguageCode"])


async def work(job: ServiceJob) -> Mapping[str, Any]:
    """Analyse all documents."""
    return await analyze_all(job, _analyze, limit=SHORT_DOCUMENT_BYTES)


JOBS = DetectionJobs("SentimentDetectionJob", "sentiment-detection-job", "SENTIMENT", work)


@operation("StartSentimentDetectionJob")
async def start_sentiment_detection_job(
    call: Call, request: shapes.StartSentimentDetectionJobRequest
) -> shapes.StartSentimentDetectionJobResponse:
    """Begin a job over documents in S3."""
    return await JOBS.start(call, request)


@operation("DescribeSentimentDetectionJob")
async def describe_sentiment_detection_job(
    call: Call, request: shapes.DescribeSentimentDetectionJobRequest
) -> shapes.DescribeSentimentDetectionJobResponse:
    """Answer with a job's state and properties."""
    return await JOBS.describe(call, request)


@operation("ListSentimentDetectionJobs")
async def list_sentiment_detection_jobs(
    call: Call, request: shapes.ListSentimentDetectionJobsRequest
) -> shapes.ListSentimentDetectionJobsResponse:
    """Answer with the jobs that pass the filter."""
    return await JOBS.list(call, request)


@operation("StopSentimentDetectionJob")
async def stop_sentiment_detection_job(
    call: Call, request: shapes.StopSentimentDetectionJobRequest
) -> shapes.StopSentimentDetectionJobResponse:
    """Stop a job; what was analysed until then is written."""
    return await JOBS.stop(call, request)
