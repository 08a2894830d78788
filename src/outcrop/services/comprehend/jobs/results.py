"""What a job writes: a line of JSON for every document, packed as `output.tar.gz`.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/api-async-insights.html
"""

import asyncio
import json
import tarfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.operations import Call
from outcrop.operations.service_jobs import JobFailedError
from outcrop.services.comprehend.jobs.documents import Document
from outcrop.services.comprehend.jobs.page_results import page_result

ARCHIVE = "output.tar.gz"
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultForm:
    """How a kind of jobs writes its results."""

    member: str = "output"
    """The file in the archive."""
    has_numbers_as_texts: bool = False
    """Whether the number of a line is told as a text: `"0"`."""

    def result_line(self, document: Document, found: Mapping[str, Any]) -> str:
        """Return the line of a document that was analysed, its members in order of their names."""
        place = document.place
        if self.has_numbers_as_texts and "Line" in place:
            place["Line"] = str(place["Line"])
        if document.page is None:
            return json.dumps({**found, **place}, ensure_ascii=False, sort_keys=True) + "\n"
        # Every word of a page is told: in steps, of which none keeps other threads waiting.
        encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True)
        told = {**page_result(document.page, found), **place}
        return "".join(encoder.iterencode(told)) + "\n"

    def error_line(self, document: Document) -> str:
        """Return the line of a document that could not be analysed."""
        code, message = document.error or ("", "")
        return self.result_line(document, {"ErrorCode": code, "ErrorMessage": message})


USUAL_FORM = ResultForm()


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
            "NO_WRITE_ACCESS_TO_OUTPUT: The provided data access role does not have write access"
            " to the output S3 URI or it does not have access to the output S3 KMS Key."
            f" {error.message}"
        ) from error


def _pack(archive: Path, files: tuple[Path, ...]) -> None:
    with tarfile.open(archive, "w:gz") as packed:
        for file in files:
            packed.add(file, arcname=file.name)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
