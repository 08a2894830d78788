"""Vocabulary filters: words that are masked, removed or tagged in transcripts.

Source: https://docs.aws.amazon.com/transcribe/latest/APIReference/API_CreateVocabularyFilter.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.speech_words import speech_words
from outcrop.services.transcribe import shapes
from outcrop.services.transcribe.places import keep_file, url_of
from outcrop.services.transcribe.resources import (
    VOCABULARY_FILTER,
    Listing,
    create,
    delete,
    find,
    replace_document,
)
from outcrop.services.transcribe.tags import checked_tags
from outcrop.services.transcribe.vocabulary_words import (
    UnfitWordsError,
    read_file,
    words_of_filter,
)
from outcrop.storage.records.interface import Document, Record

BOTH_OR_NONE = "Specify either a list of words or the URI of a file, and not both of them."


@operation("CreateVocabularyFilter")
async def create_vocabulary_filter(
    call: Call, request: shapes.CreateVocabularyFilterRequest
) -> shapes.CreateVocabularyFilterResponse:
    """Make a filter."""
    name = request["VocabularyFilterName"]
    document = {
        **await _read(call, request),
        "code": request["LanguageCode"],
        "tags": checked_tags(request.get("Tags", [])),
    }
    await create(call, VOCABULARY_FILTER, name, document)
    return _told(name, document)


@operation("GetVocabularyFilter")
async def get_vocabulary_filter(
    call: Call, request: shapes.GetVocabularyFilterRequest
) -> shapes.GetVocabularyFilterResponse:
    """Answer with a filter and where its file is."""
    record = await find(call, VOCABULARY_FILTER, request["VocabularyFilterName"])
    told: Any = _told(record.name, record.document)
    told["DownloadUri"] = url_of(call, *record.document["file"])
    return told


@operation("UpdateVocabularyFilter")
async def update_vocabulary_filter(
    call: Call, request: shapes.UpdateVocabularyFilterRequest
) -> shapes.UpdateVocabularyFilterResponse:
    """Put other words into a filter."""
    name = request["VocabularyFilterName"]
    await find(call, VOCABULARY_FILTER, name)
    read = await _read(call, request)

    def changed(document: Document) -> Document:
        return {**document, **read}

    record = await replace_document(call, VOCABULARY_FILTER, name, changed)
    return _told(name, record.document)


@operation("ListVocabularyFilters")
async def list_vocabulary_filters(
    call: Call, request: shapes.ListVocabularyFiltersRequest
) -> shapes.ListVocabularyFiltersResponse:
    """Answer with the filters whose names contain what is asked for."""
    answer: Any = await LISTING.page(call, request)
    return answer


@operation("DeleteVocabularyFilter")
async def delete_vocabulary_filter(
    call: Call, request: shapes.DeleteVocabularyFilterRequest
) -> None:
    """Delete a filter; jobs that have begun go on with it."""
    await delete(call, VOCABULARY_FILTER, request["VocabularyFilterName"])


async def words_of(call: Call, name: str, code: str) -> Sequence[str]:
    """Return the words of a filter; none if it is of another language.

    Raises:
        ServiceError: There is none of the name.
    """
    found = await speech_words(call, VOCABULARY_FILTER.name, name)
    if found is None:
        raise shapes.BadRequestException(VOCABULARY_FILTER.missing)
    return found.words if found.code == code else []


async def _read(call: Call, request: Mapping[str, Any]) -> Document:
    words, uri = request.get("Words"), request.get("VocabularyFilterFileUri")
    if (not words) == (not uri):
        raise shapes.BadRequestException(BOTH_OR_NONE)
    try:
        given = words or (await read_file(call, uri or "")).splitlines()
        found = words_of_filter(given)
    except UnfitWordsError as error:
        raise shapes.BadRequestException(str(error)) from error
    name = request["VocabularyFilterName"]
    file = await keep_file(call, f"vocabulary-filters/{name}.txt", "\n".join([*found, ""]))
    return {"words": found, "updated": call.backends.now(), "file": file}


def _told(name: str, document: Document) -> shapes.CreateVocabularyFilterResponse:
    return {
        "VocabularyFilterName": name,
        "LanguageCode": document["code"],
        "LastModifiedTime": document["updated"],
    }


def _info(_call: Call, record: Record) -> shapes.VocabularyFilterInfo:
    return _told(record.name, record.document)


LISTING = Listing(kind=VOCABULARY_FILTER, member="VocabularyFilters", tell=_info)
