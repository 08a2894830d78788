"""Recommendations jobs in the background: begun, stopped, gone on with after a restart."""

from functools import partial

from outcrop.operations import Backends
from outcrop.operations.records import every
from outcrop.services.sagemaker.recommending.life import ENDED, RecommendationsLife
from outcrop.services.sagemaker.resources import INFERENCE_RECOMMENDATIONS_JOB
from outcrop.storage.records.interface import Record

KIND = INFERENCE_RECOMMENDATIONS_JOB.name


def start(backends: Backends, job: Record) -> None:
    """Let a job go on."""
    backends.background.start(_task(job), RecommendationsLife(backends, job).go)


def stop(backends: Backends, job: Record) -> None:
    """Interrupt a job whose status is `STOPPING` already, and end it."""
    work = RecommendationsLife(backends, job).go
    backends.background.start_instead(f"{_task(job)}/stop", work, of=_task(job))


async def resume(backends: Backends) -> None:
    """Go on with all jobs that had not ended."""
    for place in await backends.records.scopes(service="sagemaker", kind=KIND):
        async for job in every(backends.records, place):
            if job.document["status"] not in ENDED:
                start(backends, job)


async def empty(backends: Backends, account: str) -> None:
    """End the jobs of an account that is being emptied."""
    for place in await backends.records.scopes(service="sagemaker", kind=KIND, account=account):
        async for job in every(backends.records, place):
            backends.background.cancel(_task(job))
            for test in job.document["tests"]:
                backends.background.start_instead(
                    f"sagemaker/fleet/{test['fleet']}/remove",
                    partial(backends.jobs.fleets.remove, test["fleet"]),
                    of=_task(job),
                )


def _task(job: Record) -> str:
    place = job.scope
    return f"sagemaker/{place.kind}/{place.account}/{place.region}/{job.name}"
