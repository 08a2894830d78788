"""Deletes blobs that nobody owns: left by a crash between a blob's write and its record's."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from outcrop.storage.blobs.interface import BlobStore
from outcrop.storage.clock import utc_now

GRACE = timedelta(days=1)
"""Longer than it takes from the first byte of a blob to the record that names it."""


async def sweep(
    blobs: BlobStore,
    *live: AbstractSet[str],
    grace: timedelta = GRACE,
    now: Callable[[], datetime] = utc_now,
) -> list[str]:
    """Delete the blobs whose ids are in none of the sets, and return their ids.

    Collect the sets while no record changes hands, best at start-up: an id that moves from a record
    not yet looked at to one looked at already would be missed.

    Args:
        blobs: The store to sweep.
        live: Ids of blobs that records name, a set from each who keeps any.
        grace: Younger blobs stay: their records may still be on the way.
        now: The present moment.
    """
    orphans = [
        blob_id
        async for blob_id in blobs.ids(written_before=now() - grace)
        if not any(blob_id in ids for ids in live)
    ]
    for blob_id in orphans:
        await blobs.delete(blob_id)
    return orphans
