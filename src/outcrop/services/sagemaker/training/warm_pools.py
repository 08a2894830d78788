"""Warm pools: what a training job's instances keep for the next job that is like it.

A pool is a folder that outlasts its jobs, the persistent cache. It belongs to the latest of them:
while that runs, and for its `KeepAlivePeriodInSeconds` afterwards.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.services.sagemaker.listings import all_of
from outcrop.services.sagemaker.resources import TRAINING_JOB
from outcrop.services.sagemaker.running.life import INTERNAL
from outcrop.services.sagemaker.running.states import ENDED
from outcrop.storage.records.interface import Document, Replace, Write

LIKE_INDEX = "pool_like"
"""The secondary key of jobs whose pool another job may take: what that must be like."""
POOL_INDEX = "pool"
"""The secondary key of jobs that have had a pool."""
LIKE_RESOURCES = ("InstanceCount", "InstanceType", "VolumeKmsKeyId", "VolumeSizeInGB")
LIKE_FLAGS = ("EnableInterContainerTrafficEncryption", "EnableNetworkIsolation")

Status: TypeAlias = Literal["InUse", "Available", "Reused", "Terminated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """What has become of a job's pool."""

    status: Status
    kept: timedelta
    """For how long it waited for another job."""


def keep_alive(job: Document) -> timedelta:
    """Return for how long a job's pool waits for another one."""
    return timedelta(seconds=job["request"]["ResourceConfig"].get("KeepAlivePeriodInSeconds", 0))


def pool_of(job: Document, now: datetime) -> Pool | None:
    """Return the pool of a job; `None` if it never had one."""
    if "pool" not in job:
        return None
    ended: datetime | None = job.get("ended")
    if ended is not None:
        return _pool_after(job, ended, now)
    is_over = job["status"] in ENDED
    return Pool(status="Terminated" if is_over else "InUse", kept=timedelta())


def _pool_after(job: Document, ended: datetime, now: datetime) -> Pool:
    if "pool_reused_at" in job:
        return Pool(status="Reused", kept=job["pool_reused_at"] - ended)
    if "pool_ended_at" in job:
        return Pool(status="Terminated", kept=job["pool_ended_at"] - ended)
    is_broken = job.get("failure", "").startswith(INTERNAL)  # Its instances may be, too.
    longest = timedelta() if is_broken else keep_alive(job)
    kept = now - ended
    if kept >= longest:
        return Pool(status="Terminated", kept=longest)
    return Pool(status="Available", kept=kept)


def told(job: Document, now: datetime) -> Mapping[str, Any]:
    """Return what descriptions and lists tell of a job's pool."""
    pool = pool_of(job, now)
    if pool is None:
        return {}
    status: dict[str, Any] = {"Status": pool.status}
    if pool.status != "InUse":
        status["ResourceRetainedBillableTimeInSeconds"] = round(pool.kept.total_seconds())
    if pool.status == "Reused":
        status["ReusedByJob"] = job["pool_reused_by"]
    return {"WarmPoolStatus": status}


def is_kept(job: Document, now: datetime) -> bool:
    """Tell whether a job has a pool that is there."""
    pool = pool_of(job, now)
    return pool is not None and pool.status in ("InUse", "Available")


async def joining(call: Call, job: Document) -> tuple[Document, list[Write], Mapping[str, str]]:
    """Return a new job's document with its pool, the writes that give it one, and its indexes.

    It takes the pool of an earlier job that is like it: the one that has waited longest.
    """
    like, now = _likeness(job["request"]), call.backends.now()
    earlier = await all_of(call, TRAINING_JOB, index=(LIKE_INDEX, like))
    waiting = [one for one in earlier if _is_available(one.document, now)]
    writes: list[Write] = []
    if waiting:
        giver = min(waiting, key=lambda one: one.document["ended"])
        given = {**giver.document, "pool_reused_by": job["name"], "pool_reused_at": now}
        writes = [Replace(record=giver, document=given)]
        job = {**job, "pool": giver.document["pool"]}
    elif keep_alive(job):
        job = {**job, "pool": uuid.uuid4().hex}
    if "pool" not in job:
        return job, [], {}
    return job, writes, {POOL_INDEX: job["pool"], LIKE_INDEX: like}


def kept_for(job: Document, seconds: int, now: datetime) -> Document:
    """Return a job's document whose pool waits for so long.

    Raises:
        ServiceError: There is no pool any more.
    """
    pool = pool_of(job, now)
    if pool is None or pool.status not in ("InUse", "Available"):
        status = "no warm pool" if pool is None else f"a warm pool in status {pool.status}"
        raise ValidationError(
            f"KeepAlivePeriodInSeconds cannot be updated: the training job has {status}."
        )
    resources = {**job["request"]["ResourceConfig"], "KeepAlivePeriodInSeconds": seconds}
    changed: Document = {**job, "request": {**job["request"], "ResourceConfig": resources}}
    ended: datetime | None = job.get("ended")
    if ended is not None and now >= ended + keep_alive(changed):
        changed["pool_ended_at"] = now
    return changed


def _likeness(request: Mapping[str, Any]) -> str:
    """Return a text that jobs have in common which may run in one pool."""
    resources = request["ResourceConfig"]
    like = [
        request["RoleArn"],
        *(resources.get(name) for name in LIKE_RESOURCES),
        *(request.get(name, False) for name in LIKE_FLAGS),
    ]
    return hashlib.sha256(json.dumps(like).encode()).hexdigest()


def _is_available(job: Document, now: datetime) -> bool:
    pool = pool_of(job, now)
    return pool is not None and pool.status == "Available"
