"""What all resources of SageMaker share: a name that is also their ARN's, tags, times.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
"""

from collections.abc import Callable
from dataclasses import dataclass

from outcrop.aws.arn import Arn
from outcrop.aws.errors import ServiceError, ValidationError
from outcrop.operations import Call
from outcrop.operations.records import change
from outcrop.storage.records.interface import Document, Record, RecordNotFoundError, Scope


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """One kind of resource."""

    name: str
    """As ARNs have it: `training-job`."""


TRAINING_JOB = ResourceKind("training-job")
KINDS = {kind.name: kind for kind in (TRAINING_JOB,)}


def scope(call: Call, kind: ResourceKind) -> Scope:
    """Return where a kind of records of the caller's account and region is."""
    return Scope(call.account, call.region, "sagemaker", kind.name)


def arn_of(call: Call, kind: ResourceKind, name: str) -> str:
    """Return the ARN of a resource, whose name stands in it in lower case."""
    return call.arn(f"{kind.name}/{name.lower()}", service="sagemaker")


def not_found() -> ServiceError:
    """Return the error for a resource that is not there, as SageMaker words it."""
    return ValidationError("Requested resource not found.")


async def find(call: Call, kind: ResourceKind, name: str) -> Record:
    """Return a resource by its name.

    Raises:
        ServiceError: There is none.
    """
    try:
        return await call.backends.records.get(scope(call, kind), name)
    except RecordNotFoundError as error:
        raise not_found() from error


async def find_by_arn(call: Call, arn: str) -> Record:
    """Return a resource of the caller's account and region by its ARN.

    Raises:
        ServiceError: There is none, or the ARN is no resource's.
    """
    try:
        kind_name, _, name = Arn.parse(arn).resource.partition("/")
    except ValueError as error:
        raise ValidationError(f"Invalid ARN: {arn}") from error
    kind = KINDS.get(kind_name)
    if kind is None or arn != arn_of(call, kind, name):
        raise not_found()
    found = await call.backends.records.list(
        scope(call, kind), index=("arn_name", name.lower()), limit=1
    )
    if not found:
        raise not_found()
    return found[0]


async def update(call: Call, record: Record, changed: Callable[[Document], Document]) -> Record:
    """Change a resource's document.

    Raises:
        ServiceError: It has gone.
    """
    try:
        return await change(call.backends.records, record.scope, record.name, changed)
    except RecordNotFoundError as error:
        raise not_found() from error
