"""How a transform job is told.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTransformJob.html
"""

from typing import Any

from outcrop.services.sagemaker import shapes
from outcrop.storage.records.interface import Document


def shown(job: Document, arn: str) -> shapes.DescribeTransformJobResponse:
    """Return a job as DescribeTransformJob tells it."""
    request = {name: one for name, one in job["request"].items() if name != "StoppingCondition"}
    answer: dict[str, Any] = {**request, **_told(job, arn)}
    del answer["LastModifiedTime"]
    if "started" in job:
        answer["TransformStartTime"] = job["started"]
    described: shapes.DescribeTransformJobResponse = answer  # pyright: ignore[reportAssignmentType] - its members are the request's own
    return described


def summary(job: Document, arn: str) -> shapes.TransformJobSummary:
    """Return a job as ListTransformJobs tells it."""
    told: Any = {"TransformJobName": job["name"], **_told(job, arn)}
    summarised: shapes.TransformJobSummary = told
    return summarised


def _told(job: Document, arn: str) -> dict[str, Any]:
    """Return what both tell."""
    told: dict[str, Any] = {
        "TransformJobArn": arn,
        "TransformJobStatus": job["status"],
        "CreationTime": job["created"],
        "LastModifiedTime": job["modified"],
    }
    for name, key in (("TransformEndTime", "ended"), ("FailureReason", "failure")):
        if key in job:
            told[name] = job[key]
    return told
