"""How long a group keeps its events, and their real end.

Reads leave expired events out at once. Their batches are deleted when a stream is written to, when
a policy is set, and when the server starts.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

from outcrop.operations import Backends, Call, operation
from outcrop.operations.records import change, every
from outcrop.services.logs import shapes
from outcrop.services.logs.event_log import EventLog
from outcrop.services.logs.places import change_group, find_group, milliseconds, streams
from outcrop.storage.records.interface import (
    Document,
    Record,
    RecordNotFoundError,
    RecordStore,
    Scope,
)

ALLOWED_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557),
    *(2922, 3288, 3653),
)
HOUR = 3_600_000
"""In milliseconds, as all times here."""
DAY = 24 * HOUR
SLACK = HOUR
"""A stream is swept again when so much more of it has expired."""


@operation("PutRetentionPolicy")
async def put_retention_policy(call: Call, request: shapes.PutRetentionPolicyRequest) -> None:
    """Let a group's events expire after some days."""
    days = request["retentionInDays"]
    if days not in ALLOWED_DAYS:
        raise shapes.InvalidParameterException(
            f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy"
            f" constraint: Member must satisfy enum value set: {list(ALLOWED_DAYS)}"
        )
    await change_group(call, request["logGroupName"], {"retentionInDays": days})
    group = await find_group(call, request["logGroupName"])
    before = expiry(group, milliseconds(call.backends.now()))
    await _sweep(call.backends.records, streams(call, group), before)


@operation("DeleteRetentionPolicy")
async def delete_retention_policy(call: Call, request: shapes.DeleteRetentionPolicyRequest) -> None:
    """Let a group keep its events for good."""
    await change_group(call, request["logGroupName"], {"retentionInDays": None})


def expiry(group: Record, now: int) -> int:
    """Return the time before which a group's events have expired, in milliseconds."""
    days = group.document.get("retentionInDays")
    return now - days * DAY if days else 0


async def drop_expired(records: RecordStore, stream: Record, *, before: int) -> None:
    """Delete a stream's batches that have expired, unless that was done within the hour."""
    if stream.document.get("firstEvent", before) >= before - SLACK:
        return
    events = Scope(
        stream.scope.account, stream.scope.region, "logs", f"events/{stream.document['id']}"
    )
    freed = await EventLog(records, events).delete(before=before)

    def shrunk(document: Document) -> Document:
        return {**document, "firstEvent": before, "bytes": document["bytes"] - freed}

    try:
        await change(records, stream.scope, stream.name, shrunk)
    except RecordNotFoundError:
        return


async def sweep_every_group(backends: Backends) -> None:
    """Delete what has expired in any account."""
    now = milliseconds(backends.now())
    for scope in await backends.records.scopes(service="logs", kind="group"):
        async for group in every(backends.records, scope):
            if before := expiry(group, now):
                below = Scope(scope.account, scope.region, "logs", f"stream/{group.document['id']}")
                await _sweep(backends.records, below, before)


async def _sweep(records: RecordStore, streams_of_group: Scope, before: int) -> None:
    async for stream in every(records, streams_of_group):
        await drop_expired(records, stream, before=before)
