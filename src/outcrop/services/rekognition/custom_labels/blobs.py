"""The blobs that records of Custom Labels name: lines under way, and trained classifiers."""

from collections.abc import Set as AbstractSet

from outcrop.operations import Backends, records
from outcrop.services.rekognition.custom_labels.resources import DATASET, SERVICE, VERSION


async def live_blobs(backends: Backends, account: str | None = None) -> AbstractSet[str]:
    """Return the ids of the blobs of one account, or of all."""
    ids: set[str] = set()
    for kind in (DATASET, VERSION):
        for place in await backends.records.scopes(service=SERVICE, kind=kind, account=account):
            async for record in records.every(backends.records, place):
                document = record.document
                blob = document.get("change", {}).get("blob") or document.get("classifier")
                if blob:
                    ids.add(blob)
    return ids
