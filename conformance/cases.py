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


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Makes the requests of one operation."""

    operation: OperationModel
    given: Mapping[str, Any]
    """Values of members that stand for generated ones."""
    needed: tuple[str, ...] = ()
    """Optional members that every request has."""
    without: Set[str] = frozenset()
    """Members that the full request leaves out."""

    def valid(self) -> Iterator[Case]:
        """Give the minimal request, the full one, and one with each optional member alone."""
        least = self._minimal()
        yield Case(operation=self.operation, kind="minimal", request=least)
        shape = self.operation.input_shape
        if shape is None or len(shape.members) == len(shape.required_members):
            return
        everything = self._generated(shape, full=True)
        kept = {name: item for name, item in everything.items() if name not in self.without}
        yield Case(operation=self.operation, kind="full", request=kept)
        optional = everything.keys() - least.keys()
        if len(optional) > 1:
            for name in sorted(optional):
                request = {**least, name: everything[name]}
                yield Case(operation=self.operation, kind=f"with {name}", request=request)

    def broken(self) -> Iterator[Case]:
        """Give a request for each constraint that one can break."""
        shape = self.operation.input_shape
        if shape is None:
            return
        least = self._minimal()
        for violation in violations(shape):
            yield Case(
                operation=self.operation,
                kind=f"broken: {violation}",
                request=violation.request(shape, least),
                breaks=True,
            )

    def _minimal(self) -> dict[str, Any]:
        shape = self.operation.input_shape
        if shape is None:
            return {}
        least = self._generated(shape, full=False)
        for name in self.needed:
            generated = value(shape.members[name], full=True, name=name)
            least[name] = self.given.get(name, generated)
        return least

    def _generated(self, shape: StructureShape, *, full: bool) -> dict[str, Any]:
        generated = value(shape, full=full, name=shape.name)
        return {name: self.given.get(name, item) for name, item in generated.items()}
