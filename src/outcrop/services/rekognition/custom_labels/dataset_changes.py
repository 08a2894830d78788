"""What fills and changes datasets, beside requests: jobs whose record is the dataset's own.

A dataset that is being created or updated says in `change` by what; every change may begin again.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/debugging-datasets.html
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations.objects import ObjectTooLargeError
from outcrop.operations.records import change, every
from outcrop.operations.service_jobs import JobFailedError, JobFamily, JobStates, ServiceJob
from outcrop.services.rekognition.custom_labels.entry_records import all_labels, counted, puts
from outcrop.services.rekognition.custom_labels.manifest_lines import LONGEST, Line, read_line
from outcrop.services.rekognition.custom_labels.problems import MESSAGES
from outcrop.services.rekognition.custom_labels.resources import (
    DATASET,
    SERVICE,
    entries_scope,
    is_unchanged,
)
from outcrop.services.rekognition.custom_labels.splitting import TooFewImagesError, for_tests
from outcrop.storage.records.interface import Delete, Document, Record, Write

MOST_BYTES = 1 << 30
MOST_ROWS = 250_000
MOST_LABELS = 250
"""Of a dataset.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/limits.html
"""
MOST_BROKEN = 0.2
"""Of a manifest's lines: the share that may be left out."""
AT_ONCE = 200
"""Entries that are written together."""
LONGEST_BYTES = 4 * LONGEST + 1
"""Of a manifest that are read as one line: a longer one is wrong, in as many parts as it has."""
UPDATED_BY_ANOTHER = "UPDATED_BY_ANOTHER"
"""The state of a dataset that gets entries by the change of another one."""


async def _change(job: ServiceJob) -> Mapping[str, Any]:
    """Do what a dataset's `change` says and return what its record gets."""
    what: Mapping[str, Any] = job.document["change"]
    if "blob" in what:
        await _take_blob(job, what["blob"])
    elif "manifest" in what:
        await _take_manifest(job, what["manifest"])
    elif "copy_of" in what:
        await _copy(job, what["copy_of"])
    else:
        await _distribute(job, what["to"])
    counts = await counted(job.call.backends.records, job.record)
    return {**counts, "change": {}, "used": what.get("blob", "")}


async def _forget_blob(job: ServiceJob) -> None:
    if job.document.get("used"):
        await job.call.backends.blobs.delete(job.document["used"])


CREATION = JobFamily(
    service=SERVICE,
    kind=DATASET,
    operation="CreateDataset",
    states=JobStates(
        waiting="CREATE_IN_PROGRESS",
        working="CREATE_IN_PROGRESS",
        done="CREATE_COMPLETE",
        failed="CREATE_FAILED",
    ),
    work=_change,
)
UPDATE = JobFamily(
    service=SERVICE,
    kind=DATASET,
    operation="UpdateDatasetEntries",
    states=JobStates(
        waiting="UPDATE_IN_PROGRESS",
        working="UPDATE_IN_PROGRESS",
        done="UPDATE_COMPLETE",
        failed="UPDATE_FAILED",
    ),
    work=_change,
    on_end=_forget_blob,
)


async def _take_blob(job: ServiceJob, blob_id: str) -> None:
    """Take the lines of a request."""
    content = b"".join([chunk async for chunk in job.call.backends.blobs.read(blob_id)])
    lines = await asyncio.to_thread(lambda: list(map(read_line, texts_in(content))))
    check_lines(lines, known=job.document["labels"])
    await _put(job, lines)


def texts_in(content: bytes) -> list[str]:
    """Return the lines of a manifest; an empty last one is none."""
    texts = content.decode("utf-8", "replace").removeprefix("\ufeff").split("\n")
    return [text.removesuffix("\r") for text in texts if text.strip()]


async def _take_manifest(job: ServiceJob, place: Mapping[str, str]) -> None:
    """Take the lines of an object in S3.

    Raises:
        JobFailedError: It is not there, too large, or holds too much that is wrong.
    """
    try:
        async with job.call.objects.fetched(
            place["Bucket"], place["Name"], version=place.get("Version", ""), limit=MOST_BYTES
        ) as path:
            checked = Checked(job.document["labels"])
            async for lines in parsed(path):
                checked.add(lines)
            checked.end()
            async for lines in parsed(path):
                await _put(job, lines)
    except ObjectTooLargeError as error:
        raise JobFailedError(MESSAGES["ERROR_MANIFEST_SIZE_TOO_LARGE"]) from error
    except ServiceError as error:
        raise JobFailedError(
            MESSAGES["ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT"]
        ) from error


async def parsed(path: Path) -> AsyncIterator[list[Line]]:
    """Give the lines of a file, some at a time."""
    with path.open("rb") as file:
        texts_of_file = iter(partial(file.readline, LONGEST_BYTES), b"")
        while texts := await asyncio.to_thread(lambda: list(islice(texts_of_file, AT_ONCE))):
            yield await asyncio.to_thread(_lines_in, texts)


def _lines_in(texts: Iterable[bytes]) -> list[Line]:
    return [read_line(text) for each in texts for text in texts_in(each)]


class Checked:
    """Whether lines, taken together, can become entries."""

    def __init__(self, known: Iterable[str]) -> None:
        self._labels = set(known)
        self._sources: set[str] = set()
        self._rows = self._broken = 0

    def add(self, lines: Sequence[Line]) -> None:
        """Take some lines.

        Raises:
            JobFailedError: There are too many.
        """
        self._rows += len(lines)
        if self._rows > MOST_ROWS:
            raise JobFailedError(MESSAGES["ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM"])
        for line in lines:
            self._broken += line.is_terminal or line.source in self._sources
            self._sources.add(line.source)
            self._labels.update(line.labels, line.boxes)

    def end(self) -> None:
        """Judge all of them.

        Raises:
            JobFailedError: Too many are wrong, or they have too many labels.
        """
        if not self._rows:
            raise JobFailedError(MESSAGES["ERROR_EMPTY_MANIFEST"])
        if self._broken > MOST_BROKEN * self._rows:
            raise JobFailedError(MESSAGES["ERROR_TOO_MANY_RECORDS_IN_ERROR"])
        if len(self._labels) > MOST_LABELS:
            raise JobFailedError(MESSAGES["ERROR_MANIFEST_TOO_MANY_LABELS"])


def check_lines(lines: Sequence[Line], *, known: Iterable[str]) -> None:
    """Refuse lines that, taken together, cannot become entries.

    Raises:
        JobFailedError: As `Checked` does.
    """
    checked = Checked(known)
    checked.add(lines)
    checked.end()


async def _put(job: ServiceJob, lines: Iterable[Line]) -> None:
    """Write lines as entries; those that cannot be any are left out, as AWS does."""
    place = entries_scope(job.record)
    for some in _batches(line for line in lines if not line.is_terminal):
        await job.call.backends.records.write(
            *puts(place, {each.source: each for each in some}.values())
        )


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    iterator = iter(lines)
    while some := list(islice(iterator, AT_ONCE)):
        yield some


async def _copy(job: ServiceJob, source: Mapping[str, str]) -> None:
    """Take the entries of another dataset.

    Raises:
        JobFailedError: It has gone or is changed meanwhile.
    """
    records, place = job.call.backends.records, entries_scope(job.record)
    dataset = await records.find(job.record.scope, source["name"])
    if dataset is None or dataset.document["uid"] != source["uid"]:
        raise JobFailedError("The dataset that was to be copied has been deleted.")
    async for entry in every(records, entries_scope(dataset)):
        line = read_line(entry.document["line"])
        await records.write(*puts(place, [line]))
    if not is_unchanged(dataset, await records.find(job.record.scope, source["name"])):
        raise JobFailedError("The dataset was changed while it was copied.")


async def _distribute(job: ServiceJob, name: str) -> None:
    """Move a fifth of the entries to the dataset for tests, and end its update.

    Raises:
        JobFailedError: A label has too few images.
    """
    records = job.call.backends.records
    test = await records.get(job.record.scope, name)
    if test.document["status"] != UPDATED_BY_ANOTHER:  # An earlier server has come this far.
        if test.document["status"] == "UPDATE_FAILED":
            raise JobFailedError(test.document["message"])
        return
    try:
        await _move(job, test)
    except TooFewImagesError as error:
        message = MESSAGES["ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_DISTRIBUTE"]
        await _end(job, test, "UPDATE_FAILED", message=message)
        raise JobFailedError(message) from error
    await _end(job, test, "UPDATE_COMPLETE", **await counted(records, test))


async def _move(job: ServiceJob, test: Record) -> None:
    records, here, there = job.call.backends.records, entries_scope(job.record), entries_scope(test)
    labels = {
        entry.name: all_labels(entry.document)
        for place in (here, there)
        async for entry in every(records, place)
    }
    writes: list[Write] = []
    for source in await asyncio.to_thread(for_tests, labels):
        entry = await records.find(here, source)
        if entry is not None:
            line = read_line(entry.document["line"])
            writes += [Delete(scope=here, name=source), *puts(there, [line])]
        if len(writes) >= AT_ONCE:
            await records.write(*writes)
            writes.clear()
    if writes:
        await records.write(*writes)


async def _end(job: ServiceJob, test: Record, status: str, **members: Any) -> None:
    def ended(document: Document) -> Document:
        return {**document, **members, "status": status, "updated": job.call.backends.now()}

    await change(job.call.backends.records, test.scope, test.name, ended)
