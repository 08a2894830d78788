"""Endpoints in the background: begun, changed, deleted, gone on with after a restart."""

from collections.abc import Iterable
from functools import partial

from outcrop.operations import Backends
from outcrop.operations.records import every
from outcrop.services.sagemaker.hosting.deployments import fleets_of
from outcrop.services.sagemaker.hosting.life import EndpointLife, route_name
from outcrop.services.sagemaker.resources import ENDPOINT
from outcrop.storage.records.interface import Record


def wake(backends: Backends, endpoint: Record) -> None:
    """Let an endpoint become what its record says."""
    backends.background.wake(_task(endpoint), EndpointLife(backends, endpoint).go)


def delete(backends: Backends, endpoint: Record) -> None:
    """End an endpoint and forget it; its status is `Deleting` already."""
    backends.jobs.fleets.withdraw(route_name(endpoint))
    work = EndpointLife(backends, endpoint).delete
    backends.background.start_instead(f"{_task(endpoint)}/delete", work, of=_task(endpoint))


async def resume(backends: Backends, *, kept: Iterable[str] = ()) -> None:
    """Go on with all endpoints, and drop fleets that are no endpoint's, and not to be kept."""
    # First what is there, then what is wanted: what begins meanwhile is not among the first.
    there = set(backends.jobs.fleets.kept())
    wanted = set(kept)
    for place in await backends.records.scopes(service="sagemaker", kind=ENDPOINT.name):
        async for endpoint in every(backends.records, place):
            document = endpoint.document
            wanted |= fleets_of(document.get("deployment"), document.get("pending"))
            if document["status"] == "Deleting":
                delete(backends, endpoint)
            else:
                wake(backends, endpoint)
    for fleet in there - wanted:
        _remove_later(backends, fleet)


async def empty(backends: Backends, account: str) -> None:
    """End the endpoints of an account that is being emptied, whose records are gone in a moment."""
    for place in await backends.records.scopes(
        service="sagemaker", kind=ENDPOINT.name, account=account
    ):
        async for endpoint in every(backends.records, place):
            backends.jobs.fleets.withdraw(route_name(endpoint))
            backends.background.cancel(_task(endpoint))
            document = endpoint.document
            for fleet in fleets_of(document.get("deployment"), document.get("pending")):
                _remove_later(backends, fleet, instead_of=_task(endpoint))


def _remove_later(backends: Backends, fleet: str, *, instead_of: str = "") -> None:
    work = partial(backends.jobs.fleets.remove, fleet)
    name = f"sagemaker/fleet/{fleet}/remove"
    backends.background.start_instead(name, work, of=instead_of)


def _task(endpoint: Record) -> str:
    return f"sagemaker/endpoint/{route_name(endpoint)}"
