"""The requests that are made of one operation."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from botocore.model import OperationModel, StructureShape

from conformance.values import value
from conformance.violations import violations


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request."""

    operation: OperationModel
    kind: str
    """`minimal`, `full`, or the constraint that it breaks."""
    request: Mapping[str, Any]
    breaks: bool = False

    def __str__(self) -> str:
        return f"{self.operation.name} [{self.kind}]"


def valid_cases(
    operation: OperationModel, given: Mapping[str, Any], without: Set[str]
) -> Iterator[Case]:
    """Give the minimal and the full request.

    Args:
        operation: Whose requests they are.
        given: Values of members that stand for generated ones.
        without: Members that the full request leaves out.
    """
    shape = operation.input_shape
    yield Case(operation=operation, kind="minimal", request=_request(shape, given, full=False))
    if shape is not None and set(shape.members) - set(shape.required_members):
        request = _request(shape, given, full=True)
        kept = {name: item for name, item in request.items() if name not in without}
        yield Case(operation=operation, kind="full", request=kept)


def broken_cases(operation: OperationModel, given: Mapping[str, Any]) -> Iterator[Case]:
    """Give a request for each constraint that one can break."""
    shape = operation.input_shape
    if shape is None:
        return
    valid = _request(shape, given, full=False)
    for violation in violations(shape):
        yield Case(
            operation=operation,
            kind=f"broken: {violation}",
            request=violation.request(shape, valid),
            breaks=True,
        )


def _request(
    shape: StructureShape | None, given: Mapping[str, Any], *, full: bool
) -> dict[str, Any]:
    if shape is None:
        return {}
    generated = value(shape, full=full, name=shape.name)
    return {name: given.get(name, item) for name, item in generated.items()}
