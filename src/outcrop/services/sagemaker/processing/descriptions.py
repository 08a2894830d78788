"""How a processing job is told.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeProcessingJob.html
"""

from typing import Any

from outcrop.services.sagemaker import shapes
from outcrop.storage.records.interface import Document


def shown(job: Document, arn: str) -> shapes.DescribeProcessingJobResponse:
    """Return a job as DescribeProcessingJob tells it."""
    answer: dict[str, Any] = {**job["request"], **_told(job, arn)}
    if "started" in job:
        answer["ProcessingStartTime"] = job["started"]
    described: shapes.DescribeProcessingJobResponse = answer  # pyright: ignore[reportAssignmentType] - its members are the request's own
    return described


def summary(job: Document, arn: str) -> shapes.ProcessingJobSummary:
    """Return a job as ListProcessingJobs tells it."""
    told: Any = {"ProcessingJobName": job["name"], **_told(job, arn)}
    summarised: shapes.ProcessingJobSummary = told
    return summarised


def _told(job: Document, arn: str) -> dict[str, Any]:
    """Return what both tell."""
    told: dict[str, Any] = {
        "ProcessingJobArn": arn,
        "ProcessingJobStatus": job["status"],
        "CreationTime": job["created"],
        "LastModifiedTime": job["modified"],
    }
    for name, key in (
        ("ProcessingEndTime", "ended"),
        ("FailureReason", "failure"),
        ("ExitMessage", "exit_message"),
    ):
        if key in job:
            told[name] = job[key]
    return told
