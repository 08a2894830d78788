"""Entities detection jobs: start, describe, list, stop.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_StartEntitiesDetectionJob.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.comprehend import entity_recognizers, shapes
from outcrop.services.comprehend.analyses import entities_of
from outcrop.services.comprehend.jobs.analysis import LONG_DOCUMENT_BYTES, analyze_all
from outcrop.services.comprehend.jobs.by_model import ByModel
from outcrop.services.comprehend.jobs.detection import DetectionJobs
from outcrop.services.comprehend.jobs.results import USUAL_FORM
from outcrop.services.comprehend.models.recognizing import custom_entities_of


async def _analyze(
    call: Call, texts: Sequence[str], request: Mapping[str, Any]
) -> Sequence[Mapping[str, Any]]:
    return await entities_of(call, texts, request["LanguageCode"])


BY_MODEL = ByModel(
    models=entity_recognizers.MODELS,
    ask=custom_entities_of,
    limit=LONG_DOCUMENT_BYTES,
    form=USUAL_FORM,
    takes=("pdf", "word", "image", "textract"),
    nothing={"Entities": []},
)


async def work(job: ServiceJob) -> Mapping[str, Any]:
    """Analyse all documents."""
    if BY_MODEL.member in job.document["request"]:
        return await BY_MODEL.work(job)
    return await analyze_all(job, _analyze, limit=LONG_DOCUMENT_BYTES)


JOBS = DetectionJobs("EntitiesDetectionJob", "entities-detection-job", "NER", work)


@operation("StartEntitiesDetectionJob")
async def start_entities_detection_job(
    call: Call, request: shapes.StartEntitiesDetectionJobRequest
) -> shapes.StartEntitiesDetectionJobResponse:
    """Begin a job over documents in S3."""
    if BY_MODEL.member in request or "FlywheelArn" in request:
        return await BY_MODEL.start(call, JOBS, request)
    return await JOBS.start(call, request)


@operation("DescribeEntitiesDetectionJob")
async def describe_entities_detection_job(
    call: Call, request: shapes.DescribeEntitiesDetectionJobRequest
) -> shapes.DescribeEntitiesDetectionJobResponse:
    """Answer with a job's state and properties."""
    return await JOBS.describe(call, request)


@operation("ListEntitiesDetectionJobs")
async def list_entities_detection_jobs(
    call: Call, request: shapes.ListEntitiesDetectionJobsRequest
) -> shapes.ListEntitiesDetectionJobsResponse:
    """Answer with the jobs that pass the filter."""
    return await JOBS.list(call, request)


@operation("StopEntitiesDetectionJob")
async def stop_entities_detection_job(
    call: Call, request: shapes.StopEntitiesDetectionJobRequest
) -> shapes.StopEntitiesDetectionJobResponse:
    """Stop a job; what was analysed until then is written."""
    return await JOBS.stop(call, request)
