"""Records of a transform job: cut out of files, put together into payloads, read and written.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html
"""

import csv
import io
import itertools
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, cast

from outcrop.aws.user_json import read_json

CSV, JSON = "text/csv", "application/json"
JSON_TYPES = (JSON, "application/jsonlines", "application/x-jsonlines", "application/json-lines")
OUTPUT, INPUT = "SageMakerOutput", "SageMakerInput"
"""Members that a joined record of JSON has."""


class RecordError(Exception):
    """A record is not what the job says; the message is for its FailureReason."""


async def whole(chunks: AsyncIterator[bytes], *, most_bytes: int) -> AsyncIterator[list[bytes]]:
    """Give a file as one payload of one record.

    Raises:
        RecordError: It is too long.
    """
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > most_bytes:
            raise RecordError(f"A file is longer than MaxPayloadInMB allows ({most_bytes} bytes).")
    yield [bytes(content)]


async def lines(
    chunks: AsyncIterator[bytes], *, most_bytes: int, most_records: int | None
) -> AsyncIterator[list[bytes]]:
    """Give the lines of a file, without their ends, as payloads that are as long as they may be.

    Raises:
        RecordError: A line is too long.
    """
    payload: list[bytes] = []
    size = 0
    async for line in _lines(chunks, most_bytes):
        if payload and (size + len(line) + 1 > most_bytes or len(payload) == most_records):
            yield payload
            payload, size = [], 0
        payload.append(line)
        size += len(line) + 1
    if payload:
        yield payload


async def _lines(chunks: AsyncIterator[bytes], most_bytes: int) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in chunks:
        *found, rest = (rest + chunk).split(b"\n")
        for line in found:
            if line.strip():
                yield line.rstrip(b"\r")
        if len(rest) > most_bytes:
            raise RecordError(f"A line is longer than MaxPayloadInMB allows ({most_bytes} bytes).")
    if rest.strip():
        yield rest.rstrip(b"\r")


def read(record: bytes, content_type: str) -> Any:
    """Return the value of a record: a row's cells, or what JSON says.

    Raises:
        RecordError: It cannot be read so.
    """
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == CSV:
            return list(itertools.chain.from_iterable(csv.reader([record.decode()])))
        if kind in JSON_TYPES:
            return read_json(record)
    except (ValueError, csv.Error) as error:
        raise RecordError(f"A record cannot be read as {kind}: {error}") from error
    raise RecordError(f"Records of {content_type or 'no content type'} cannot be filtered.")


def write(value: Any, content_type: str) -> bytes:
    """Return a value as a record."""
    if content_type.partition(";")[0].strip().lower() != CSV:
        return json.dumps(value, separators=(",", ":")).encode()
    row = io.StringIO()
    cells = cast("list[Any]", value) if isinstance(value, list) else [value]
    csv.writer(row, lineterminator="").writerow(cells)
    return row.getvalue().encode()


def joined(given: Any, predicted: Any, content_type: str) -> Any:
    """Return an input record with its prediction."""
    if content_type.partition(";")[0].strip().lower() == CSV:
        return [*_cells(given), *_cells(predicted)]
    if isinstance(given, dict):
        return {**cast("Mapping[str, Any]", given), OUTPUT: predicted}
    return {INPUT: given, OUTPUT: predicted}


def _cells(value: Any) -> Sequence[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]
