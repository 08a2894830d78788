"""The training of a recognizer: a job that goes on beside requests, and writes at its end."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.engines.entity_recognizers.interface import Annotated, Span
from outcrop.operations import Call
from outcrop.operations.service_jobs import JobFailedError, ServiceJob
from outcrop.services.comprehend.models.annotations import (
    annotated_documents,
    documents_of_manifest,
)
from outcrop.services.comprehend.models.custom_models import METADATA, MODEL
from outcrop.services.comprehend.models.held_out import held_out
from outcrop.services.comprehend.models.recognizer_metrics import metadata

LEAST_DOCUMENTS = 3
LEAST_MENTIONS = 25
"""Of each type of entity.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/guidelines-and-limits.html
"""
BATCH = 64
"""Documents that are tested with at a time."""


async def train(job: ServiceJob) -> Mapping[str, Any]:
    """Train a recognizer of a job's documents, and test it."""
    config: Mapping[str, Any] = job.document["request"]["InputDataConfig"]
    kinds = [each["Type"] for each in config["EntityTypes"]]
    learned, tested = await _documents(job, config, frozenset(kinds))
    check_documents(kinds, learned)
    if not tested:
        learned, tested = split(learned)
    model, told = await fit(job.call, kinds, learned, tested)
    blob = await job.call.backends.blobs.write(model)
    return {MODEL: blob.id, METADATA: told, "training_ended": job.call.backends.now()}


def split(documents: Sequence[Annotated]) -> tuple[list[Annotated], list[Annotated]]:
    """Return the documents to learn from, and those that are held out to test with."""
    chosen = held_out([sorted({span.kind for span in each.spans}) for each in documents])
    return (
        [each for at, each in enumerate(documents) if at not in chosen],
        [each for at, each in enumerate(documents) if at in chosen],
    )


async def fit(
    call: Call, kinds: Sequence[str], learned: Sequence[Annotated], tested: Sequence[Annotated]
) -> tuple[bytes, dict[str, Any]]:
    """Return a recognizer of documents, and its `RecognizerMetadata`.

    Raises:
        EngineError: See its subclasses.
    """
    model = await call.backends.engines.entity_recognizers.train(learned)
    return model, metadata(kinds, learned, tested, await found_in(call, model, tested))


async def found_in(call: Call, model: bytes, documents: Sequence[Annotated]) -> list[list[Span]]:
    """Return what a recognizer finds in each of some documents.

    Raises:
        EngineError: See its subclasses.
    """
    found: list[list[Span]] = []
    for start in range(0, len(documents), BATCH):
        texts = [each.text for each in documents[start : start + BATCH]]
        recognized = await call.backends.engines.entity_recognizers.recognize(model, texts)
        found += [[each.span for each in of_one] for of_one in recognized]
    return found


async def _documents(
    job: ServiceJob, config: Mapping[str, Any], kinds: frozenset[str]
) -> tuple[list[Annotated], list[Annotated]]:
    """Return the documents to learn from, and those to test with."""
    learned: list[Annotated] = []
    tested: list[Annotated] = []
    if config.get("DataFormat") == "AUGMENTED_MANIFEST":
        for manifest in config["AugmentedManifests"]:
            target = tested if manifest.get("Split") == "TEST" else learned
            target += await documents_of_manifest(job.call, manifest, kinds)
        return learned, tested
    learned += await annotated_documents(job.call, config, kinds)
    if "TestS3Uri" in config["Documents"]:
        tested += await annotated_documents(job.call, config, kinds, is_test=True)
    return learned, tested


def check_documents(kinds: Sequence[str], learned: Sequence[Annotated]) -> None:
    """Refuse documents that AWS trains no recognizer of.

    Raises:
        JobFailedError: They are too few, or have too few entities of a type.
    """
    if len(learned) < LEAST_DOCUMENTS:
        raise JobFailedError(
            f"There are {len(learned)} documents to train of; it takes at least {LEAST_DOCUMENTS}."
        )
    mentions = Counter(span.kind for each in learned for span in each.spans)
    for kind in kinds:
        if mentions[kind] < LEAST_MENTIONS:
            raise JobFailedError(
                f"The documents have {mentions[kind]} entities of the type {kind}; it takes at"
                f" least {LEAST_MENTIONS} of each type."
            )
