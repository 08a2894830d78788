"""Tables (CSV) and manifests (lines of JSON) of training data in S3, row by row.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/prep-class-data-format.html
"""

import asyncio
import csv
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice
from typing import Any, TextIO, cast

from outcrop.aws.errors import ServiceError
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.aws.user_json import read_json
from outcrop.operations import Call
from outcrop.operations.objects import ObjectTooLargeError
from outcrop.operations.service_jobs import JobFailedError
from outcrop.services.comprehend.jobs.documents import Source

MOST_BYTES = 5 << 30
"""Of all files of a training.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/guidelines-and-limits.html
"""
MOST_DOCUMENT_BYTES = 10 << 20
"""Of a document that a manifest names."""
ROWS = 64
"""Read at a time."""


async def rows(call: Call, uri: str) -> AsyncIterator[tuple[str, Sequence[str]]]:
    """Give the rows of all tables whose keys begin as a URI says, each with its place in words.

    Raises:
        JobFailedError: There is none, or one cannot be read.
    """
    async for name, batch in _read(call, uri, _table):
        for number, row in batch:
            yield f"{name}, row {number}", row


async def entries(call: Call, uri: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Give the objects of a manifest, each with its place in words.

    Raises:
        JobFailedError: It cannot be read, or a line is no JSON object.
    """
    async for name, batch in _read(call, uri, _manifest):
        for number, entry in batch:
            yield f"{name}, line {number}", entry


async def text_of(call: Call, uri: str) -> str:
    """Return the text of a file that a manifest names.

    Raises:
        JobFailedError: It cannot be read.
    """
    try:
        bucket, key = bucket_and_key(uri)
        return (await call.objects.read_at_most(bucket, key, MOST_DOCUMENT_BYTES)).decode(
            "utf-8-sig"
        )
    except (ServiceError, ObjectTooLargeError, ValueError) as error:
        raise JobFailedError(f"{uri} cannot be read: {error}") from error


async def _read(call: Call, uri: str, parse: Any) -> AsyncIterator[tuple[str, list[Any]]]:
    files = await Source(call, {"S3Uri": uri}, MOST_BYTES).files()
    if sum(size for _, _, size in files) > MOST_BYTES:
        raise JobFailedError(f"The files at {uri} have more than {MOST_BYTES} bytes.")
    bucket, _ = bucket_and_key(uri)
    for name, key, size in files:
        async with call.objects.fetched(bucket, key, limit=size) as path:
            with path.open(encoding="utf-8-sig", newline="") as file:
                parsed = parse(name, file)
                while batch := await asyncio.to_thread(_some, parsed):
                    yield name, batch


def _some(parsed: Iterator[Any]) -> list[Any]:
    return list(islice(parsed, ROWS))


def _table(name: str, file: TextIO) -> Iterator[tuple[int, list[str]]]:
    read = csv.reader(file, skipinitialspace=True)
    number = 0
    try:
        for row in read:
            number += 1
            if row:
                yield number, row
    except UnicodeDecodeError as error:  # Of what was read ahead: the row is not known.
        raise JobFailedError(f"{name} is no text in UTF-8: {error}.") from error
    except csv.Error as error:
        raise JobFailedError(f"{name} is no table (CSV) after row {number}: {error}.") from error


def _manifest(name: str, file: TextIO) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    try:
        for line in file:
            number += 1
            if line.strip():
                yield number, _object(line)
    except UnicodeDecodeError as error:
        raise JobFailedError(f"{name} is no text in UTF-8: {error}.") from error
    except ValueError as error:
        raise JobFailedError(f"{name}, line {number} is no JSON object: {error}.") from error


def _object(line: str) -> dict[str, Any]:
    entry = read_json(line)
    if not isinstance(entry, dict):
        raise ValueError(f"{line.strip()[:40]} is something else")  # noqa: TRY004 - caught as such
    return cast("dict[str, Any]", entry)
