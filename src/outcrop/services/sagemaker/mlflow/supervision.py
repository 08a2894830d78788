"""Tracking servers in the background: begun, changed, deleted, gone on with after a restart."""

from collections.abc import AsyncIterator
from functools import partial

from outcrop.operations import Backends
from outcrop.operations.records import every
from outcrop.services.sagemaker.mlflow.life import TrackerLife, route_name
from outcrop.services.sagemaker.mlflow.states import DELETING
from outcrop.services.sagemaker.resources import MLFLOW_APP, MLFLOW_TRACKING_SERVER
from outcrop.storage.records.interface import Record

KINDS = (MLFLOW_TRACKING_SERVER, MLFLOW_APP)


def wake(backends: Backends, tracker: Record) -> None:
    """Let a tracking server become what its record says."""
    backends.background.wake(_task(tracker), TrackerLife(backends, tracker).go)


def delete(backends: Backends, tracker: Record) -> None:
    """End a tracking server and forget it; its status is `Deleting` already."""
    work = TrackerLife(backends, tracker).delete
    backends.background.start_instead(f"{_task(tracker)}/delete", work, of=_task(tracker))


async def resume(backends: Backends) -> None:
    """Go on with all tracking servers, and drop the files of those that nobody has."""
    # First what is there, then what is wanted: what begins meanwhile is not among the first.
    there = set(backends.jobs.trackers.kept())
    wanted: set[str] = set()
    async for tracker in _all(backends):
        wanted.add(tracker.document["fleet"])
        if tracker.document["status"] == DELETING:
            delete(backends, tracker)
        else:
            wake(backends, tracker)
    for fleet in there - wanted:
        _remove_later(backends, fleet)


async def empty(backends: Backends, account: str) -> None:
    """End the tracking servers of an account whose records are gone in a moment."""
    async for tracker in _all(backends, account):
        backends.jobs.trackers.withdraw(route_name(tracker))
        _remove_later(backends, tracker.document["fleet"], instead_of=_task(tracker))


async def _all(backends: Backends, account: str | None = None) -> AsyncIterator[Record]:
    for kind in KINDS:
        for place in await backends.records.scopes(
            service="sagemaker", kind=kind.name, account=account
        ):
            async for tracker in every(backends.records, place):
                yield tracker


def _remove_later(backends: Backends, fleet: str, *, instead_of: str = "") -> None:
    work = partial(backends.jobs.trackers.remove, fleet)
    name = f"sagemaker/tracker/{fleet}/remove"
    backends.background.start_instead(name, work, of=instead_of)


def _task(tracker: Record) -> str:
    return f"sagemaker/tracker/{route_name(tracker)}"
