"""Document classification jobs: start, describe, list, stop.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_StartDocumentClassificationJob.html
"""

from outcrop.operations import Call, operation
from outcrop.services.comprehend import document_classifiers, shapes
from outcrop.services.comprehend.jobs.by_model import ByModel
from outcrop.services.comprehend.jobs.detection import DetectionJobs
from outcrop.services.comprehend.jobs.results import ResultForm
from outcrop.services.comprehend.models.classifying import classes_of

DOCUMENT_BYTES = 10 << 20
"""Source: https://docs.aws.amazon.com/comprehend/latest/dg/guidelines-and-limits.html"""
BY_MODEL = ByModel(
    models=document_classifiers.MODELS,
    ask=classes_of,
    limit=DOCUMENT_BYTES,
    form=ResultForm(member="predictions.jsonl", has_numbers_as_texts=True),
    takes=("pdf", "word", "image"),
    nothing={},
)
"""Source: https://docs.aws.amazon.com/comprehend/latest/dg/outputs-class-async.html"""
JOBS = DetectionJobs(
    "DocumentClassificationJob", "document-classification-job", "CLN", BY_MODEL.work
)


@operation("StartDocumentClassificationJob")
async def start_document_classification_job(
    call: Call, request: shapes.StartDocumentClassificationJobRequest
) -> shapes.StartDocumentClassificationJobResponse:
    """Begin a job over documents in S3."""
    return await BY_MODEL.start(call, JOBS, request)


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
