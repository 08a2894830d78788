"""What a version learns from and is tested with: the project's datasets, or manifests in S3."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations.objects import ObjectTooLargeError
from outcrop.operations.service_jobs import JobFailedError, ServiceJob
from outcrop.services.rekognition.custom_labels.dataset_changes import (
    MOST_BYTES,
    MOST_ROWS,
    UPDATE,
    parsed,
)
from outcrop.services.rekognition.custom_labels.entry_records import lines_of
from outcrop.services.rekognition.custom_labels.manifest_lines import Line, read_line
from outcrop.services.rekognition.custom_labels.problems import MESSAGES
from outcrop.services.rekognition.custom_labels.resources import DATASET, is_unchanged, scope
from outcrop.services.rekognition.custom_labels.splitting import TooFewImagesError, for_tests


@dataclass(frozen=True, slots=True)
class Given:
    """The lines of both manifests."""

    train: list[Line]
    test: list[Line]


async def given(job: ServiceJob) -> Given:
    """Return what a version is trained with.

    Raises:
        JobFailedError: A manifest is not there, empty or too large, or cannot be split.
    """
    asked: Mapping[str, Any] = job.document["asked"]
    if "TrainingData" in asked:
        train = await _in_s3(job, asked["TrainingData"]["Assets"])
        assets = asked["TestingData"].get("Assets", [])
        test = await _in_s3(job, assets) if assets else None
    else:
        train = await _in_dataset(job, "train")
        test = await _in_dataset(job, "test")
    if not train or test == []:
        raise JobFailedError(MESSAGES["ERROR_EMPTY_MANIFEST"])
    return await _split(train) if test is None else Given(train, test)


async def _split(lines: Sequence[Line]) -> Given:
    labels = {line.source: line.labels or line.boxes for line in lines if line.source}
    try:
        chosen = await asyncio.to_thread(for_tests, labels)
    except TooFewImagesError as error:
        raise JobFailedError(
            MESSAGES["ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_AUTOSPLIT"]
        ) from error
    return Given(
        [line for line in lines if line.source not in chosen],
        [line for line in lines if line.source in chosen],
    )


async def _in_dataset(job: ServiceJob, kind: str) -> list[Line] | None:
    """Return the lines of one of the project's datasets; `None`: it has none of the kind.

    Raises:
        JobFailedError: The dataset is being changed.
    """
    records, place = job.call.backends.records, scope(job.call, DATASET)
    name = f"{job.record.name.partition('/')[0]}/{kind}"
    dataset = await records.find(place, name)
    if dataset is None:
        return None
    lines = [read_line(text) async for text in lines_of(records, dataset)]
    is_settled = dataset.document["status"].endswith("_COMPLETE") or (
        dataset.document["status"] == UPDATE.states.failed
    )
    if not is_settled or not is_unchanged(dataset, await records.find(place, name)):
        raise JobFailedError("A dataset was changed while it was read: train again.")
    return lines


async def _in_s3(job: ServiceJob, assets: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Return the lines of manifests, one after the other."""
    lines: list[Line] = []
    async for some in _parsed(job, assets):
        lines += some
        if len(lines) > MOST_ROWS:
            raise JobFailedError(MESSAGES["ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM"])
    return lines


async def _parsed(
    job: ServiceJob, assets: Sequence[Mapping[str, Any]]
) -> AsyncIterator[list[Line]]:
    for asset in assets:
        place = asset["GroundTruthManifest"]["S3Object"]
        try:
            async with job.call.objects.fetched(
                place["Bucket"], place["Name"], version=place.get("Version", ""), limit=MOST_BYTES
            ) as path:
                async for lines in parsed(path):
                    yield lines
        except ObjectTooLargeError as error:
            raise JobFailedError(MESSAGES["ERROR_MANIFEST_SIZE_TOO_LARGE"]) from error
        except ServiceError as error:
            raise JobFailedError(
                MESSAGES["ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT"]
            ) from error
