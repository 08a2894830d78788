"""What every record store promises.

A record is one JSON document under a key. Writes are optimistic: who replaces or deletes a record
says which version was read. A batch of writes happens whole or not at all. When a write returns, it
is durable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeAlias

Document: TypeAlias = dict[str, Any]
"""A JSON object; datetimes (aware), bytes and floats survive the round trip."""


class Scope(NamedTuple):
    """Where a kind of records lives: the records of two scopes never meet."""

    account: str
    region: str
    """Empty for what is global."""
    service: str
    kind: str
    """What the records are: `training-job`, or below a parent `object/<bucket>`."""


def _no_indexes() -> dict[str, str]:
    return {}  # In a tenth of the time that `dict[str, str]()` takes.


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One document as it was read or written."""

    scope: Scope
    name: str
    """Unique in its scope; lists are ordered by it, in the order of its UTF-8 bytes."""
    document: Document
    version: int
    """1 when created, one more with every replacement."""
    created_at: datetime
    modified_at: datetime
    indexes: Mapping[str, str] = field(default_factory=_no_indexes)
    """Secondary keys, written with the record: `{"status": "InProgress"}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """Write a record that must not exist yet."""

    scope: Scope
    name: str
    document: Document
    indexes: Mapping[str, str] = field(default_factory=_no_indexes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Write a record, whatever was there before."""

    scope: Scope
    name: str
    document: Document
    indexes: Mapping[str, str] = field(default_factory=_no_indexes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """Write a record over the version that was read."""

    record: Record
    document: Document
    indexes: Mapping[str, str] | None = None
    """`None` keeps the record's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Delete a record; with a version, only that version."""

    scope: Scope
    name: str
    version: int | None = None
    must_exist: bool = True


Write: TypeAlias = Create | Put | Replace | Delete


class RecordExistsError(Exception):
    """A record of this scope and name is there already."""


class RecordNotFoundError(Exception):
    """No record of this scope and name."""


class StaleRecordError(Exception):
    """Somebody else wrote the record since it was read."""


class RecordsUnavailableError(Exception):
    """The database does not answer; whether a write under way has happened is not known."""


class RecordStore(Protocol):
    """Keeps records.

    Every method may raise `RecordsUnavailableError`.
    """

    async def get(self, scope: Scope, name: str) -> Record:
        """Return one record.

        Raises:
            RecordNotFoundError: There is none.
        """
        ...

    async def find(self, scope: Scope, name: str) -> Record | None:
        """Return one record, or `None`."""
        ...

    async def find_shared(self, scope: Scope, name: str) -> Record | None:
        """Return what `find` does, in less time: for what is read with every request.

        Others may be given the same record, so nobody may change its document.
        """
        ...

    async def write(self, *writes: Write) -> list[Record | None]:
        """Do all the writes or none, and return what each wrote (`None` for a deletion).

        Raises:
            RecordExistsError: A `Create` met a record.
            RecordNotFoundError: A `Replace` or a `Delete` that must find a record found none.
            StaleRecordError: A `Replace` or a `Delete` with a version met another version.
        """
        ...

    async def list(
        self,
        scope: Scope,
        *,
        prefix: str = "",
        after: str = "",
        limit: int = 1000,
        index: tuple[str, str] | None = None,
        descending: bool = False,
    ) -> Sequence[Record]:
        """Return at most `limit` records ordered by name.

        Args:
            scope: Where to look.
            prefix: Only names that start so.
            after: Only names beyond this one, in the direction of the list; empty: from its start.
            limit: At least 1.
            index: Only records whose secondary key has this value: `("status", "InProgress")`.
            descending: From the last name to the first.
        """
        ...

    async def count(self, scope: Scope, *, prefix: str = "") -> int:
        """Return how many records there are."""
        ...

    async def scopes(
        self, *, service: str | None = None, kind: str | None = None, account: str | None = None
    ) -> Sequence[Scope]:
        """Return the scopes that hold records: for start-up, when work is resumed in every account.

        A `kind` that ends in `/` stands for every kind that starts so.
        """
        ...

    async def clear(self, account: str) -> None:
        """Delete every record of an account."""
        ...

    async def close(self) -> None:
        """Finish the writes under way and let go of files and connections."""
        ...
