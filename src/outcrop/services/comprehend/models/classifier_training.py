"""The training of a classifier: a job that goes on beside requests, and writes at its end."""

import asyncio
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcrop.engines.linear_classifiers.interface import Vectors
from outcrop.operations import Call
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


@dataclass(frozen=True, slots=True)
class Examples:
    """Documents as a classifier sees them."""

    vectors: Vectors
    labels: Sequence[tuple[str, ...]]
    """Of each."""

    @classmethod
    async def of(cls, call: Call, documents: LabelledDocuments) -> "Examples":
        """Return what documents are to a classifier.

        Raises:
            EngineError: See its subclasses.
        """
        rows = bytearray()
        dimensions = 1
        async for texts in documents.texts():
            batch = await vectors_of(call, texts)
            dimensions = batch.dimensions
            rows += batch.rows
        return cls(Vectors(dimensions, bytes(rows)), documents.labels)

    @classmethod
    def together(cls, parts: Sequence["Examples"]) -> "Examples":
        """Return all examples of some parts."""
        dimensions = max((each.vectors.dimensions for each in parts), default=1)
        rows = b"".join(each.vectors.rows for each in parts)
        return cls(Vectors(dimensions, rows), [one for each in parts for one in each.labels])

    def split(self) -> tuple["Examples", "Examples"]:
        """Return those to learn from, and those that are held out to test with."""
        chosen = held_out(self.labels)
        numbers = range(len(self.labels))
        return (
            self._some([each for each in numbers if each not in chosen]),
            self._some([each for each in numbers if each in chosen]),
        )

    def _some(self, numbers: Sequence[int]) -> "Examples":
        size = 4 * self.vectors.dimensions
        rows = b"".join(self.vectors.rows[each * size : (each + 1) * size] for each in numbers)
        return Examples(Vectors(self.vectors.dimensions, rows), [self.labels[n] for n in numbers])


async def train(job: ServiceJob) -> Mapping[str, Any]:
    """Train a classifier of a job's documents, and test it."""
    with tempfile.TemporaryDirectory(prefix="outcrop-comprehend-") as folder:
        training = LabelledDocuments(Spool(Path(folder) / "train.jsonl"))
        testing = LabelledDocuments(Spool(Path(folder) / "test.jsonl"))
        await _read(job, training, testing)
        mode = job.document["request"]["Mode"]
        check_labels(training.labels, mode)
        learned = await Examples.of(job.call, training)
        if testing.labels:
            tested = await Examples.of(job.call, testing)
        else:
            learned, tested = await asyncio.to_thread(learned.split)
        model, evaluation = await fit(job.call, mode, learned, tested)
        if job.document["output"]:
            await _write(job, evaluation, Path(folder))
    blob = await job.call.backends.blobs.write(model)
    return {
        MODEL: blob.id,
        **told_of(evaluation, learned),
        "training_ended": job.call.backends.now(),
    }


async def fit(
    call: Call, mode: str, learned: Examples, tested: Examples
) -> tuple[bytes, Evaluation]:
    """Return a classifier of examples, and how well it does with others.

    Raises:
        JobFailedError: The others have labels that it cannot know.
        EngineError: See its subclasses.
    """
    known = {label for labels in learned.labels for label in labels}
    strange = {label for labels in tested.labels for label in labels} - known
    if strange:
        raise JobFailedError(
            f"The documents to test with have labels that those to train of have not:"
            f" {', '.join(sorted(strange)[:10])}."
        )
    classifiers = call.backends.engines.linear_classifiers
    model = await classifiers.train(learned.vectors, learned.labels, exclusive=mode != MULTI_LABEL)
    return model, await evaluate(call, mode, model, tested)


async def evaluate(call: Call, mode: str, model: bytes, tested: Examples) -> Evaluation:
    """Return how well a classifier does with examples.

    Raises:
        EngineError: See its subclasses.
    """
    found = await call.backends.engines.linear_classifiers.classify(model, tested.vectors)
    exclusive = mode != MULTI_LABEL
    if exclusive:
        predicted = [{max(scores, key=lambda label: scores[label])} for scores in found]
    else:
        predicted = [
            {label for label, score in scores.items() if score >= THRESHOLD} for scores in found
        ]
    actual = [set(each) for each in tested.labels]
    return Evaluation(sorted(set(found[0]).union(*actual)), actual, predicted, exclusive)


def told_of(evaluation: Evaluation, learned: Examples) -> dict[str, Any]:
    """Return what the document of a model has of its training."""
    return {
        LABELS: list(evaluation.labels),
        METADATA: {
            "NumberOfLabels": len(evaluation.labels),
            "NumberOfTrainedDocuments": len(learned.labels),
            "NumberOfTestDocuments": len(evaluation.actual),
            "EvaluationMetrics": evaluation.metrics(),
        },
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


async def _write(job: ServiceJob, evaluation: Evaluation, folder: Path) -> None:
    """Write the archive of a training to S3."""
    path = folder / CONFUSION
    path.parent.mkdir()
    await asyncio.to_thread(
        path.write_text, json.dumps(evaluation.confusion(), ensure_ascii=False), encoding="utf-8"
    )
    await write_archive(job.call, job.document["output"], path.parent)
