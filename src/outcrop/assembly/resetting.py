"""Emptying an account, its programs and its blobs included."""

import asyncio
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import partial

from outcrop.gateway.registry import ServiceRegistry
from outcrop.operations import Backends, Service

GRACE_SECONDS = 5.0
"""How long blobs stay that no record names any more: a response may be about to open one."""


async def reset(
    registry: ServiceRegistry,
    backends: Backends,
    account: str,
    *,
    grace_seconds: float = GRACE_SECONDS,
) -> None:
    """End what runs for an account, delete all its records, and its blobs soon after.

    Those that a crash keeps from being deleted are swept at start-up.
    """
    named = await _blobs_of(registry, backends, account)
    for service in await _services_of(registry, backends, account):
        if service.on_reset is not None:
            await service.on_reset(backends, account)
    await backends.records.clear(account)
    if named:
        work = partial(_delete, registry, backends, account, named, grace_seconds)
        backends.background.start(f"blobs/reset/{min(named)}", work)


async def _delete(
    registry: ServiceRegistry,
    backends: Backends,
    account: str,
    named: AbstractSet[str],
    grace_seconds: float,
) -> None:
    await asyncio.sleep(grace_seconds)
    # What was written while the account was emptied may have outlived that.
    for blob_id in named - await _blobs_of(registry, backends, account):
        await backends.blobs.delete(blob_id)


async def _blobs_of(
    registry: ServiceRegistry, backends: Backends, account: str
) -> AbstractSet[str]:
    """Return the ids of the blobs that the account's records name."""
    ids: set[str] = set()
    for service in await _services_of(registry, backends, account):
        if service.live_blobs is not None:
            ids |= await service.live_blobs(backends, account)
    return ids


async def _services_of(
    registry: ServiceRegistry, backends: Backends, account: str
) -> Sequence[Service]:
    """Return the services that hold records of an account."""
    kept = {scope.service for scope in await backends.records.scopes(account=account)}
    return [await asyncio.to_thread(registry.get, name) for name in sorted(kept & registry.names)]
