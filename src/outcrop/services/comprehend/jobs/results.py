"""What a job writes: a line of JSON for every document, packed as `output.tar.gz`.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/api-async-insights.html
"""

import asyncio
import json
import tarfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.operations import Call
from outcrop.operations.service_jobs import JobFailedError
from outcrop.services.comprehend.jobs.documents import Document

ARCHIVE = "output.tar.gz"
MEMBER = "output"
CHUNK_BYTES = 1 << 20


def result_line(document: Document, found: Mapping[str, Any]) -> str:
    """Return the line of a document that was analysed, its members in order of their names."""
    return json.dumps({**found, **document.place}, ensure_ascii=False, sort_keys=True) + "\n"


def error_line(document: Document) -> str:
    """Return the line of a document that could not be analysed."""
    code, message = document.error or ("", "")
    return result_line(document, {"ErrorCode": code, "ErrorMessage": message})


async def write_archive(call: Call, uri: str, *files: Path) -> None:
    """Pack files under their own names and write them to S3.

    Raises:
        JobFailedError: S3 does not take them.
    """
    archive = files[0].with_name(ARCHIVE)
    await asyncio.to_thread(_pack, archive, files)
    await write_file(call, uri, archive)


async def write_file(call: Call, uri: str, path: Path) -> None:
    """Write a file to S3.

    Raises:
        JobFailedError: S3 does not take it.
    """
    bucket, key = bucket_and_key(uri)
    try:
        await call.objects.write(bucket, key, _chunks(path))
    except ServiceError as error:
        raise JobFailedError(
            "NO_WRITE_ACCESS_TO_OUTPUT: The provided data access role does not have proper"
            f" access to the output location. {error.message}"
        ) from error


def _pack(archive: Path, files: tuple[Path, ...]) -> None:
    with tarfile.open(archive, "w:gz") as packed:
        for file in files:
            packed.add(file, arcname=file.name)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
