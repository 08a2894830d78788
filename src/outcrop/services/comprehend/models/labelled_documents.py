"""The documents that a classifier is trained of, and what they are labelled with.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/prep-classifier-data-multi-class.html
Source: https://docs.aws.amazon.com/comprehend/latest/dg/prep-classifier-data-multi-label.html
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from outcrop.operations import Call
from outcrop.operations.service_jobs import JobFailedError
from outcrop.services.comprehend.models.spool import BATCH, Spool
from outcrop.services.comprehend.models.tables import entries, rows, text_of

DEFAULT_DELIMITER = "|"
MULTI_LABEL = "MULTI_LABEL"
MOST_LABELS = {"MULTI_CLASS": 1000, MULTI_LABEL: 100}
MOST_DOCUMENTS = 1_000_000
LEAST_DOCUMENTS = 10
"""With one label, to train of."""
COLUMNS = 2

Labelled = tuple[str, tuple[str, ...]]
"""A text and its labels."""


@dataclass(slots=True)
class LabelledDocuments:
    """Documents of one purpose: to train of, or to test with."""

    spool: Spool
    labels: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    """Of each document."""

    async def add(self, documents: AsyncIterator[Labelled]) -> None:
        """Take documents.

        Raises:
            JobFailedError: They are too many.
        """
        texts: list[dict[str, Any]] = []
        async for text, labels in documents:
            texts.append({"text": text})
            self.labels.append(labels)
            if len(self.labels) > MOST_DOCUMENTS:
                raise JobFailedError(f"There are more than {MOST_DOCUMENTS} documents.")
            if len(texts) == BATCH:
                await self.spool.add(texts)
                texts = []
        await self.spool.add(texts)

    async def texts(self) -> AsyncIterator[list[str]]:
        """Give the texts, some at a time."""
        async for batch in self.spool.batches():
            yield [each["text"] for each in batch]


async def in_tables(call: Call, uri: str, config: Mapping[str, Any]) -> AsyncIterator[Labelled]:
    """Give the documents of tables; `config` has the `Mode` and the `LabelDelimiter`.

    Raises:
        JobFailedError: A row does not have a label and a document.
    """
    delimiter = config.get("LabelDelimiter", DEFAULT_DELIMITER)
    async for place, row in rows(call, uri):
        if len(row) != COLUMNS:
            raise JobFailedError(
                f"{place} has {len(row)} columns, not a label and a document. Put documents with"
                " commas in quotation marks."
            )
        labels = row[0].split(delimiter) if config["Mode"] == MULTI_LABEL else [row[0]]
        yield _checked(place, row[1], labels)


async def in_manifest(
    call: Call, manifest: Mapping[str, Any], config: Mapping[str, Any]
) -> AsyncIterator[Labelled]:
    """Give the documents of an augmented manifest.

    Raises:
        JobFailedError: A line has no document, or no label.
    """
    async for place, entry in entries(call, manifest["S3Uri"]):
        labels = [
            label
            for name in manifest["AttributeNames"]
            for label in _labels(entry.get(f"{name}-metadata"), config["Mode"])
        ]
        text = entry.get("source")
        if text is None and "source-ref" in entry:
            text = await text_of(call, str(entry["source-ref"]))
        yield _checked(place, str(text or ""), labels)


def _labels(metadata: Any, mode: str) -> Sequence[str]:
    """Return the labels that a labelling job gave.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
    """
    if not isinstance(metadata, dict):
        return []
    known = cast("Mapping[str, Any]", metadata)
    if mode == MULTI_LABEL:
        named: Any = known.get("class-map")
        if not isinstance(named, dict):
            return []
        return [str(each) for each in cast("Mapping[str, Any]", named).values()]
    return [str(known["class-name"])] if "class-name" in known else []


def _checked(place: str, text: str, labels: Sequence[str]) -> Labelled:
    named = tuple(dict.fromkeys(label.strip() for label in labels))
    if not named or not all(named):
        raise JobFailedError(f"{place} has no label.")
    if not text.strip():
        raise JobFailedError(f"{place} has no document.")
    return text, named


def check_labels(labels: Iterable[Sequence[str]], mode: str) -> None:
    """Refuse labels, of each document, that AWS trains no classifier of.

    Raises:
        JobFailedError: They are too few or too many, or one has too few documents.
    """
    counts = Counter(label for each in labels for label in each)
    if len(counts) < 2:
        raise JobFailedError("The documents have fewer than two different labels.")
    if len(counts) > MOST_LABELS[mode]:
        raise JobFailedError(f"The documents have more than {MOST_LABELS[mode]} different labels.")
    label, count = min(counts.items(), key=lambda each: (each[1], each[0]))
    if count < LEAST_DOCUMENTS:
        raise JobFailedError(
            f"The label {label} has {count} documents to train of; it takes at least"
            f" {LEAST_DOCUMENTS} of each label."
        )
