"""How a processing job is told.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeProcessingJob.html
"""

from typing import Any

from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.running.descriptions import shown_job, summarised_job
from outcrop.storage.records.interface import Document


def shown(job: Document, arn: str) -> shapes.DescribeProcessingJobResponse:
    """Return a job as DescribeProcessingJob tells it."""
    answer: Any = shown_job("Processing", job, arn)
    described: shapes.DescribeProcessingJobResponse = answer
    return described


def summary(job: Document, arn: str) -> shapes.ProcessingJobSummary:
    """Return a job as ListProcessingJobs tells it."""
    told: Any = summarised_job("Processing", job, arn)
    summarised: shapes.ProcessingJobSummary = told
    return summarised
