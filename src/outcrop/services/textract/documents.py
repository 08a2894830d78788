"""Documents as requests give them: bytes, or an object of S3, as a file for the engines.

Source: https://docs.aws.amazon.com/textract/latest/dg/limits-document.html
"""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncGenerator, Generator, Mapping
from pathlib import Path
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.engines.workers.engine import EngineError, RefusedInputError
from outcrop.operations import Call
from outcrop.operations.objects import ObjectTooLargeError
from outcrop.services.textract import shapes

SYNCHRONOUS_BYTES = 10 << 20
INVALID_OBJECT = (
    "Unable to get object metadata from S3. Check object key, region and/or access permissions."
)
UNSUPPORTED = "Request has unsupported document format"
INVALID = "Request has invalid parameters"


@contextlib.asynccontextmanager
async def document_file(
    call: Call, document: Mapping[str, Any], *, limit: int = SYNCHRONOUS_BYTES
) -> AsyncGenerator[Path]:
    """Give a file with a `Document` for as long as the context lasts.

    Raises:
        InvalidParameterException: It has neither bytes nor an object, or both.
        InvalidS3ObjectException: The object cannot be read.
        DocumentTooLargeException: It has more bytes than `limit`.
    """
    content = await _content(call, document, limit)
    path = await asyncio.to_thread(_written, content)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def engine_errors() -> Generator[None]:
    """Turn what engines raise into what Textract tells."""
    try:
        yield
    except RefusedInputError as error:
        if error.kind == "too large":
            raise shapes.DocumentTooLargeException(str(error)) from error
        if error.kind == "unreadable":
            raise shapes.BadDocumentException(str(error)) from error
        raise shapes.UnsupportedDocumentException(f"{UNSUPPORTED}: {error}") from error
    except EngineError as error:
        raise shapes.InternalServerError(str(error)) from error


async def _content(call: Call, document: Mapping[str, Any], limit: int) -> bytes:
    if "Bytes" in document and "S3Object" in document:
        raise shapes.InvalidParameterException(INVALID)
    if "Bytes" in document:
        content: bytes = document["Bytes"]
    else:
        content = await _object(call, document.get("S3Object", {}), limit)
    if len(content) > limit:
        raise shapes.DocumentTooLargeException(f"The document has more than {limit} bytes.")
    return content


async def _object(call: Call, place: Mapping[str, str], limit: int) -> bytes:
    if "Bucket" not in place or "Name" not in place:
        raise shapes.InvalidParameterException(INVALID)
    try:
        return await call.objects.read_at_most(
            place["Bucket"], place["Name"], limit, version=place.get("Version", "")
        )
    except ObjectTooLargeError as error:
        raise shapes.DocumentTooLargeException(
            f"The document has more than {limit} bytes."
        ) from error
    except ServiceError as error:
        raise shapes.InvalidS3ObjectException(INVALID_OBJECT) from error


def _written(content: bytes) -> Path:
    descriptor, path = tempfile.mkstemp(prefix="outcrop-document-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return Path(path)
