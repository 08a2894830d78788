"""What a started server does beside its answers: resume work, sweep what nobody owns."""

import asyncio
import logging
from collections.abc import Set as AbstractSet
from functools import partial

from outcrop.gateway.registry import ServiceRegistry
from outcrop.operations import Backends
from outcrop.storage.blobs.sweep import sweep

logger = logging.getLogger(__name__)


async def resume(registry: ServiceRegistry, backends: Backends) -> None:
    """Let every service that has records go on with what an earlier run left unfinished.

    A service without records has nothing to resume, owns no blob and is not even loaded.
    """

    async def resume_one(name: str) -> None:
        service = await asyncio.to_thread(registry.get, name)
        if service.on_start is not None:
            await service.on_start(backends)

    kept = {scope.service for scope in await backends.records.scopes()}
    for name in sorted(kept & registry.names):
        backends.background.start(f"{name}/resume", partial(resume_one, name))
    if kept <= registry.names:  # Else: what a service that is not here owns, nobody can tell.
        backends.background.start("blobs/sweep", partial(_sweep, kept, registry, backends))


async def _sweep(kept: AbstractSet[str], registry: ServiceRegistry, backends: Backends) -> None:
    """Delete the blobs that no record of the services in `kept` names."""
    services = [await asyncio.to_thread(registry.get, name) for name in sorted(kept)]
    live = [await it.live_blobs(backends) for it in services if it.live_blobs is not None]
    swept = await sweep(backends.blobs, *live)
    if swept:
        logger.info("deleted %d blobs that no record names", len(swept))
