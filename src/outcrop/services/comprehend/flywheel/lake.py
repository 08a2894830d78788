"""A flywheel's data lake in S3: where things are in it, and the documents of datasets.

Folders are AWS's, as the examples of its command line show them; the names of files are ours.

Source: https://docs.aws.amazon.com/cli/latest/reference/comprehend/describe-dataset.html
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from outcrop.aws.errors import ServiceError
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.operations import Call
from outcrop.operations.service_jobs import JobFailedError
from outcrop.services.comprehend.jobs.results import write_file

STAMP = "%Y%m%dT%H%M%SZ"
"""How moments are told in names."""
DOCUMENTS = "documents.manifest"
"""In the folder of a dataset: an augmented manifest, whatever form the dataset came in."""
BATCH = 64

Entry = Mapping[str, Any]
"""A line of an augmented manifest: a document and its labels, or its entities."""


def lake_of(uri: str, flywheel: str, created: datetime) -> str:
    """Return the URI of a flywheel's data lake, with the slash at its end."""
    return f"{uri.rstrip('/')}/{flywheel}/schemaVersion=1/{created.strftime(STAMP)}/"


def dataset_in(lake: str, dataset: str, created: datetime) -> str:
    """Return the URI of a dataset's folder."""
    return f"{lake}datasets/{dataset}/{created.strftime(STAMP)}/"


def evaluation_in(lake: str, iteration: str) -> str:
    """Return the URI of the folder in which an iteration leaves what it measured."""
    return f"{lake}evaluation/{iteration}/"


async def check_lake(call: Call, lake: str) -> None:
    """Refuse a place that there cannot be a lake at.

    Raises:
        JobFailedError: There is no such bucket, or it may not be read.
    """
    bucket, prefix = bucket_and_key(lake)
    try:
        await anext(call.objects.keys(bucket, prefix), None)
    except ServiceError as error:
        raise JobFailedError(f"The data lake cannot be made at {lake}: {error.message}") from error


async def write_documents(call: Call, folder: str, entries: AsyncIterator[Entry]) -> int:
    """Write the documents of a dataset in one piece, and return how many there are.

    Raises:
        JobFailedError: There is none, or S3 does not take them.
    """
    with tempfile.TemporaryDirectory(prefix="outcrop-comprehend-") as place:
        path = Path(place) / DOCUMENTS
        with path.open("w", encoding="utf-8") as file:
            count = await _spool(file, entries)
        if not count:
            raise JobFailedError(
                "The dataset has no document with a label or an entity of the flywheel's task."
            )
        await write_file(call, f"{folder}{DOCUMENTS}", path)
    return count


async def write_report(call: Call, folder: str, name: str, report: Mapping[str, Any]) -> None:
    """Write what was measured of a model.

    Raises:
        JobFailedError: S3 does not take it.
    """
    with tempfile.TemporaryDirectory(prefix="outcrop-comprehend-") as place:
        path = Path(place) / name
        text = json.dumps(report, ensure_ascii=False)
        await asyncio.to_thread(path.write_text, text, encoding="utf-8")
        await write_file(call, f"{folder}{name}", path)


async def _spool(file: TextIO, entries: AsyncIterator[Entry]) -> int:
    count = 0
    lines: list[str] = []
    async for entry in entries:
        count += 1
        lines.append(json.dumps(entry, ensure_ascii=False) + "\n")
        if len(lines) == BATCH:
            await asyncio.to_thread(file.writelines, lines)
            lines = []
    file.writelines(lines)
    return count
