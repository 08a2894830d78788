"""What a batch of writes makes of the records it meets: the rules, without a database."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias

from outcrop.storage.records.documents import encode
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Put,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Replace,
    Scope,
    StaleRecordError,
    Write,
)

Key: TypeAlias = tuple[Scope, str]
"""Scope and name."""


_NO_KEYS: AbstractSet[tuple[str, str]] = frozenset()


class Stored(NamedTuple):
    """What a database holds under a key, short of the document."""

    version: int
    created_at: datetime
    indexes: Mapping[str, str]


class Row(NamedTuple):
    """A record as it is to be stored."""

    record: Record
    document: str | bytes
    """Encoded."""


SecondaryKey: TypeAlias = tuple[Scope, str, str, str]
"""Scope, label, value, and the name of the record."""


@dataclass(slots=True)
class Changes:
    """What a database has to do so that a batch has happened."""

    rows: dict[Key, Row | None]
    """The last state of each key; `None`: gone."""
    results: list[Record | None]
    """What each write wrote, in the order of the writes."""
    dropped: list[SecondaryKey]
    added: list[SecondaryKey]


class Batch:
    """Writes that happen together.

    Documents are encoded at once: changes that a caller makes to one later reach nobody.
    """

    def __init__(
        self, writes: Sequence[Write], encode: Callable[[Document], str | bytes] = encode
    ) -> None:
        self._writes = [
            (_key(write), write, "" if isinstance(write, Delete) else encode(write.document))
            for write in writes
        ]
        self.created: set[Key] = set()
        """Those that only a `Create` touches: a database may leave it to an insert to find them."""
        touched: dict[Key, None] = {}
        for key, write, _ in self._writes:
            if key in touched:
                self.created.discard(key)
            elif isinstance(write, Create):
                self.created.add(key)
            touched[key] = None
        self.keys: list[Key] = list(touched)
        """The records that the batch touches, each once."""

    def apply(self, stored: Mapping[Key, Stored], now: datetime) -> Changes:
        """Return what the batch changes.

        Args:
            stored: What the database holds under the keys of the batch; none is missing, unless
                the database refuses itself to create what it holds.
            now: When the batch happens.

        Raises:
            RecordExistsError, RecordNotFoundError, StaleRecordError: See `RecordStore.write`.
        """
        current = dict(stored)
        changes = Changes(rows={}, results=[], dropped=[], added=[])
        for key, write, document in self._writes:
            record = _after(write, current.get(key), now)
            changes.results.append(record)
            if record is not None:
                changes.rows[key] = Row(record, document)
                current[key] = Stored(record.version, record.created_at, record.indexes)
            elif key in current:
                changes.rows[key] = None
                del current[key]
        for key, row in changes.rows.items():
            old = stored[key].indexes.items() if key in stored else _NO_KEYS
            new = row.record.indexes.items() if row else _NO_KEYS
            if old == new:
                continue
            changes.dropped += [(key[0], *pair, key[1]) for pair in old - new]
            changes.added += [(key[0], *pair, key[1]) for pair in new - old]
        return changes


def exists_already(scope: Scope, name: str) -> RecordExistsError:
    """Return the error for a `Create` that meets a record."""
    return RecordExistsError(f"{scope.kind} {name!r} exists already")


def _key(write: Write) -> Key:
    if isinstance(write, Replace):
        return (write.record.scope, write.record.name)
    return (write.scope, write.name)


def _after(write: Write, stored: Stored | None, now: datetime) -> Record | None:
    match write:
        case Create():
            return _create(write, stored, now)
        case Put():
            return Record(
                scope=write.scope,
                name=write.name,
                document=write.document,
                version=stored.version + 1 if stored else 1,
                created_at=stored.created_at if stored else now,
                modified_at=now,
                indexes=write.indexes,
            )
        case Replace():
            return _replace(write, stored, now)
        case Delete():
            return _delete(write, stored)


def _create(create: Create, stored: Stored | None, now: datetime) -> Record:
    if stored is not None:
        raise exists_already(create.scope, create.name)
    return Record(
        scope=create.scope,
        name=create.name,
        document=create.document,
        version=1,
        created_at=now,
        modified_at=now,
        indexes=create.indexes,
    )


def _replace(replace: Replace, stored: Stored | None, now: datetime) -> Record:
    old = replace.record
    if stored is None:
        raise RecordNotFoundError(f"no {old.scope.kind} {old.name!r}")
    # The versions of a record that was deleted and created anew start from 1 again.
    if (stored.version, stored.created_at) != (old.version, old.created_at):
        raise StaleRecordError(
            f"{old.scope.kind} {old.name!r} is at version {stored.version}, not {old.version}"
        )
    return Record(
        scope=old.scope,
        name=old.name,
        document=replace.document,
        version=old.version + 1,
        created_at=old.created_at,
        modified_at=now,
        indexes=old.indexes if replace.indexes is None else replace.indexes,
    )


def _delete(delete: Delete, stored: Stored | None) -> None:
    if stored is None:
        if delete.must_exist:
            raise RecordNotFoundError(f"no {delete.scope.kind} {delete.name!r}")
        return
    if delete.version not in (None, stored.version):
        raise StaleRecordError(
            f"{delete.scope.kind} {delete.name!r} is at version {stored.version}, "
            f"not {delete.version}"
        )
