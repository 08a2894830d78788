"""The entries of datasets as records, and what is counted of them."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from outcrop.aws.user_json import read_json
from outcrop.operations.records import every
from outcrop.services.rekognition.custom_labels.manifest_lines import OWN_METADATA, Line, text_of
from outcrop.services.rekognition.custom_labels.resources import entries_scope
from outcrop.storage.records.interface import Document, Put, Record, RecordStore, Scope

NO_COUNTS: Mapping[str, Any] = {
    "stats": {"LabeledEntries": 0, "TotalEntries": 0, "TotalLabels": 0, "ErrorEntries": 0},
    "labels": {},
}
"""What is known of an empty dataset; see `counted`."""


def puts(place: Scope, lines: Iterable[Line]) -> Sequence[Put]:
    """Return what writes lines as entries, over those of the same images."""
    return [Put(scope=place, name=line.source, document=_document(line)) for line in lines]


def _document(line: Line) -> Document:
    return {
        "line": text_of(line.told),
        "labels": list(line.labels),
        "boxes": list(line.boxes),
        "errors": line.has_errors,
    }


def all_labels(entry: Document) -> list[str]:
    """Return the labels of an entry, those of its boxes too, each once."""
    return list(dict.fromkeys([*entry["labels"], *entry["boxes"]]))


def as_listed(entry: Record) -> str:
    """Return an entry as ListDatasetEntries tells it."""
    own = {OWN_METADATA: {"is_labeled": bool(all_labels(entry.document))}}
    return text_of({**read_json(entry.document["line"]), **own})


async def lines_of(records: RecordStore, dataset: Record) -> AsyncIterator[str]:
    """Give the lines of a dataset, by the addresses of their images."""
    async for entry in every(records, entries_scope(dataset)):
        yield entry.document["line"]


async def counted(records: RecordStore, dataset: Record) -> dict[str, Any]:
    """Return what a dataset's record says of its entries.

    `stats` are AWS's; `labels` has, by their names, the entries and the boxes of each label.
    """
    entries, boxes = Counter[str](), Counter[str]()
    total = labeled = errors = 0
    async for entry in every(records, entries_scope(dataset)):
        names = all_labels(entry.document)
        total += 1
        labeled += bool(names)
        errors += entry.document["errors"]
        entries.update(names)
        boxes.update(entry.document["boxes"])
    stats = {
        "LabeledEntries": labeled,
        "TotalEntries": total,
        "TotalLabels": len(entries),
        "ErrorEntries": errors,
    }
    labels = {name: [entries[name], boxes[name]] for name in sorted(entries)}
    return {"stats": stats, "labels": labels}
