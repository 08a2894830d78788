"""What roles, users and groups share: their names, where they are kept, and their errors.

Names are unique without regard to case, so records are named in lower case. IAM is global: its
records have no region.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from outcrop.aws.access_key_ids import unique_id
from outcrop.aws.arn import Arn
from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.operations.paging import Page, PageRequest, page_of, page_of_records
from outcrop.operations.records import change
from outcrop.services.iam import shapes
from outcrop.services.iam.default_role import add_default_role
from outcrop.storage.records.interface import (
    Delete,
    Document,
    Record,
    RecordNotFoundError,
    Scope,
    StaleRecordError,
)

MOST_ITEMS = 100


@dataclass(frozen=True, slots=True)
class EntityKind:
    """One of the kinds of things that policies are attached to."""

    name: str
    """As ARNs have it: `role`."""
    title: str
    """As messages have it: `Role`."""
    id_prefix: str


ROLE = EntityKind("role", "Role", "AROA")
USER = EntityKind("user", "User", "AIDA")
GROUP = EntityKind("group", "Group", "AGPA")
KINDS = {kind.name: kind for kind in (ROLE, USER, GROUP)}


def scope(call: Call, kind: str) -> Scope:
    """Return where a kind of an account's IAM records are."""
    return Scope(call.account, "", "iam", kind)


def iam_arn(call: Call, resource: str) -> str:
    """Return the ARN of an IAM resource of the caller's account."""
    return call.arn(resource, service="iam", region="")


def entity_arn(call: Call, kind: EntityKind, document: Mapping[str, Any]) -> str:
    """Return an entity's ARN."""
    return iam_arn(call, f"{kind.name}{document['path']}{document['name']}")


def new_document(call: Call, kind: EntityKind, name: str, path: str) -> Document:
    """Return what every new entity starts with."""
    now = call.backends.now().replace(microsecond=0)
    return {
        "name": name,
        "path": path,
        "id": unique_id(kind.id_prefix, call.account, name, now.isoformat()),
        "created": now,
        "tags": {},
        "attached": [],
        "inline": {},
    }


def no_entity(kind: EntityKind, name: str) -> shapes.NoSuchEntityException:
    """Return the error for an entity that is not there."""
    return shapes.NoSuchEntityException(f"The {kind.name} with name {name} cannot be found.")


async def find_entity(call: Call, kind: EntityKind, name: str) -> Record:
    """Return an entity.

    Raises:
        NoSuchEntityException: There is none.
    """
    records, place = call.backends.records, scope(call, kind.name)
    entity = await records.find(place, name.lower())
    if entity is None and kind is ROLE and await add_default_role(call, name):
        entity = await records.find(place, name.lower())
    if entity is None:
        raise no_entity(kind, name)
    return entity


def entity_in(arn: str) -> tuple[str, str]:
    """Return the kind and the name of the entity that an ARN names.

    Raises:
        InvalidInputException: It names none.
    """
    try:
        kind, _, name = Arn.parse(arn).resource.partition("/")
    except ValueError:
        kind, name = "", ""
    if kind not in KINDS or not name:
        raise shapes.InvalidInputException(f"Invalid Entity Arn: {arn}")
    return kind, name.rpartition("/")[2]


async def change_entity(
    call: Call, kind: EntityKind, name: str, changed: Callable[[Document], Document]
) -> Record:
    """Replace an entity's document; see `operations.records.change`.

    Raises:
        NoSuchEntityException: There is none.
    """
    entity = await find_entity(call, kind, name)
    try:
        return await change(
            call.backends.records, entity.scope, entity.name, changed, indexes=attachments
        )
    except RecordNotFoundError as error:
        raise no_entity(kind, name) from error


def attachments(document: Mapping[str, Any]) -> Mapping[str, str]:
    """Return an entity's secondary keys: the managed policies attached to it, and its boundary."""
    keys = {f"policy:{arn}": "attached" for arn in document["attached"]}
    if boundary := document.get("boundary"):
        keys[f"boundary:{boundary}"] = "set"
    return keys


async def delete_entity(call: Call, entity: Record, kind: EntityKind) -> None:
    """Delete an entity that has nothing left that must go before it.

    Raises:
        DeleteConflictException: Policies are still with it, or it changed meanwhile.
    """
    if entity.document["attached"]:
        raise shapes.DeleteConflictException(
            "Cannot delete entity, must detach all policies first."
        )
    if entity.document["inline"]:
        raise shapes.DeleteConflictException("Cannot delete entity, must delete policies first.")
    delete = Delete(scope=entity.scope, name=entity.name, version=entity.version)
    try:
        await call.backends.records.write(delete)
    except RecordNotFoundError as error:
        raise no_entity(kind, entity.document["name"]) from error
    except StaleRecordError as error:
        raise shapes.ConcurrentModificationException(
            "The request was rejected because multiple requests to change this object were"
            " submitted simultaneously. Wait a few minutes and submit your request again."
        ) from error


def page_request(request: Mapping[str, Any]) -> PageRequest:
    """Return which page a request of IAM's lists asks for."""
    return PageRequest(
        limit=request.get("MaxItems", MOST_ITEMS),
        token=request.get("Marker"),
        error=ValidationError("Invalid Marker."),
    )


async def page_below(call: Call, kind: str, request: Mapping[str, Any]) -> Page[Record]:
    """Return a page of the records of a kind whose path starts as the request asks."""
    prefix = request.get("PathPrefix", "/")
    return await page_of_records(
        call.backends.records,
        scope(call, kind),
        page_request(request),
        keep=lambda record: record.document["path"].startswith(prefix),
    )


def page_of_names(names: list[str], request: Mapping[str, Any]) -> Page[str]:
    """Return a page of names, in their order."""
    return page_of(sorted(names), key=str, page=page_request(request))


class Ending(TypedDict):
    """How every list of IAM ends."""

    IsTruncated: bool
    Marker: NotRequired[str]


def ended(page: Page[Any]) -> Ending:
    """Return the members that end a list: whether there is more, and the marker to it."""
    if page.next_token is None:
        return {"IsTruncated": False}
    return {"IsTruncated": True, "Marker": page.next_token}


def encoded(document: str) -> str:
    """Return a policy document as IAM gives it back: URL-encoded."""
    return urllib.parse.quote(document, safe="")


def caller_user(call: Call) -> str:
    """Return the name of the IAM user who calls, for requests that name none.

    Raises:
        ValidationError: The caller is the root user or a role.
    """
    kind, _, name = Arn.parse(call.principal.arn).resource.partition("/")
    if kind != "user":
        raise ValidationError("Must specify userName when calling with non-User credentials")
    return name.rpartition("/")[2]
