"""What an endpoint's record knows of its inference components: their names and their places."""

from collections.abc import Iterable

from outcrop.operations import Call
from outcrop.operations.records import TRIES, change
from outcrop.services.sagemaker.hosting.errors import DeploymentFailedError
from outcrop.services.sagemaker.hosting.placing import NoRoomError, released, reserved
from outcrop.services.sagemaker.resources import ResourceKind, add
from outcrop.storage.records.interface import (
    Delete,
    Document,
    Record,
    RecordNotFoundError,
    RecordStore,
    Replace,
    Scope,
    StaleRecordError,
)

NAMES = "components"
"""Of all components of an endpoint, in its document."""


async def register(
    call: Call, kind: ResourceKind, name: str, document: Document, *, endpoint: Record
) -> Record:
    """Keep a new component, which its endpoint knows of from the same moment on.

    Raises:
        ServiceError: The name is taken.
        RecordNotFoundError: The endpoint has gone.
    """
    for _ in range(TRIES):
        names = [*endpoint.document.get(NAMES, []), name]
        known = Replace(record=endpoint, document={**endpoint.document, NAMES: names})
        try:
            return await add(call, kind, name, document, known)
        except StaleRecordError:
            endpoint = await call.backends.records.get(endpoint.scope, endpoint.name)
            if endpoint.document["status"] == "Deleting":
                raise RecordNotFoundError(endpoint.name) from None
    raise StaleRecordError(endpoint.name)


async def unregister(records: RecordStore, endpoints: Scope, component: Record) -> None:
    """Forget a component, and give back the places of its copies."""
    delete = Delete(scope=component.scope, name=component.name, must_exist=False)
    for _ in range(TRIES):
        endpoint = await records.find(endpoints, component.document["endpoint"])
        if endpoint is None:  # The account was emptied.
            await records.write(delete)
            return
        names = [one for one in endpoint.document.get(NAMES, []) if one != component.name]
        changed = {**released(endpoint.document, component.name), NAMES: names}
        try:
            await records.write(Replace(record=endpoint, document=changed), delete)
        except StaleRecordError:
            continue
        return
    raise StaleRecordError(component.name)


async def reserve(
    records: RecordStore, endpoints: Scope, endpoint: str, step: Document, count: int
) -> None:
    """Take the places of so many copies on an endpoint's instances, and no more.

    Raises:
        DeploymentFailedError: There are not so many.
    """
    try:
        await change(records, endpoints, endpoint, lambda one: reserved(one, step, count))
    except NoRoomError as error:
        raise DeploymentFailedError(str(error)) from error


async def release(
    records: RecordStore, endpoints: Scope, component: Record, *, kept: Iterable[str] = ()
) -> None:
    """Give back the places of a component's copies but those of some fleets."""
    await change(
        records,
        endpoints,
        component.document["endpoint"],
        lambda one: released(one, component.name, kept=kept),
    )
