"""Jobs that locate personal data in documents, or write them without it.

Source:
https://docs.aws.amazon.com/comprehend/latest/APIReference/API_StartPiiEntitiesDetectionJob.html
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.jobs.analysis import LONG_DOCUMENT_BYTES, batches
from outcrop.services.comprehend.jobs.detection import DetectionJobs
from outcrop.services.comprehend.jobs.documents import Document, Source
from outcrop.services.comprehend.jobs.redaction import check_redaction, redacted
from outcrop.services.comprehend.jobs.results import USUAL_FORM, write_file
from outcrop.services.comprehend.personal_entities import personal_entities_of

ENDING = ".out"


async def work(job: ServiceJob) -> Mapping[str, Any]:
    """Write a file of offsets, or of redacted text, for every input file."""
    request = job.document["request"]
    source = Source(job.call, request["InputDataConfig"], LONG_DOCUMENT_BYTES)
    with tempfile.TemporaryDirectory(prefix="outcrop-comprehend-") as folder:
        written: list[tuple[str, Path]] = []
        for number, (name, key, size) in enumerate(await source.files()):
            path = Path(folder) / str(number)
            with path.open("w", encoding="utf-8", newline="") as file:
                async for batch in batches(source.documents(name, key, size)):
                    file.writelines(await _lines(job, batch))
            written.append((f"{name}{ENDING}", path))
        for name, path in written:
            await write_file(job.call, f"{job.document['output']}{name}", path)
    return {}


async def _lines(job: ServiceJob, batch: Sequence[Document]) -> list[str]:
    request = job.document["request"]
    is_told = request["Mode"] == "ONLY_OFFSETS"
    told = [document for document in batch if not (is_told and document.is_blank)]
    texts = [document.text for document in told if document.error is None]
    language = request["LanguageCode"]
    found = iter(await personal_entities_of(job.call, texts, language) if texts else ())
    lines: list[str] = []
    for document in told:
        if document.error is not None:
            lines.append(USUAL_FORM.error_line(document))
        elif is_told:
            lines.append(USUAL_FORM.result_line(document, {"Entities": next(found)}))
        else:
            text = redacted(document.text, next(found), request["RedactionConfig"])
            lines.append(text if document.line is None else f"{text}\n")
    return lines


JOBS = DetectionJobs("PiiEntitiesDetectionJob", "pii-entities-detection-job", "PII", work, "")


@operation("StartPiiEntitiesDetectionJob")
async def start_pii_entities_detection_job(
    call: Call, request: shapes.StartPiiEntitiesDetectionJobRequest
) -> shapes.StartPiiEntitiesDetectionJobResponse:
    """Begin a job over documents in S3."""
    check_redaction(request)
    return await JOBS.start(call, request)


@operation("DescribePiiEntitiesDetectionJob")
async def describe_pii_entities_detection_job(
    call: Call, request: shapes.DescribePiiEntitiesDetectionJobRequest
) -> shapes.DescribePiiEntitiesDetectionJobResponse:
    """Answer with a job's state and properties."""
    return await JOBS.describe(call, request)


@operation("ListPiiEntitiesDetectionJobs")
async def list_pii_entities_detection_jobs(
    call: Call, request: shapes.ListPiiEntitiesDetectionJobsRequest
) -> shapes.ListPiiEntitiesDetectionJobsResponse:
    """Answer with the jobs that pass the filter."""
    return await JOBS.list(call, request)


@operation("StopPiiEntitiesDetectionJob")
async def stop_pii_entities_detection_job(
    call: Call, request: shapes.StopPiiEntitiesDetectionJobRequest
) -> shapes.StopPiiEntitiesDetectionJobResponse:
    """Stop a job; nothing of it is written."""
    return await JOBS.stop(call, request)
