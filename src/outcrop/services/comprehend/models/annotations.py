"""The texts that a recognizer is trained of, and the entities in them.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/cer-annotation-csv.html
Source: https://docs.aws.amazon.com/comprehend/latest/dg/cer-entity-list.html
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from outcrop.engines.entity_recognizers.interface import Annotated, Span
from outcrop.operations import Call
from outcrop.operations.service_jobs import JobFailedError
from outcrop.services.comprehend.jobs.documents import Document, Source
from outcrop.services.comprehend.models.tables import entries, rows, text_of

DOCUMENT_BYTES = 1 << 20
MOST_TEXT = 10_000_000
"""Characters of all texts: a bound of our own, for a training holds them in memory."""
MOST_ENTITIES = 1_000_000
"""Annotations, or items of an entity list."""
ANNOTATION_COLUMNS = ("File", "Line", "Begin Offset", "End Offset", "Type")
LIST_COLUMNS = ("Text", "Type")
_WORD = re.compile(r"\w+|[^\w\s]")

Place = tuple[str, str]
"""A file, and the number of a line in it, or nothing."""


async def annotated_documents(
    call: Call, config: Mapping[str, Any], kinds: AbstractSet[str], *, is_test: bool = False
) -> list[Annotated]:
    """Return the documents that a request names, with their entities of these kinds.

    Args:
        call: Who reads them.
        config: An `EntityRecognizerInputDataConfig` of tables.
        kinds: Entities of others are ignored.
        is_test: Whether those to test with are asked for: their places are `TestS3Uri`.

    Raises:
        JobFailedError: They cannot be read, or do not fit together.
    """
    member = "TestS3Uri" if is_test else "S3Uri"
    documents = _documents(call, {**config["Documents"], "S3Uri": config["Documents"][member]})
    if "EntityList" in config:
        listed = await _listed(call, config["EntityList"]["S3Uri"], kinds)
        return bounded(
            [await asyncio.to_thread(listed.annotate, one.text) async for one in documents]
        )
    spans = await _spans(call, config["Annotations"][member], kinds)
    texts: list[Annotated] = []
    async for one in documents:
        place = (one.file, "" if one.line is None else str(one.line))
        texts.append(checked(_told(place), one.text, spans.pop(place, [])))
    if spans:
        place = next(iter(spans))
        raise JobFailedError(f"There are annotations for {_told(place)}, but no such document.")
    return bounded(texts)


async def documents_of_manifest(
    call: Call, manifest: Mapping[str, Any], kinds: AbstractSet[str]
) -> list[Annotated]:
    """Return the documents of an augmented manifest, with their entities of these kinds.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html

    Raises:
        JobFailedError: A line has no document.
    """
    texts: list[Annotated] = []
    async for place, entry in entries(call, manifest["S3Uri"]):
        text: Any = entry.get("source")
        if text is None and "source-ref" in entry:
            text = await text_of(call, str(entry["source-ref"]))
        if not isinstance(text, str) or not text.strip():
            raise JobFailedError(f"{place} has no document.")
        try:
            found = [
                Span(int(each["startOffset"]), int(each["endOffset"]), str(each["label"]))
                for name in manifest["AttributeNames"]
                if name in entry
                for each in entry[name]["annotations"]["entities"]
            ]
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise JobFailedError(f"{place} has no annotations of entities: {error!r}.") from error
        texts.append(checked(place, text, [span for span in found if span.kind in kinds]))
    return bounded(texts)


def checked(place: str, text: str, spans: Sequence[Span]) -> Annotated:
    """Return a text with its entities in order.

    Raises:
        JobFailedError: One lies outside, or two meet.
    """
    ordered = sorted(spans)
    end = 0
    for span in ordered:
        if not end <= span.begin < span.end <= len(text):
            raise JobFailedError(
                f"{place} has an annotation from {span.begin} to {span.end} that meets another, or"
                f" lies outside of its {len(text)} characters."
            )
        end = span.end
    return Annotated(text, ordered)


def bounded(texts: list[Annotated]) -> list[Annotated]:
    """Return documents that are not too many.

    Raises:
        JobFailedError: They are.
    """
    if sum(len(each.text) for each in texts) > MOST_TEXT:
        raise JobFailedError(f"The documents have more than {MOST_TEXT} characters.")
    return texts


async def _documents(call: Call, config: Mapping[str, Any]) -> AsyncIterator[Document]:
    source = Source(call, config, DOCUMENT_BYTES)
    files = await source.files()
    if sum(size for _, _, size in files) > 4 * MOST_TEXT:
        raise JobFailedError(f"The documents have more than {MOST_TEXT} characters.")
    for each in files:
        async for document in source.documents(*each):
            if document.error is not None:
                raise JobFailedError(
                    f"{_told((document.file, str(document.line)))}: {document.error[1]}"
                )
            if not document.is_blank:
                yield document


async def _spans(call: Call, uri: str, kinds: AbstractSet[str]) -> dict[Place, list[Span]]:
    found: dict[Place, list[Span]] = {}
    count = 0
    async for place, row in _table(call, uri, ANNOTATION_COLUMNS):
        file, line, begin, end, kind = row
        count += 1
        if count > MOST_ENTITIES:
            raise JobFailedError(f"There are more than {MOST_ENTITIES} annotations.")
        if kind not in kinds:
            continue
        try:
            span = Span(int(begin), int(end), kind)
            number = str(int(line)) if line else ""
        except ValueError as error:
            raise JobFailedError(f"{place} has an offset that is no number.") from error
        found.setdefault((file, number), []).append(span)
    return found


class _Listed:
    """The items of an entity list."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self._kinds = kinds
        self._longest = max((len(_WORD.findall(text)) for text in kinds), default=0)

    def annotate(self, text: str) -> Annotated:
        """Find where items stand in a text as whole words, the longest of those that meet."""
        words = [match.span() for match in _WORD.finditer(text)]
        found: list[Span] = []
        at = 0
        while at < len(words):
            length = self._length(text, words[at : at + self._longest])
            if length:
                begin, end = words[at][0], words[at + length - 1][1]
                found.append(Span(begin, end, self._kinds[text[begin:end]]))
            at += length or 1
        return Annotated(text, found)

    def _length(self, text: str, words: Sequence[tuple[int, int]]) -> int:
        """Return how many of the words, at most, are an item together."""
        lengths = range(len(words), 0, -1)
        begin = words[0][0]
        return next((n for n in lengths if text[begin : words[n - 1][1]] in self._kinds), 0)


async def _listed(call: Call, uri: str, kinds: AbstractSet[str]) -> _Listed:
    items: dict[str, str] = {}
    async for _, (text, kind) in _table(call, uri, LIST_COLUMNS):
        if kind in kinds and text:
            items[text] = kind
        if len(items) > MOST_ENTITIES:
            raise JobFailedError(f"The entity list has more than {MOST_ENTITIES} items.")
    return _Listed(items)


async def _table(
    call: Call, uri: str, columns: Sequence[str]
) -> AsyncIterator[tuple[str, tuple[str, ...]]]:
    """Give the rows of tables with a header, their cells in the order of `columns`.

    Raises:
        JobFailedError: A column is missing.
    """
    order: list[int] = []
    read = ""
    async for place, row in rows(call, uri):
        cells = [cell.strip() for cell in row]
        file = place.rpartition(",")[0]
        if file != read:
            read = file
            if not set(columns) <= set(cells):
                raise JobFailedError(
                    f"{place} is to name the columns {', '.join(columns)}; it has"
                    f" {', '.join(cells)}."
                )
            order = [cells.index(column) for column in columns]
        elif len(cells) <= max(order):
            raise JobFailedError(f"{place} has {len(cells)} columns, fewer than its header.")
        else:
            yield place, tuple(cells[at] for at in order)


def _told(place: Place) -> str:
    file, line = place
    return f"{file}, line {line}" if line and line != "None" else file
