"""Where targets, policies and scheduled actions are kept: below the thing that is scaled."""

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call
from outcrop.operations.paging import Page, PageRequest, page_of_records
from outcrop.services.application_autoscaling import shapes
from outcrop.storage.records.interface import Record, Scope

SEPARATOR = "\x1f"
MOST_ITEMS = 50
TARGET, POLICY, ACTION = "scalable-target", "scaling-policy", "scheduled-action"
ACTIVITY = "scaling-activity"


def scope(call: Call, kind: str) -> Scope:
    """Return where a kind of the call's account and region is."""
    return Scope(call.account, call.region, "application-autoscaling", kind)


def key_of(request: Mapping[str, Any], *more: str) -> str:
    """Return how a record of what is scaled is named."""
    parts = (request["ServiceNamespace"], request["ResourceId"], request["ScalableDimension"])
    return SEPARATOR.join((*parts, *more))


def described(request: Mapping[str, Any]) -> str:
    """Return what is scaled, as messages tell it."""
    return (
        f"service namespace: {request['ServiceNamespace']}, resource ID: {request['ResourceId']},"
        f" scalable dimension: {request['ScalableDimension']}"
    )


async def find_target(call: Call, request: Mapping[str, Any]) -> Record:
    """Return the target that a request is about.

    Raises:
        ObjectNotFoundException: It is not registered.
    """
    target = await call.backends.records.find(scope(call, TARGET), key_of(request))
    if target is None:
        raise shapes.ObjectNotFoundException(
            f"No scalable target registered for {described(request)}"
        )
    return target


async def page_below(
    call: Call, kind: str, request: Mapping[str, Any], names: list[str] | None
) -> Page[Record]:
    """Return a page of the records of a kind that a request chooses.

    Args:
        call: Whose records.
        kind: Of what.
        request: Tells the service, and perhaps the resource and the dimension.
        names: Only records whose last name is one of these; `None` or none: all.
    """
    resource, dimension = request.get("ResourceId"), request.get("ScalableDimension")
    limit = min(request.get("MaxResults", MOST_ITEMS), MOST_ITEMS)
    if limit < 1:
        raise shapes.ValidationException("MaxResults must be greater than or equal to 1")
    if dimension is not None and resource is None and kind != TARGET:
        raise shapes.ValidationException("ResourceId is required when specifying ScalableDimension")

    def keep(record: Record) -> bool:
        _, record_resource, record_dimension, *last = record.name.split(SEPARATOR)
        return (
            resource in {None, record_resource}
            and dimension in {None, record_dimension}
            and (not names or (last or [record_resource])[0] in names)
        )

    return await page_of_records(
        call.backends.records,
        scope(call, kind),
        PageRequest(
            limit=limit,
            token=request.get("NextToken"),
            error=shapes.InvalidNextTokenException("Invalid NextToken"),
        ),
        prefix=f"{request['ServiceNamespace']}{SEPARATOR}",
        keep=keep,
    )
