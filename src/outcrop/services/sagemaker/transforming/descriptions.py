"""How a transform job is told.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTransformJob.html
"""

from typing import Any

from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.running.descriptions import shown_job, summarised_job
from outcrop.storage.records.interface import Document


def shown(job: Document, arn: str) -> shapes.DescribeTransformJobResponse:
    """Return a job as DescribeTransformJob tells it."""
    answer: Any = shown_job("Transform", job, arn)
    del answer["StoppingCondition"], answer["LastModifiedTime"]
    described: shapes.DescribeTransformJobResponse = answer
    return described


def summary(job: Document, arn: str) -> shapes.TransformJobSummary:
    """Return a job as ListTransformJobs tells it."""
    told: Any = summarised_job("Transform", job, arn)
    summarised: shapes.TransformJobSummary = told
    return summarised
