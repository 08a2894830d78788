"""Lexicons: users' own words, put, got, listed and deleted.

Source: https://docs.aws.amazon.com/polly/latest/dg/managing-lexicons.html
"""

from collections.abc import Mapping, Sequence

from outcrop.engines.text_to_speech.interface import Pronunciation
from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of_records
from outcrop.services.polly import shapes
from outcrop.services.polly.pls import invalid, read_pls
from outcrop.services.polly.resources import LEXICON, checked_tags, find_lexicon, scope
from outcrop.storage.records.interface import Delete, Document, Put, Record, RecordNotFoundError

MOST_LEXICONS = 100
"""Of an account and region. Source: https://docs.aws.amazon.com/polly/latest/dg/limits.html"""
PAGE = 100
"""Lexicons on a page; AWS does not say."""


@operation("PutLexicon")
async def put_lexicon(call: Call, request: shapes.PutLexiconInput) -> shapes.PutLexiconOutput:
    """Keep a lexicon, in place of one of the same name."""
    name, content = request["Name"], request["Content"]
    read = read_pls(content)
    if read.unknown_signs:
        raise invalid(f"{read.unknown_signs[0]} is no sign of a transcription in {read.language}")
    records, place = call.backends.records, scope(call, LEXICON)
    before = await records.find(place, name)
    if before is None and await records.count(place) >= MOST_LEXICONS:
        raise shapes.MaxLexiconsNumberExceededException(
            f"There are {MOST_LEXICONS} lexicons already, which is the most there may be."
        )
    given = request.get("Tags", {})
    if before is not None and given:
        raise shapes.ValidationException(
            f"The lexicon {name} exists already: its tags are changed by TagResource.",
            reason="fieldValidationFailed",
        )
    tags = checked_tags(given, before=before.document["tags"] if before else None)
    document: Document = {
        "content": content,
        "alphabet": read.alphabet,
        "language": read.language,
        "lexemes": read.lexemes,
        "size": len(content.encode("utf-8", "replace")),
        "modified": call.backends.now(),
        "tags": tags,
    }
    await records.write(Put(scope=place, name=name, document=document))
    return {}


@operation("GetLexicon")
async def get_lexicon(call: Call, request: shapes.GetLexiconInput) -> shapes.GetLexiconOutput:
    """Answer with a lexicon as it was put."""
    record = await find_lexicon(call, request["Name"])
    return {
        "Lexicon": {"Content": record.document["content"], "Name": record.name},
        "LexiconAttributes": _attributes(call, record),
    }


@operation("ListLexicons")
async def list_lexicons(call: Call, request: shapes.ListLexiconsInput) -> shapes.ListLexiconsOutput:
    """Answer with the lexicons' attributes, by name."""
    page = await page_of_records(
        call.backends.records,
        scope(call, LEXICON),
        PageRequest(
            limit=PAGE,
            token=request.get("NextToken"),
            error=shapes.InvalidNextTokenException("The NextToken is invalid."),
        ),
    )
    answer: shapes.ListLexiconsOutput = {
        "Lexicons": [
            {"Name": record.name, "Attributes": _attributes(call, record)} for record in page.items
        ]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("DeleteLexicon")
async def delete_lexicon(
    call: Call, request: shapes.DeleteLexiconInput
) -> shapes.DeleteLexiconOutput:
    """Delete a lexicon."""
    record = await find_lexicon(call, request["Name"])
    try:
        await call.backends.records.write(Delete(scope=record.scope, name=record.name))
    except RecordNotFoundError as error:
        raise shapes.LexiconNotFoundException("Lexicon not found") from error
    return {}


async def pronunciations_of(
    call: Call, names: Sequence[str], language: str
) -> Mapping[str, Mapping[str, Pronunciation]]:
    """Return what lexicons say in a voice's language; of one word, the first of them that has it.

    Raises:
        LexiconNotFoundException: There is no lexicon of one of the names.
    """
    words: dict[str, Pronunciation] = {}
    for name in names:
        document = (await find_lexicon(call, name)).document
        if document["language"] == language:
            words = {**read_pls(document["content"]).pronunciations, **words}
    return {language: words} if words else {}


def _attributes(call: Call, record: Record) -> shapes.LexiconAttributes:
    document = record.document
    return {
        "Alphabet": document["alphabet"],
        "LanguageCode": document["language"],
        "LastModified": document["modified"],
        "LexiconArn": call.arn(f"lexicon/{record.name}"),
        "LexemesCount": document["lexemes"],
        "Size": document["size"],
    }
