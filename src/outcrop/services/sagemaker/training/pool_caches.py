"""The folders of warm pools: made with a pool, removed after it, found again by the next server.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
"""

import asyncio
import shutil
from datetime import timedelta
from functools import partial
from pathlib import Path

from outcrop.operations import Backends
from outcrop.operations.records import every
from outcrop.services.sagemaker.resources import TRAINING_JOB
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.training.warm_pools import POOL_INDEX, is_kept
from outcrop.storage.records.interface import Scope

CACHE = "sagemaker/warmpoolcache"
"""Below `/opt/ml`."""
CACHE_VARIABLE = "SAGEMAKER_MANAGED_WARMPOOL_CACHE_DIRECTORY"
LOOK_SECONDS = 30.0
"""Between two looks at whether a pool is still there."""


def cache_of(work: Work, host: str) -> Path | None:
    """Return the folder that an instance keeps for the next job; `None` without a pool."""
    if "pool" not in work.job:
        return None
    place = Scope(work.call.account, work.call.region, "sagemaker", TRAINING_JOB.name)
    return _folder(work.jobs.directory, place, work.job["pool"]) / host


def watch(backends: Backends, place: Scope, pool: str) -> None:
    """Remove a pool's cache once no job has the pool any more, in the background."""
    name = f"sagemaker/warm-pool/{pool}"
    backends.background.start(name, partial(_remove_in_time, backends, place, pool))


async def resume(backends: Backends) -> None:
    """Watch the caches that an earlier server left."""
    for folder in _all(backends.jobs.directory).glob("*/*/*"):
        region, account = folder.parent, folder.parent.parent
        place = Scope(account.name, region.name, "sagemaker", TRAINING_JOB.name)
        watch(backends, place, folder.name)


async def empty(backends: Backends, account: str) -> None:
    """Remove the caches of an account that is being emptied; its jobs are ended before."""
    for folder in (_all(backends.jobs.directory) / account).glob("*/*"):
        backends.background.cancel(f"sagemaker/warm-pool/{folder.name}")
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _remove_in_time(backends: Backends, place: Scope, pool: str) -> None:
    while await _is_kept(backends, place, pool):  # noqa: ASYNC110 - time ends it, no event
        await asyncio.sleep(LOOK_SECONDS)
    folder = _folder(backends.jobs.directory, place, pool)
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _is_kept(backends: Backends, place: Scope, pool: str) -> bool:
    # Who takes a pool in its last moment has been written by the next look.
    before = backends.now() - timedelta(seconds=LOOK_SECONDS)
    async for job in every(backends.records, place, index=(POOL_INDEX, pool)):
        if is_kept(job.document, before):
            return True
    return False


def _all(directory: Path) -> Path:
    return directory.with_name("warm-pools")


def _folder(directory: Path, place: Scope, pool: str) -> Path:
    return _all(directory) / place.account / place.region / pool
