"""Document classification jobs: start, describe, list, stop.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_StartDocumentClassificationJob.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.comprehend import document_classifiers, shapes
from outcrop.services.comprehend.jobs.analysis import analyze_all
from outcrop.services.comprehend.jobs.detection import DetectionJobs
from outcrop.services.comprehend.jobs.results import ResultForm
from outcrop.services.comprehend.models.classifying import classes_of

DOCUMENT_BYTES = 10 << 20
"""Source: https://docs.aws.amazon.com/comprehend/latest/dg/guidelines-and-limits.html"""
FORM = ResultForm(member="predictions.jsonl", has_numbers_as_texts=True)
"""Source: https://docs.aws.amazon.com/comprehend/latest/dg/outputs-class-async.html"""


async def work(job: ServiceJob) -> Mapping[str, Any]:
    """Classify all documents."""
    arn = job.document["request"]["DocumentClassifierArn"]
    classifier = await document_classifiers.MODELS.find_trained(job.call, arn)

    async def analyze(
        call: Call, texts: Sequence[str], _request: Mapping[str, Any]
    ) -> Sequence[Mapping[str, Any]]:
        return await classes_of(call, texts, classifier)

    return await analyze_all(job, analyze, limit=DOCUMENT_BYTES, form=FORM)


JOBS = DetectionJobs("DocumentClassificationJob", "document-classification-job", "CLN", work)


@operation("StartDocumentClassificationJob")
async def start_document_classification_job(
    call: Call, request: shapes.StartDocumentClassificationJobRequest
) -> shapes.StartDocumentClassificationJobResponse:
    """Begin a job over documents in S3."""
    if "FlywheelArn" in request:
        raise shapes.ResourceNotFoundException(f"There is no flywheel {request['FlywheelArn']}.")
    if "DocumentClassifierArn" not in request:
        raise shapes.InvalidRequestException("DocumentClassifierArn or FlywheelArn is required.")
    arn = request["DocumentClassifierArn"]
    await document_classifiers.MODELS.find_trained(call, arn)
    started: Any = {**await JOBS.start(call, request), "DocumentClassifierArn": arn}
    return started


@operation("DescribeDocumentClassificationJob")
async def describe_document_classification_job(
    call: Call, request: shapes.DescribeDocumentClassificationJobRequest
) -> shapes.DescribeDocumentClassificationJobResponse:
    """Answer with a job's state and properties."""
    return await JOBS.describe(call, request)


@operation("ListDocumentClassificationJobs")
async def list_document_classification_jobs(
    call: Call, request: shapes.ListDocumentClassificationJobsRequest
) -> shapes.ListDocumentClassificationJobsResponse:
    """Answer with the jobs that pass the filter."""
    return await JOBS.list(call, request)
