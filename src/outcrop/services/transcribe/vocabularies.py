"""Custom vocabularies: words that a transcript is likely to have.

Source: https://docs.aws.amazon.com/transcribe/latest/APIReference/API_CreateVocabulary.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.speech_words import READY, speech_words
from outcrop.services.transcribe import shapes
from outcrop.services.transcribe.places import keep_file, url_of
from outcrop.services.transcribe.resources import (
    VOCABULARY,
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
    rows_of_phrases,
    rows_of_table,
    table_of,
    written_forms,
)
from outcrop.storage.records.interface import Document, Record

BOTH_OR_NONE = (
    "Specify either a list of phrases or the URI of a vocabulary file, and not both of them."
)


@operation("CreateVocabulary")
async def create_vocabulary(
    call: Call, request: shapes.CreateVocabularyRequest
) -> shapes.CreateVocabularyResponse:
    """Make a vocabulary; it is ready, or has failed, when the answer comes."""
    name = request["VocabularyName"]
    document = {**await _read(call, request), "tags": checked_tags(request.get("Tags", []))}
    await create(call, VOCABULARY, name, document)
    return _told(name, document)


@operation("GetVocabulary")
async def get_vocabulary(
    call: Call, request: shapes.GetVocabularyRequest
) -> shapes.GetVocabularyResponse:
    """Answer with a vocabulary's state and where its file is."""
    record = await find(call, VOCABULARY, request["VocabularyName"])
    told: Any = _told(record.name, record.document)
    if file := record.document.get("file"):
        told["DownloadUri"] = url_of(call, *file)
    return told


@operation("UpdateVocabulary")
async def update_vocabulary(
    call: Call, request: shapes.UpdateVocabularyRequest
) -> shapes.UpdateVocabularyResponse:
    """Put other words into a vocabulary."""
    name = request["VocabularyName"]
    await find(call, VOCABULARY, name)
    read = await _read(call, request)

    def changed(document: Document) -> Document:
        return {**read, "tags": document["tags"]}

    await replace_document(call, VOCABULARY, name, changed)
    told: Any = _told(name, read)
    told.pop("FailureReason", None)
    return told


@operation("ListVocabularies")
async def list_vocabularies(
    call: Call, request: shapes.ListVocabulariesRequest
) -> shapes.ListVocabulariesResponse:
    """Answer with the vocabularies that pass all filters."""
    answer: Any = await LISTING.page(call, request)
    return answer


@operation("DeleteVocabulary")
async def delete_vocabulary(call: Call, request: shapes.DeleteVocabularyRequest) -> None:
    """Delete a vocabulary; jobs that have begun go on with it."""
    await delete(call, VOCABULARY, request["VocabularyName"])


async def phrases_of(call: Call, name: str, code: str) -> Sequence[str]:
    """Return the words of a vocabulary, in the order in which they count.

    Args:
        call: Whose it is.
        name: Its name.
        code: The language of the transcript; vocabularies of another one have no effect.

    Raises:
        ServiceError: There is none of the name, or it is not ready.
    """
    found = await speech_words(call, VOCABULARY.name, name)
    if found is None:
        raise shapes.BadRequestException(VOCABULARY.missing)
    if not found.is_ready:
        raise shapes.BadRequestException(
            "The vocabulary that you specified isn't in the READY state. Make sure that the"
            " vocabulary is ready and try your request again."
        )
    return found.words if found.code == code else []


async def _read(call: Call, request: Mapping[str, Any]) -> Document:
    """Return the document of a vocabulary as a request describes it."""
    phrases, uri = request.get("Phrases"), request.get("VocabularyFileUri")
    if (not phrases) == (not uri):
        raise shapes.BadRequestException(BOTH_OR_NONE)
    code = request["LanguageCode"]
    document: Document = {"code": code, "updated": call.backends.now()}
    try:
        rows = (
            rows_of_phrases(phrases, code)
            if phrases
            else rows_of_table(await read_file(call, uri or ""), code)
        )
    except UnfitWordsError as error:
        return {**document, "state": "FAILED", "message": str(error), "words": []}
    name = request["VocabularyName"]
    file = await keep_file(call, f"vocabularies/{name}.txt", table_of(rows))
    return {**document, "state": READY, "words": written_forms(rows), "file": file}


def _told(name: str, document: Document) -> shapes.CreateVocabularyResponse:
    told: shapes.CreateVocabularyResponse = {
        "VocabularyName": name,
        "LanguageCode": document["code"],
        "VocabularyState": document["state"],
        "LastModifiedTime": document["updated"],
    }
    if "message" in document:
        told["FailureReason"] = document["message"]
    return told


def _info(_call: Call, record: Record) -> shapes.VocabularyInfo:
    return {
        "VocabularyName": record.name,
        "LanguageCode": record.document["code"],
        "LastModifiedTime": record.document["updated"],
        "VocabularyState": record.document["state"],
    }


def _state(document: Document) -> str:
    return document["state"]


LISTING = Listing(kind=VOCABULARY, member="Vocabularies", tell=_info, state=_state)
