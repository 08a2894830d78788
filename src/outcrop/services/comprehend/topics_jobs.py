"""Jobs that find what a collection of documents is about: start, describe, list.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/topic-modeling.html
"""

import csv
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from outcrop.engines.topics.interface import TopicModel
from outcrop.operations import Call, operation
from outcrop.operations.service_jobs import JobFailedError, ServiceJob
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.jobs.analysis import batches
from outcrop.services.comprehend.jobs.detection import DetectionJobs
from outcrop.services.comprehend.jobs.documents import Document, Source
from outcrop.services.comprehend.jobs.results import write_archive
from outcrop.services.comprehend.telling_words import telling_words

DEFAULT_TOPICS = 10
TERMS = 10
"""By which a topic is told."""
DOCUMENT_BYTES = 100 << 20
"""Source: https://docs.aws.amazon.com/comprehend/latest/dg/guidelines-and-limits.html"""


async def work(job: ServiceJob) -> Mapping[str, Any]:
    """Read the words of all documents, model their topics, and write two tables."""
    request = job.document["request"]
    source = Source(job.call, request["InputDataConfig"], DOCUMENT_BYTES)
    names: list[str] = []
    words: list[list[str]] = []
    for each in await source.files():
        async for batch in batches(source.documents(*each)):
            told = [one for one in batch if one.error is None and not one.is_blank]
            names += map(_name, told)
            words += await telling_words(job.call, [one.text for one in told])
    model = await job.call.backends.engines.topics.model(
        words, topics=request.get("NumberOfTopics", DEFAULT_TOPICS), terms=TERMS
    )
    if not model.terms:
        raise JobFailedError("The documents have no words that tell of topics.")
    with tempfile.TemporaryDirectory(prefix="outcrop-comprehend-") as folder:
        tables = _tables(Path(folder), names, model)
        await write_archive(job.call, job.document["output"], *tables)
    return {}


def _name(document: Document) -> str:
    return document.file if document.line is None else f"{document.file}:{document.line}"


def _tables(folder: Path, names: Sequence[str], model: TopicModel) -> tuple[Path, Path]:
    terms, documents = folder / "topic-terms.csv", folder / "doc-topics.csv"
    with terms.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("topic", "term", "weight"))
        for topic, found in enumerate(model.terms):
            table.writerows((f"{topic:03}", word, weight) for word, weight in found)
    with documents.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("docname", "topic", "proportion"))
        for name, shares in zip(names, model.shares, strict=True):
            order = sorted(range(len(shares)), key=lambda topic: -shares[topic])
            table.writerows((name, f"{topic:03}", shares[topic]) for topic in order)
    return terms, documents


JOBS = DetectionJobs("TopicsDetectionJob", "topics-detection-job", "TOPICS", work)


@operation("StartTopicsDetectionJob")
async def start_topics_detection_job(
    call: Call, request: shapes.StartTopicsDetectionJobRequest
) -> shapes.StartTopicsDetectionJobResponse:
    """Begin a job over documents in S3."""
    return await JOBS.start(call, {"NumberOfTopics": DEFAULT_TOPICS, **request})


@operation("DescribeTopicsDetectionJob")
async def describe_topics_detection_job(
    call: Call, request: shapes.DescribeTopicsDetectionJobRequest
) -> shapes.DescribeTopicsDetectionJobResponse:
    """Answer with a job's state and properties."""
    return await JOBS.describe(call, request)


@operation("ListTopicsDetectionJobs")
async def list_topics_detection_jobs(
    call: Call, request: shapes.ListTopicsDetectionJobsRequest
) -> shapes.ListTopicsDetectionJobsResponse:
    """Answer with the jobs that pass the filter."""
    return await JOBS.list(call, request)
