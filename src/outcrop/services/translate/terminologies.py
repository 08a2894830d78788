"""Custom terminologies: import, get, list, delete.

Source: https://docs.aws.amazon.com/translate/latest/dg/how-custom-terminology.html
"""

import asyncio
import uuid
from functools import lru_cache
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.translate import places, shapes
from outcrop.services.translate.resources import (
    TERMINOLOGY,
    arn_of,
    checked_tags,
    find,
    listed,
    scope,
)
from outcrop.services.translate.term_files import (
    Row,
    TermFile,
    UnreadableFileError,
    line_of_formula,
    read_term_file,
    write_term_file,
)
from outcrop.storage.records.interface import Delete, Document, Put, Record, RecordNotFoundError

MOST_TERMINOLOGIES = 100
MOST_TARGETS = 10
MOST_TERM_BYTES = 200
"""Source: https://docs.aws.amazon.com/translate/latest/dg/what-is-limits.html"""


@operation("ImportTerminology")
async def import_terminology(
    call: Call, request: shapes.ImportTerminologyRequest
) -> shapes.ImportTerminologyResponse:
    """Keep a terminology; one of the same name is overwritten."""
    name, data = request["Name"], request["TerminologyData"]
    file = await _read(data["File"], data["Format"])
    await _refuse_formulas(data["File"], data["Format"])
    records, place = call.backends.records, scope(call, TERMINOLOGY)
    before = await records.find(place, name)
    if before is None and await records.count(place) >= MOST_TERMINOLOGIES:
        raise shapes.LimitExceededException(
            f"There may be {MOST_TERMINOLOGIES} custom terminologies in an account and Region."
        )
    arn, now = arn_of(call, TERMINOLOGY, name), call.backends.now()
    had: Document = before.document if before else {}
    document: Document = {
        "name": name,
        "description": request.get("Description", ""),
        "languages": list(file.languages),
        "directionality": data.get("Directionality", "UNI"),
        "format": data["Format"],
        "size": len(data["File"]),
        # Of translations: AWS tells 6 of two rows in a source and three target languages.
        "count": sum(len(row.texts) - 1 for row in file.rows),
        "skipped": file.skipped,
        "key": f"{call.account}/terminologies/{name}/{uuid.uuid4()}",
        "encryption": request.get("EncryptionKey"),
        "tags": checked_tags(request.get("Tags", []), before=had.get("tags"), resource=arn),
        "created": had.get("created", now),
        "updated": now,
    }
    await places.keep(call, document["key"], data["File"])
    await records.write(Put(scope=place, name=name, document=document))
    if before is not None:
        await places.drop(call, had["key"], *_other_forms(had))
    return {"TerminologyProperties": _told(call, document)}


@operation("GetTerminology")
async def get_terminology(
    call: Call, request: shapes.GetTerminologyRequest
) -> shapes.GetTerminologyResponse:
    """Answer with a terminology and where its file is, in the format that is asked for."""
    document = (await find(call, TERMINOLOGY, request["Name"])).document
    form = request.get("TerminologyDataFormat", document["format"])
    key = document["key"]
    if form != document["format"]:
        if document["directionality"] == "MULTI":
            raise shapes.InvalidParameterValueException(
                "A multi-directional terminology is to be had in the format that it was imported"
                f" in: {document['format']}."
            )
        file = await asyncio.to_thread(
            read_term_file, await places.read(call, key), document["format"]
        )
        key = f"{key}.{form.lower()}"
        await places.keep(call, key, write_term_file(file, form))
    return {
        "TerminologyProperties": _told(call, document),
        "TerminologyDataLocation": places.location(call, key),
    }


@operation("ListTerminologies")
async def list_terminologies(
    call: Call, request: shapes.ListTerminologiesRequest
) -> shapes.ListTerminologiesResponse:
    """Answer with the terminologies by name."""
    return await listed(call, TERMINOLOGY, request, _told)


@operation("DeleteTerminology")
async def delete_terminology(call: Call, request: shapes.DeleteTerminologyRequest) -> None:
    """Delete a terminology and its file."""
    record = await find(call, TERMINOLOGY, request["Name"])
    try:
        await call.backends.records.write(Delete(scope=record.scope, name=record.name))
    except RecordNotFoundError:
        return  # Another request was faster.
    await places.drop(call, record.document["key"], *_other_forms(record.document))


async def rows_of(call: Call, record: Record) -> list[Row]:
    """Return the entries of a terminology."""
    content = await places.read(call, record.document["key"])
    return list((await _read(content, record.document["format"])).rows)


async def _read(content: bytes, form: str) -> TermFile:
    """Return a file's entries, less those that are too long."""
    try:
        file = await asyncio.to_thread(_parsed, content, form)
    except UnreadableFileError as error:
        raise shapes.InvalidParameterValueException(
            "The provided terminology is not formatted correctly. Check the contents of your file"
            f" to ensure that it follows the correct {form} format. {error}"
        ) from error
    if len(file.languages) > MOST_TARGETS + 1:
        raise shapes.LimitExceededException(
            f"A custom terminology may have {MOST_TARGETS} target languages."
        )
    short = [row for row in file.rows if _is_short(row)]
    skipped = file.skipped + len(file.rows) - len(short)
    return TermFile(languages=file.languages, rows=short, skipped=skipped)


async def _refuse_formulas(content: bytes, form: str) -> None:
    if form != "CSV":
        return
    if (line := await asyncio.to_thread(line_of_formula, content)) is not None:
        raise shapes.InvalidParameterValueException(
            f"Text at line: {line} contains a prohibited initial character in a CSV element, which"
            " can lead to CSV Injection. Any cell in a CSV file may not start with the characters"
            " [=+@-], due to the potential risk for CSV injection. Please remove these characters"
            " : [=+@-] from beginning of CSV cell text."
        )


@lru_cache(maxsize=4)
def _parsed(content: bytes, form: str) -> TermFile:
    """Return a file's entries; requests in a row use the same."""
    return read_term_file(content, form)


def _is_short(row: Row) -> bool:
    return all(len(text.encode()) <= MOST_TERM_BYTES for text in row.texts.values())


def _other_forms(document: Document) -> list[str]:
    forms = {"CSV", "TSV", "TMX"} - {document["format"]}
    return [f"{document['key']}.{form.lower()}" for form in sorted(forms)]


def _told(call: Call, document: Document) -> Any:
    source, *targets = document["languages"]
    told: dict[str, Any] = {
        "Name": document["name"],
        "Arn": arn_of(call, TERMINOLOGY, document["name"]),
        "SourceLanguageCode": source,
        "TargetLanguageCodes": targets,
        "SizeBytes": document["size"],
        "TermCount": document["count"],
        "SkippedTermCount": document["skipped"],
        "CreatedAt": document["created"],
        "LastUpdatedAt": document["updated"],
        "Directionality": document["directionality"],
        "Format": document["format"],
    }
    if document["description"]:
        told["Description"] = document["description"]
    if document["encryption"]:
        told["EncryptionKey"] = document["encryption"]
    return told
