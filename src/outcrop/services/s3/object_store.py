"""The objects of one bucket: read, written and deleted, by key and version.

A change is planned from what was read and written as one batch; it is planned anew when somebody
else was faster. See `version_changes` for the records.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias
from weakref import WeakValueDictionary

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.operations.event_delivery import deliver_soon
from outcrop.services.s3 import shapes, version_changes
from outcrop.services.s3.bodies import Bodies
from outcrop.services.s3.bucket import Bucket, bucket_named
from outcrop.services.s3.conditions import UNCONDITIONAL, WriteCondition
from outcrop.services.s3.cross_origin import method_of
from outcrop.services.s3.errors import (
    MethodNotAllowedError,
    NoSuchVersionError,
    OperationAbortedError,
)
from outcrop.services.s3.names import record_name
from outcrop.services.s3.notifications import announcement
from outcrop.services.s3.object_lock import check_unlocked
from outcrop.services.s3.object_version import NULL_VERSION, ObjectVersion
from outcrop.services.s3.version_changes import Change, KeyState
from outcrop.services.s3.version_ids import sequence_of, version_name, versions_prefix
from outcrop.storage.records.interface import (
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Replace,
    Scope,
    StaleRecordError,
    Write,
)

MOST_ATTEMPTS = 20
"""How often a change is planned when other servers write the same key."""

Place: TypeAlias = tuple[Scope, str]
"""Of a key: where its bucket's objects lie, and its name."""
_locks: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()
"""One per key that is being changed here, so that the callers of one server queue up."""
MOST_REMEMBERED = 10_000
_changed_here: set[Place] = set()
"""Keys that are probably there: of others a put supposes that they are new."""


class ObjectStore:
    """The objects of one bucket, for one call."""

    def __init__(self, call: Call, bucket: Bucket) -> None:
        self.bucket = bucket
        self.bodies = Bodies(call.backends, bucket)
        self._call = call
        self.records = call.backends.records

    async def get(self, key: str, version_id: str | None = None) -> ObjectVersion:
        """Return an object, or one version of it.

        Raises:
            NoSuchKey: There is none, or its newest version is a delete marker.
            NoSuchVersionError: There are others, but not this one.
            MethodNotAllowedError: The version is a delete marker.
        """
        if version_id is None:
            current = await self.find(key)
            if current is None:
                raise await self._no_such_key(key)
            return current
        version = await self.find_version(key, version_id)
        if version is None:
            raise NoSuchVersionError(key, version_id)
        if version.is_delete_marker:
            raise MethodNotAllowedError(
                method_of(self._call.operation),
                "DeleteMarker",
                {"allow": "DELETE", **marker_headers(version)},
            )
        return version

    async def find(self, key: str) -> ObjectVersion | None:
        """Return the current object, or `None`."""
        record = await self.records.find(self.bucket.scope("object"), record_name(key))
        return ObjectVersion.of(record.document) if record is not None else None

    async def find_version(self, key: str, version_id: str) -> ObjectVersion | None:
        """Return a version, delete markers included, or `None`.

        Raises:
            InvalidArgumentError: `version_id` is none.
        """
        record = await self._find_version_record(key, version_id)
        if record is not None:
            return ObjectVersion.of(record.document)
        current = await self.find(key) if version_id == NULL_VERSION else None
        return current if current is not None and not current.sequence else None

    async def put(
        self,
        key: str,
        version: ObjectVersion,
        *,
        writes: list[Write],
        event: str,
        condition: WriteCondition = UNCONDITIONAL,
    ) -> ObjectVersion:
        """Make a version the current one and return it with the id that it got.

        Args:
            key: Whose version.
            version: Its body is stored.
            writes: Done in the same batch.
            event: What listeners are told: `ObjectCreated:Put`.
            condition: Checked against what is there.
        """
        added = version

        async def plan(state: KeyState) -> Change:
            nonlocal added
            condition.check(state.current_version, key)
            if not self.bucket.versioning:
                change = version_changes.add_unversioned(state, version)
            else:
                added = version_changes.numbered(state, version, self._call.backends.now())
                change = version_changes.add_version(state, added)
            change.writes.extend(writes)
            self._announce(change, event, key, added)
            return change

        await self._change(key, plan, may_suppose_new=condition == UNCONDITIONAL)
        return added

    async def delete(
        self, key: str, check: Callable[[ObjectVersion | None], None] | None = None
    ) -> ObjectVersion | None:
        """Delete the current object; return the delete marker that took its place, if one did."""
        marker: ObjectVersion | None = None

        async def plan(state: KeyState) -> Change:
            nonlocal marker
            if check is not None:
                check(state.current_version)
            if not self.bucket.versioning:
                change = version_changes.remove_unversioned(state)
                event, told = "ObjectRemoved:Delete", state.current_version
            else:
                now = self._call.backends.now()
                bare = ObjectVersion(modified=int(now.timestamp()), is_delete_marker=True)
                marker = told = version_changes.numbered(state, bare, now)
                change = version_changes.add_version(state, marker)
                event = "ObjectRemoved:DeleteMarkerCreated"
            if told is not None:
                self._announce(change, event, key, told)
            return change

        await self._change(key, plan)
        return marker

    async def delete_version(
        self, key: str, version_id: str, *, may_bypass: bool = False
    ) -> ObjectVersion | None:
        """Delete one version for good and return it, or `None` if there is none.

        Raises:
            AccessDeniedError: The version is locked.
        """
        gone: ObjectVersion | None = None

        async def plan(state: KeyState) -> Change:
            nonlocal gone
            target = await self._find_version_record(key, version_id)
            current = state.current_version
            if target is not None:
                gone = ObjectVersion.of(target.document)
                change = version_changes.remove_version(
                    state, target, await self._others(key, target)
                )
            elif version_id == NULL_VERSION and current is not None and not current.sequence:
                gone = current
                change = version_changes.remove_unversioned(state)
            else:
                return Change()
            check_unlocked(gone, now=self._call.backends.now(), may_bypass=may_bypass)
            self._announce(change, "ObjectRemoved:Delete", key, gone)
            return change

        await self._change(key, plan)
        return gone

    async def change(
        self,
        key: str,
        version_id: str | None,
        changed: Callable[[ObjectVersion], ObjectVersion],
        *,
        event: str = "",
    ) -> ObjectVersion:
        """Change what is said of a version, its body apart, and return it."""
        result: ObjectVersion | None = None

        async def plan(state: KeyState) -> Change:
            nonlocal result
            old = await self.get(key, version_id)
            result = changed(old)
            document = result.document()
            change = Change()
            current = state.current_version
            if current is not None and current.sequence == old.sequence:
                change.writes.extend(version_changes.current_is(state, result))
            if old.sequence:
                name = version_name(key, old.sequence)
                record = await self.records.get(self.bucket.scope("version"), name)
                change.writes.append(Replace(record=record, document=document))
            if event:
                self._announce(change, event, key, result)
            return change

        await self._change(key, plan)
        if result is None:
            raise OperationAbortedError
        return result

    async def _change(
        self,
        key: str,
        plan: Callable[[KeyState], Awaitable[Change]],
        *,
        may_suppose_new: bool = False,
    ) -> None:
        place = (self.bucket.scope("object"), key)
        # The database refuses to create what it holds: nobody need be asked before.
        supposes_new = may_suppose_new and place not in _changed_here and not self.bucket.versioning
        if supposes_new and await self._tries(place, plan, KeyState(bucket=self.bucket, key=key)):
            return
        async with _locks.setdefault(place, asyncio.Lock()):
            for _ in range(MOST_ATTEMPTS):
                if await self._tries(place, plan, await self._state(key)):
                    return
        raise OperationAbortedError

    async def _tries(
        self, place: Place, plan: Callable[[KeyState], Awaitable[Change]], state: KeyState
    ) -> bool:
        """Make a change to what was read; return whether that was still so."""
        change = await plan(state)
        change.writes.extend(self.bodies.dropping(change.freed))
        try:
            await self.records.write(*change.writes)
        except (RecordExistsError, RecordNotFoundError, StaleRecordError):
            self.bucket = await bucket_named(self._call, self.bucket.name)
            return False
        _remember(place)
        self.bodies.free(change.freed)
        if change.is_announced:
            deliver_soon(self._call.backends)
        return True

    def _announce(self, change: Change, event: str, key: str, version: ObjectVersion) -> None:
        writes = announcement(self._call, self.bucket, event, key, version)
        change.writes.extend(writes)
        change.is_announced = bool(writes)

    async def _state(self, key: str) -> KeyState:
        name = record_name(key)
        current = await self.records.find(self.bucket.scope("object"), name)
        head = null = None
        if not self.bucket.versioning and current is not None and "sequence" in current.document:
            # The bucket got versioning after this call had opened it.
            self.bucket = await bucket_named(self._call, self.bucket.name)
        if self.bucket.versioning:
            head = await self.records.find(self.bucket.scope("head"), name)
            null = await self._find_null(key, head)
        return KeyState(bucket=self.bucket, key=key, current=current, head=head, null=null)

    async def _find_version_record(self, key: str, version_id: str) -> Record | None:
        scope = self.bucket.scope("version")
        if version_id == NULL_VERSION:
            head = await self.records.find(self.bucket.scope("head"), record_name(key))
            return await self._find_null(key, head)
        record = await self.records.find(scope, version_name(key, sequence_of(version_id)))
        if record is None or record.document.get("version_id") != version_id:
            return None
        return record

    async def _find_null(self, key: str, head: Record | None) -> Record | None:
        sequence = int(head.document["null"]) if head is not None else 0
        if not sequence:
            return None
        return await self.records.find(self.bucket.scope("version"), version_name(key, sequence))

    async def _others(self, key: str, target: Record) -> list[Record]:
        """Return the newest version but for one."""
        scope, prefix = self.bucket.scope("version"), versions_prefix(key)
        newest = await self.records.list(scope, prefix=prefix, limit=2)
        return [record for record in newest if record.name != target.name][:1]

    async def _no_such_key(self, key: str) -> ServiceError:
        """Return the error for a key without a current object, with what a marker adds to it."""
        headers: dict[str, str] = {}
        if self.bucket.versioning:
            scope, prefix = self.bucket.scope("version"), versions_prefix(key)
            for record in await self.records.list(scope, prefix=prefix, limit=1):
                headers = marker_headers(ObjectVersion.of(record.document))
        return shapes.NoSuchKey("The specified key does not exist.", headers=headers, Key=key)


def _remember(place: Place) -> None:
    if len(_changed_here) >= MOST_REMEMBERED:
        _changed_here.clear()
    _changed_here.add(place)


def marker_headers(marker: ObjectVersion) -> dict[str, str]:
    """Return the headers that tell of a delete marker."""
    return {"x-amz-delete-marker": "true", "x-amz-version-id": marker.version_id}
