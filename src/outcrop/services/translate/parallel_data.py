"""Parallel data: examples of translations, shown to the model in jobs.

Source: https://docs.aws.amazon.com/translate/latest/dg/customizing-translations-parallel-data.html
"""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.engines.translation.interface import Example, Pair
from outcrop.operations import Call, operation
from outcrop.services.translate import places, shapes
from outcrop.services.translate.resources import (
    PARALLEL_DATA,
    arn_of,
    checked_tags,
    contended,
    find,
    listed,
    not_found,
    scope,
)
from outcrop.services.translate.term_files import TermFile, UnreadableFileError, read_term_file
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Replace,
    StaleRecordError,
)

MOST_RESOURCES = 1000
MOST_BYTES = 64 << 20
"""Our own bound: AWS takes 5 GB."""


@operation("CreateParallelData")
async def create_parallel_data(
    call: Call, request: shapes.CreateParallelDataRequest
) -> shapes.CreateParallelDataResponse:
    """Import a file of examples; one that cannot be read makes a resource that has failed."""
    name, place = request["Name"], scope(call, PARALLEL_DATA)
    records = call.backends.records
    before = await records.find(place, name)
    if before is not None:
        return _repeated(before, request["ClientToken"])
    if await records.count(place) >= MOST_RESOURCES:
        raise shapes.LimitExceededException(
            f"There may be {MOST_RESOURCES} parallel data resources in an account and Region."
        )
    now = call.backends.now()
    document: Document = {
        "name": name,
        "description": request.get("Description", ""),
        "encryption": request.get("EncryptionKey"),
        "tags": checked_tags(request.get("Tags", []), resource=arn_of(call, PARALLEL_DATA, name)),
        "token": request["ClientToken"],
        "created": now,
        "updated": now,
        **await _imported(call, name, request["ParallelDataConfig"]),
    }
    try:
        await records.write(Create(scope=place, name=name, document=document))
    except RecordExistsError:
        return _repeated(await records.get(place, name), request["ClientToken"])
    return {"Name": name, "Status": document["status"]}


@operation("UpdateParallelData")
async def update_parallel_data(
    call: Call, request: shapes.UpdateParallelDataRequest
) -> shapes.UpdateParallelDataResponse:
    """Import another file; one that cannot be read leaves the former in place."""
    record = await find(call, PARALLEL_DATA, request["Name"])
    imported = await _imported(call, record.name, request["ParallelDataConfig"])
    now = call.backends.now()
    attempt = {"attempt": {"status": imported["status"], "at": now}}
    is_kept = imported["status"] == "FAILED" and record.document["status"] == "ACTIVE"
    document: Document = {
        **record.document,
        **({"message": imported["message"]} if is_kept else imported),
        **attempt,
        "updated": now,
    }
    if "Description" in request:
        document["description"] = request["Description"]
    try:
        await call.backends.records.write(Replace(record=record, document=document))
    except RecordNotFoundError as error:
        raise not_found(PARALLEL_DATA, record.name) from error
    except StaleRecordError as error:
        raise contended(PARALLEL_DATA, record.name) from error
    if not is_kept and record.document.get("key"):
        await places.drop(call, record.document["key"])
    return {
        "Name": record.name,
        "Status": document["status"],
        "LatestUpdateAttemptStatus": imported["status"],
        "LatestUpdateAttemptAt": now,
    }


@operation("GetParallelData")
async def get_parallel_data(
    call: Call, request: shapes.GetParallelDataRequest
) -> shapes.GetParallelDataResponse:
    """Answer with a resource, and where its file is."""
    document = (await find(call, PARALLEL_DATA, request["Name"])).document
    answer: shapes.GetParallelDataResponse = {"ParallelDataProperties": _told(call, document)}
    if document.get("key"):
        answer["DataLocation"] = places.location(call, document["key"])
    return answer


@operation("ListParallelData")
async def list_parallel_data(
    call: Call, request: shapes.ListParallelDataRequest
) -> shapes.ListParallelDataResponse:
    """Answer with the resources by name."""
    return await listed(call, PARALLEL_DATA, request, _told)


@operation("DeleteParallelData")
async def delete_parallel_data(
    call: Call, request: shapes.DeleteParallelDataRequest
) -> shapes.DeleteParallelDataResponse:
    """Delete a resource and its file."""
    record = await find(call, PARALLEL_DATA, request["Name"])
    try:
        await call.backends.records.write(Delete(scope=record.scope, name=record.name))
    except RecordNotFoundError as error:
        raise not_found(PARALLEL_DATA, record.name) from error
    if record.document.get("key"):
        await places.drop(call, record.document["key"])
    return {"Name": record.name, "Status": "DELETING"}


async def examples_of(call: Call, name: str) -> Mapping[Pair, Sequence[Example]]:
    """Return the examples of a resource, by pair.

    Raises:
        ServiceError: It is not there, or its file could not be read.
    """
    document = (await find(call, PARALLEL_DATA, name)).document
    if document["status"] != "ACTIVE":
        raise shapes.InvalidRequestException(f"The parallel data {name} is not ACTIVE.")
    content = await places.read(call, document["key"])
    file = await asyncio.to_thread(read_term_file, content, document["config"]["Format"])
    source, *targets = file.languages
    return {
        Pair(source, target): [
            Example(row.texts[source], row.texts[target])
            for row in file.rows
            if target in row.texts
        ]
        for target in targets
    }


def _repeated(record: Record, token: str) -> shapes.CreateParallelDataResponse:
    """Answer as the first request with this token was."""
    if record.document["token"] != token:
        raise shapes.ConflictException(
            f"A parallel data resource named {record.name} exists already."
        )
    return {"Name": record.name, "Status": record.document["status"]}


async def _imported(call: Call, name: str, config: Any) -> dict[str, Any]:
    """Return what a file makes of a resource."""
    if "S3Uri" not in config or "Format" not in config:
        raise shapes.InvalidParameterValueException(
            "ParallelDataConfig needs an S3Uri and a Format."
        )
    failed = {"status": "FAILED", "config": config}
    try:
        bucket, key = bucket_and_key(config["S3Uri"])
        head = await call.ask("s3", "HeadObject", Bucket=bucket, Key=key)
        if head["ContentLength"] > MOST_BYTES:
            return {**failed, "message": f"The file has more than {MOST_BYTES >> 20} MiB."}
        content = await call.objects.read(bucket, key)
        file = await asyncio.to_thread(read_term_file, content, config["Format"])
    except UnreadableFileError as error:
        return {**failed, "message": str(error)}
    except (ServiceError, ValueError) as error:
        raise shapes.InvalidParameterValueException(
            f"The object {config['S3Uri']} does not exist or cannot be read."
        ) from error
    kept_as = f"{call.account}/parallel-data/{name}/{uuid.uuid4()}"
    await places.keep(call, kept_as, content)
    return {
        "status": "ACTIVE",
        "config": config,
        "message": "",
        "languages": list(file.languages),
        "key": kept_as,
        "records": len(file.rows),
        "skipped": file.skipped,
        "characters": _characters(file),
    }


def _characters(file: TermFile) -> int:
    return sum(len(text) for row in file.rows for text in row.texts.values())


def _told(call: Call, document: Document) -> Any:
    told: dict[str, Any] = {
        "Name": document["name"],
        "Arn": arn_of(call, PARALLEL_DATA, document["name"]),
        "Description": document["description"],
        "Status": document["status"],
        "ParallelDataConfig": document["config"],
        "Message": document["message"],
        "EncryptionKey": document["encryption"],
        "CreatedAt": document["created"],
        "LastUpdatedAt": document["updated"],
    }
    if "key" in document:
        source, *targets = document["languages"]
        told |= {
            "SourceLanguageCode": source,
            "TargetLanguageCodes": targets,
            "ImportedDataSize": document["characters"],
            "ImportedRecordCount": document["records"],
            "FailedRecordCount": 0,
            "SkippedRecordCount": document["skipped"],
        }
    if attempt := document.get("attempt"):
        told["LatestUpdateAttemptStatus"] = attempt["status"]
        told["LatestUpdateAttemptAt"] = attempt["at"]
    return {name: value for name, value in told.items() if value not in ("", None)}
