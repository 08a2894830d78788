"""Inference components in the background: begun, changed, deleted, gone on with after a restart."""

from functools import partial

from outcrop.operations import Backends
from outcrop.operations.records import every
from outcrop.services.sagemaker.components.life import ComponentLife, fleets_of, route_name
from outcrop.services.sagemaker.resources import INFERENCE_COMPONENT
from outcrop.storage.records.interface import Record


def wake(backends: Backends, component: Record) -> None:
    """Let a component become what its record says."""
    backends.background.wake(_task(component), ComponentLife(backends, component).go)


def delete(backends: Backends, component: Record) -> None:
    """End a component and forget it; its status is `Deleting` already."""
    backends.jobs.fleets.withdraw(route_name(component))
    work = ComponentLife(backends, component).delete
    backends.background.start_instead(f"{_task(component)}/delete", work, of=_task(component))


async def resume(backends: Backends) -> set[str]:
    """Go on with all components, and return the ids of their fleets."""
    fleets: set[str] = set()
    for place in await backends.records.scopes(service="sagemaker", kind=INFERENCE_COMPONENT.name):
        async for component in every(backends.records, place):
            fleets |= fleets_of(component.document)
            if component.document["status"] == "Deleting":
                delete(backends, component)
            else:
                wake(backends, component)
    return fleets


async def empty(backends: Backends, account: str) -> None:
    """End the components of an account that is being emptied."""
    for place in await backends.records.scopes(
        service="sagemaker", kind=INFERENCE_COMPONENT.name, account=account
    ):
        async for component in every(backends.records, place):
            backends.jobs.fleets.withdraw(route_name(component))
            backends.background.cancel(_task(component))
            for fleet in fleets_of(component.document):
                backends.background.start_instead(
                    f"sagemaker/fleet/{fleet}/remove",
                    partial(backends.jobs.fleets.remove, fleet),
                    of=_task(component),
                )


def _task(component: Record) -> str:
    return f"sagemaker/inference-component/{route_name(component)}"
