"""What all resources of Bedrock share: an id, an ARN, a name that no other has, tags, times.

A resource is kept under its id. Its name is claimed by a record of its own, written in the same
batch, so that two requests at once cannot take it both.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
"""

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.operations.records import change
from outcrop.services.bedrock import shapes
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Replace,
    Scope,
    StaleRecordError,
    Write,
)

ID_LETTERS = string.ascii_lowercase + string.digits
ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """One kind of resource."""

    name: str
    """As ARNs have it: `guardrail`."""
    title: str
    """As messages have it."""


INFERENCE_PROFILE = ResourceKind("application-inference-profile", "inference profile")
PROVISIONED_MODEL = ResourceKind("provisioned-model", "provisioned model")
PROMPT_ROUTER = ResourceKind("prompt-router", "prompt router")
INVOCATION_JOB = ResourceKind("model-invocation-job", "model invocation job")
GUARDRAIL = ResourceKind("guardrail", "guardrail")
KINDS = {
    kind.name: kind
    for kind in (INFERENCE_PROFILE, PROVISIONED_MODEL, PROMPT_ROUTER, INVOCATION_JOB, GUARDRAIL)
}


class NameTakenError(Exception):
    """Another resource of this kind has the name."""


def new_id() -> str:
    """Return an id that no other resource has."""
    return "".join(secrets.choice(ID_LETTERS) for _ in range(ID_LENGTH))


def scope(call: Call, kind: str) -> Scope:
    """Return where a kind of records of the caller's account and region is."""
    return Scope(call.account, call.region, "bedrock", kind)


def arn_of(call: Call, kind: ResourceKind, resource_id: str) -> str:
    """Return the ARN of a resource of the caller's account and region."""
    return call.arn(f"{kind.name}/{resource_id}", service="bedrock")


def not_found(kind: ResourceKind, identifier: str) -> ServiceError:
    """Return the error for a resource that is not there."""
    return shapes.ResourceNotFoundException(f"The {kind.title} {identifier} does not exist.")


async def add(
    call: Call, kind: ResourceKind, name: str, document: Mapping[str, Any], *, token: str = ""
) -> Record:
    """Keep a new resource and return it, or the one that an earlier request with the token made.

    Raises:
        NameTakenError: See there.
    """
    records = call.backends.records
    place = scope(call, kind.name)
    if token and (made := await records.list(place, index=("token", token), limit=1)):
        return made[0]
    # To the millisecond, as answers tell it: who filters by a time that was told expects no other.
    now = call.backends.now()
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    resource_id = new_id()
    resource = Create(
        scope=place,
        name=resource_id,
        document={**document, "name": name, "id": resource_id, "created": now, "updated": now},
        indexes={"token": token} if token else {},
    )
    try:
        written = await records.write(resource, _claim(call, kind, name, resource_id))
    except RecordExistsError as error:
        # The same request may have been sent twice at once.
        if token and (made := await records.list(place, index=("token", token), limit=1)):
            return made[0]
        raise NameTakenError(name) from error
    return next(filter(None, written))


async def find(call: Call, kind: ResourceKind, identifier: str) -> Record:
    """Return a resource by its id or ARN; where AWS takes names, by its name too.

    Raises:
        ServiceError: There is none.
    """
    records = call.backends.records
    resource_id = identifier.removeprefix(arn_of(call, kind, ""))
    resource = await records.find(scope(call, kind.name), resource_id)
    if resource is None and kind is PROVISIONED_MODEL:
        claim = await records.find(_names(call, kind), identifier)
        if claim is not None:
            resource = await records.find(scope(call, kind.name), claim.document["id"])
    if resource is None:
        raise not_found(kind, identifier)
    return resource


async def update(
    call: Call, resource: Record, kind: ResourceKind, changed: Callable[[Document], Document]
) -> Record:
    """Replace a resource's document, its time of change too; see `operations.records.change`.

    Raises:
        ServiceError: It has gone.
    """

    def stamped(document: Document) -> Document:
        return {**changed(document), "updated": call.backends.now()}

    try:
        return await change(call.backends.records, resource.scope, resource.name, stamped)
    except RecordNotFoundError as error:
        raise not_found(kind, resource.name) from error


async def replace(call: Call, resource: Record, kind: ResourceKind, document: Document) -> Record:
    """Write a resource's new document, its name included, over the one that was read.

    Raises:
        NameTakenError: See there.
        ServiceError: It has gone, or changed meanwhile.
    """
    changed = {**document, "updated": call.backends.now()}
    writes: list[Write] = [Replace(record=resource, document=changed)]
    old, new = resource.document["name"], document["name"]
    if new != old:
        writes.append(_claim(call, kind, new, resource.name))
        writes.append(Delete(scope=_names(call, kind), name=old, must_exist=False))
    try:
        written = await call.backends.records.write(*writes)
    except RecordExistsError as error:
        raise NameTakenError(new) from error
    except RecordNotFoundError as error:
        raise not_found(kind, resource.name) from error
    except StaleRecordError as error:
        raise contended(kind, resource) from error
    return next(filter(None, written))


async def remove(call: Call, resource: Record, kind: ResourceKind, *more: Write) -> None:
    """Delete a resource and free its name.

    Raises:
        ServiceError: It has gone, or changed meanwhile.
    """
    try:
        await call.backends.records.write(
            Delete(scope=resource.scope, name=resource.name, version=resource.version),
            Delete(scope=_names(call, kind), name=resource.document["name"], must_exist=False),
            *more,
        )
    except RecordNotFoundError as error:
        raise not_found(kind, resource.name) from error
    except StaleRecordError as error:
        raise contended(kind, resource) from error


def contended(kind: ResourceKind, resource: Record) -> ServiceError:
    """Return the error for a resource that another request changed meanwhile."""
    return shapes.ConflictException(
        f"The {kind.title} {resource.name} is being changed by another request; try again."
    )


def _names(call: Call, kind: ResourceKind) -> Scope:
    return scope(call, f"{kind.name}-name")


def _claim(call: Call, kind: ResourceKind, name: str, resource_id: str) -> Create:
    return Create(scope=_names(call, kind), name=name, document={"id": resource_id})
