"""Resources by their ARNs, of whose records the names are the ARNs' ends."""

from typing import Protocol

from outcrop.operations import Call
from outcrop.services.comprehend import shapes
from outcrop.storage.records.interface import Record, Scope


class Kind(Protocol):
    """One kind of resources."""

    def scope(self, call: Call) -> Scope:
        """Return where the caller's are."""
        ...

    def arn(self, call: Call, name: str) -> str:
        """Return an ARN by the name of a record."""
        ...


async def seek(call: Call, kind: Kind, arn: str) -> Record | None:
    """Return the resource of an ARN, or `None` if none of the kind has it."""
    name = arn.removeprefix(kind.arn(call, ""))
    return None if name == arn else await call.backends.records.find(kind.scope(call), name)


async def find(call: Call, kind: Kind, arn: str) -> Record:
    """Return the resource of an ARN.

    Raises:
        ResourceNotFoundException: None of the kind has it.
    """
    found = await seek(call, kind, arn)
    if found is None:
        raise not_found(arn)
    return found


def not_found(arn: str) -> shapes.ResourceNotFoundException:
    """Return the error that tells of a resource which is not there."""
    return shapes.ResourceNotFoundException(
        f"The specified resource ARN was not found. Check the ARN and try your request again: {arn}"
    )
