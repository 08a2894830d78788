"""What S3 does when the server starts: deliver what waits, clear away what a crash left."""

from collections.abc import Set as AbstractSet

from outcrop.operations import Backends, records
from outcrop.operations.event_delivery import deliver_soon
from outcrop.services.s3.bucket import bucket_scope
from outcrop.services.s3.names import END_OF_KEY
from outcrop.services.s3.object_version import Segment
from outcrop.storage.records.interface import Delete, Record, Scope

KINDS_OF_BUCKETS = ("object/", "version/", "head/", "body/", "upload/", "part/")
KINDS_WITH_BODIES = ("part/", "object/", "version/")
"""In the order in which a body can move from one to the other, so that none is missed that moves
while they are read."""
BATCH = 500


async def resume(backends: Backends) -> None:
    """Go on with deliveries; drop the records of buckets and uploads that are gone."""
    deliver_soon(backends)
    scopes = [
        scope
        for kind in KINDS_OF_BUCKETS
        for scope in await backends.records.scopes(service="s3", kind=kind)
    ]
    # Read after the scopes: a bucket that is created meanwhile has none among them.
    alive = await _living_buckets(backends)
    for scope in scopes:
        if (scope.account, scope.kind.partition("/")[2]) not in alive:
            await drop_records(backends, scope)
        elif scope.kind.startswith("part/"):
            await _drop_lost_parts(backends, scope)


async def live_blobs(backends: Backends, account: str | None = None) -> AbstractSet[str]:
    """Return the ids of the blobs that hold the body of an object or of a part.

    Args:
        backends: Where the objects are.
        account: Whose buckets; `None`: everybody's.
    """
    ids: set[str] = set()
    for kind in KINDS_WITH_BODIES:
        for scope in await backends.records.scopes(service="s3", kind=kind, account=account):
            async for record in records.every(backends.records, scope):
                ids.update(_blobs_of(record))
    return ids


async def drop_records(backends: Backends, scope: Scope) -> None:
    """Delete all records of a scope; their blobs are swept as nobody's."""
    while page := await backends.records.list(scope, limit=BATCH):
        await backends.records.write(
            *(Delete(scope=scope, name=record.name, must_exist=False) for record in page)
        )


def _blobs_of(record: Record) -> list[str]:
    segments = (Segment(*segment) for segment in record.document.get("segments", ()))
    return [segment.id for segment in segments if not segment.is_inline]


async def _living_buckets(backends: Backends) -> AbstractSet[tuple[str, str]]:
    """Return the account and the id of every bucket."""
    alive: set[tuple[str, str]] = set()
    for scope in await backends.records.scopes(service="s3", kind=bucket_scope("").kind):
        async for record in records.every(backends.records, scope):
            alive.add((scope.account, record.document["id"]))
    return alive


async def _drop_lost_parts(backends: Backends, scope: Scope) -> None:
    """Delete the parts that came in just as their upload ended."""
    parts = [record.name async for record in records.every(backends.records, scope)]
    bucket_id = scope.kind.partition("/")[2]
    uploads = Scope(account=scope.account, region="", service="s3", kind=f"upload/{bucket_id}")
    # Read after the parts: those of an upload that is begun meanwhile are not among them.
    known = {
        record.name.rpartition(END_OF_KEY)[2]
        async for record in records.every(backends.records, uploads)
    }
    for name in parts:
        if name.partition("/")[0] not in known:
            await backends.records.write(Delete(scope=scope, name=name, must_exist=False))
