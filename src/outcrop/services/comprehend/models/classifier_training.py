"""The training of a classifier: a job that goes on beside requests, and writes at its end."""

import asyncio
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from outcrop.engines.linear_classifiers.interface import Vectors
from outcrop.operations.service_jobs import JobFailedError, ServiceJob
from outcrop.services.comprehend.jobs.results import write_archive
from outcrop.services.comprehend.models.classifier_metrics import Evaluation
from outcrop.services.comprehend.models.custom_models import LABELS, METADATA, MODEL
from outcrop.services.comprehend.models.held_out import held_out
from outcrop.services.comprehend.models.labelled_documents import (
    MULTI_LABEL,
    LabelledDocuments,
    check_labels,
    in_manifest,
    in_tables,
)
from outcrop.services.comprehend.models.spool import Spool
from outcrop.services.comprehend.models.text_vectors import vectors_of

THRESHOLD = 0.5
"""From which a label counts as predicted, where a document may have several."""
MANIFEST = "AUGMENTED_MANIFEST"
CONFUSION = Path("output") / "confusion_matrix.json"
"""In the archive of a training."""


async def train(job: ServiceJob) -> Mapping[str, Any]:
    """Train a classifier of a job's documents, and test it."""
    with tempfile.TemporaryDirectory(prefix="outcrop-comprehend-") as folder:
        training = LabelledDocuments(Spool(Path(folder) / "train.jsonl"))
        testing = LabelledDocuments(Spool(Path(folder) / "test.jsonl"))
        await _read(job, training, testing)
        return await train_of(job, training, testing, Path(folder))


async def train_of(
    job: ServiceJob, training: LabelledDocuments, testing: LabelledDocuments, folder: Path
) -> Mapping[str, Any]:
    """Train of documents; test with others, or with a part of them if there are no others."""
    mode = job.document["request"]["Mode"]
    check_labels(training, mode)
    classifiers = job.call.backends.engines.linear_classifiers
    learned, tested = await _parts(job, training, testing)
    model = await classifiers.train(learned[0], learned[1], exclusive=mode != MULTI_LABEL)
    evaluation = _evaluate(
        await classifiers.classify(model, tested[0]), tested[1], exclusive=mode != MULTI_LABEL
    )
    if job.document["output"]:
        await _write(job, evaluation, folder)
    blob = await job.call.backends.blobs.write(model)
    return {
        MODEL: blob.id,
        LABELS: list(evaluation.labels),
        METADATA: {
            "NumberOfLabels": len(evaluation.labels),
            "NumberOfTrainedDocuments": len(learned[1]),
            "NumberOfTestDocuments": len(tested[1]),
            "EvaluationMetrics": evaluation.metrics(),
        },
        "training_ended": job.call.backends.now(),
    }


async def _read(job: ServiceJob, training: LabelledDocuments, testing: LabelledDocuments) -> None:
    call, request = job.call, job.document["request"]
    given: Mapping[str, Any] = request["InputDataConfig"]
    config = {**given, "Mode": request["Mode"]}
    if given.get("DataFormat") == MANIFEST:
        for manifest in given["AugmentedManifests"]:
            target = testing if manifest.get("Split") == "TEST" else training
            await target.add(in_manifest(call, manifest, config))
        return
    await training.add(in_tables(call, given["S3Uri"], config))
    if "TestS3Uri" in given:
        await testing.add(in_tables(call, given["TestS3Uri"], config))


Part = tuple[Vectors, Sequence[tuple[str, ...]]]


async def _parts(
    job: ServiceJob, training: LabelledDocuments, testing: LabelledDocuments
) -> tuple[Part, Part]:
    """Return the vectors and labels to learn from, and those to test with."""
    if testing.labels:
        known = {label for labels in training.labels for label in labels}
        strange = {label for labels in testing.labels for label in labels} - known
        if strange:
            raise JobFailedError(
                f"The documents to test with have labels that those to train of have not:"
                f" {', '.join(sorted(strange)[:10])}."
            )
        return (
            (await _vectors(job, training), training.labels),
            (await _vectors(job, testing), testing.labels),
        )
    return await asyncio.to_thread(_split, await _vectors(job, training), training.labels)


async def _vectors(job: ServiceJob, documents: LabelledDocuments) -> Vectors:
    rows = bytearray()
    dimensions = 0
    async for texts in documents.texts():
        batch = await vectors_of(job.call, texts)
        dimensions = batch.dimensions
        rows += batch.rows
    return Vectors(dimensions, bytes(rows))


def _split(vectors: Vectors, labels: Sequence[tuple[str, ...]]) -> tuple[Part, Part]:
    chosen = held_out(labels)
    numbers = range(len(labels))
    return (
        _some(vectors, labels, [each for each in numbers if each not in chosen]),
        _some(vectors, labels, [each for each in numbers if each in chosen]),
    )


def _some(vectors: Vectors, labels: Sequence[tuple[str, ...]], numbers: Sequence[int]) -> Part:
    size = 4 * vectors.dimensions
    rows = b"".join(vectors.rows[each * size : (each + 1) * size] for each in numbers)
    return Vectors(vectors.dimensions, rows), [labels[each] for each in numbers]


def _evaluate(
    found: Sequence[Mapping[str, float]], actual: Sequence[tuple[str, ...]], *, exclusive: bool
) -> Evaluation:
    if exclusive:
        predicted = [{max(scores, key=lambda label: scores[label])} for scores in found]
    else:
        predicted = [
            {label for label, score in scores.items() if score >= THRESHOLD} for scores in found
        ]
    return Evaluation(sorted(found[0]), [set(each) for each in actual], predicted, exclusive)


async def _write(job: ServiceJob, evaluation: Evaluation, folder: Path) -> None:
    """Write the archive of a training to S3."""
    path = folder / CONFUSION
    path.parent.mkdir()
    await asyncio.to_thread(
        path.write_text, json.dumps(evaluation.confusion(), ensure_ascii=False), encoding="utf-8"
    )
    await write_archive(job.call, job.document["output"], path.parent)
