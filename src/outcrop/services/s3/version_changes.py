"""How the versions of one key change: what to write for a new version, and for one that goes.

- `object/<bucket>`: one record per key that has a current object; what listings read.
- `version/<bucket>`: one record per version, once the bucket has had versioning; by key, then the
  newest first.
- `head/<bucket>`: one record per key that has versions: its last sequence number and which version
  is the null one. Every change of a key's versions rewrites it, so two changes never mix.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from outcrop.services.s3.bucket import ENABLED, Bucket
from outcrop.services.s3.names import record_name
from outcrop.services.s3.object_version import NULL_VERSION, ObjectVersion, Segment
from outcrop.services.s3.version_ids import new_version_id, version_name
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    Replace,
    Scope,
    Write,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """What is there under a key, as it was read."""

    bucket: Bucket
    key: str
    current: Record | None = None
    """In `object/`."""
    head: Record | None = None
    """In `head/`."""
    null: Record | None = None
    """The null version in `version/`; read only where it may go."""

    @property
    def current_version(self) -> ObjectVersion | None:
        """The object that a read without a version id gives."""
        return ObjectVersion.of(self.current.document) if self.current is not None else None

    @property
    def last_sequence(self) -> int:
        """That of the newest version ever, 0 for a key without versions."""
        return int(self.head.document["sequence"]) if self.head is not None else 0


@dataclass(slots=True)
class Change:
    """One batch of writes, and what is done once it is written."""

    writes: list[Write] = field(default_factory=list[Write])
    freed: list[Segment] = field(default_factory=list[Segment])
    """Pieces of bodies that nobody names any more."""
    is_announced: bool = False
    """Whether listeners are to hear of it."""


def written(record: Record | None, scope: Scope, name: str, document: Document) -> Write:
    """Return the write that makes a record hold a document, given what was read of it."""
    if record is None:
        return Create(scope=scope, name=name, document=document)
    return Replace(record=record, document=document)


def deleted(record: Record) -> Write:
    """Return the write that deletes a record if it is still as it was read."""
    return Delete(scope=record.scope, name=record.name, version=record.version)


def add_unversioned(state: KeyState, version: ObjectVersion) -> Change:
    """Let a version take the place of what is there, in a bucket that never had versioning."""
    scope, name = state.bucket.scope("object"), record_name(state.key)
    old = state.current_version
    freed = list(old.segments) if old is not None else []
    return Change([written(state.current, scope, name, version.document())], freed)


def remove_unversioned(state: KeyState) -> Change:
    """Delete what is there, if anything, in a bucket that never had versioning."""
    old = state.current_version
    if state.current is None or old is None:
        return Change()
    return Change([deleted(state.current)], list(old.segments))


def numbered(state: KeyState, version: ObjectVersion, now: datetime) -> ObjectVersion:
    """Return a version with the number and the id that it gets as the newest of its key."""
    sequence = max(int(now.timestamp() * 1e6), state.last_sequence + 1)
    is_enabled = state.bucket.versioning == ENABLED
    version_id = new_version_id(sequence) if is_enabled else NULL_VERSION
    return version.changed(sequence=sequence, version_id=version_id)


def add_version(state: KeyState, version: ObjectVersion) -> Change:
    """Make a numbered version the newest of its key; a null version displaces the null one."""
    change = Change()
    null_sequence = _keep_what_was_unversioned(state, version, change)
    if version.version_id == NULL_VERSION:
        if state.null is not None:
            change.writes.append(deleted(state.null))
            change.freed.extend(ObjectVersion.of(state.null.document).segments)
        null_sequence = version.sequence
    scope = state.bucket.scope("version")
    name = version_name(state.key, version.sequence)
    change.writes.append(Create(scope=scope, name=name, document=version.document()))
    change.writes.extend(head_of(state, version.sequence, null_sequence))
    change.writes.extend(current_is(state, None if version.is_delete_marker else version))
    return change


def _keep_what_was_unversioned(state: KeyState, version: ObjectVersion, change: Change) -> int:
    """Give an object from before versioning its place among the versions: it is the null one.

    Return the sequence number of the null version, 0 if there is none.
    """
    old = state.current_version
    if old is None or old.sequence:
        return int(state.head.document.get("null", 0)) if state.head is not None else 0
    if version.version_id == NULL_VERSION:
        change.freed.extend(old.segments)
        return 0
    # It is older than all that have numbers: these are microseconds since 1970.
    kept = old.changed(sequence=1)
    name = version_name(state.key, kept.sequence)
    scope = state.bucket.scope("version")
    change.writes.append(Create(scope=scope, name=name, document=kept.document()))
    return kept.sequence


def head_of(state: KeyState, sequence: int, null_sequence: int) -> list[Write]:
    """Return the writes after which the head of the key says this."""
    document: dict[str, Any] = {"sequence": sequence, "null": null_sequence}
    return [written(state.head, state.bucket.scope("head"), record_name(state.key), document)]


def current_is(state: KeyState, version: ObjectVersion | None) -> list[Write]:
    """Return the writes after which reads without a version id give this version, or nothing."""
    if version is not None:
        scope, name = state.bucket.scope("object"), record_name(state.key)
        return [written(state.current, scope, name, version.document())]
    return [deleted(state.current)] if state.current is not None else []


def remove_version(state: KeyState, target: Record, others: Sequence[Record]) -> Change:
    """Delete a version for good; the newest of those that stay becomes the current one.

    Args:
        state: What is there under the key.
        target: The version's record in `version/`.
        others: The newest other version, or nothing when there is none.
    """
    gone = ObjectVersion.of(target.document)
    change = Change([deleted(target)], list(gone.segments))
    current = state.current_version
    newest = ObjectVersion.of(others[0].document) if others else None
    if current is None or current.sequence == gone.sequence:
        is_object = newest is not None and not newest.is_delete_marker
        change.writes.extend(current_is(state, newest if is_object else None))
    if newest is None and state.head is not None:
        change.writes.append(deleted(state.head))
    else:
        null_sequence = int(state.head.document["null"]) if state.head is not None else 0
        is_null = gone.version_id == NULL_VERSION
        change.writes.extend(head_of(state, state.last_sequence, 0 if is_null else null_sequence))
    return change
