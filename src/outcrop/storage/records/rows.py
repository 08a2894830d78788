"""Records as the values of a row, the same in every database."""

import json
from typing import TypeAlias

from outcrop.storage.clock import from_microseconds, to_microseconds
from outcrop.storage.records.batch import Row, Stored
from outcrop.storage.records.documents import decode
from outcrop.storage.records.interface import Record, Scope

Values: TypeAlias = tuple[int, int, int, str, str | bytes]
"""The columns `VALUES`."""

VALUES = "version, created_at, modified_at, indexes, document"
STORED = "version, created_at, indexes"


def values(row: Row) -> Values:
    """Return what stands in the columns `VALUES`."""
    record = row.record
    return (
        record.version,
        to_microseconds(record.created_at),
        to_microseconds(record.modified_at),
        json.dumps(dict(record.indexes)) if record.indexes else "",
        row.document,
    )


def record_of(scope: Scope, name: str, values: Values) -> Record:
    """Return the record that the columns `VALUES` hold."""
    version, created_at, modified_at, indexes, document = values
    return Record(
        scope=scope,
        name=name,
        document=decode(document),
        version=version,
        created_at=from_microseconds(created_at),
        modified_at=from_microseconds(modified_at),
        indexes=_indexes(indexes),
    )


def stored_of(version: int, created_at: int, indexes: str) -> Stored:
    """Return what the columns `STORED` hold."""
    return Stored(version, from_microseconds(created_at), _indexes(indexes))


def _indexes(text: str) -> dict[str, str]:
    return json.loads(text) if text else {}
