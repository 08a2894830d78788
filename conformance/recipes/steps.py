"""The calls that must go before an operation, found by the members of its input."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from botocore.model import StructureShape

from conformance.calls import Client, account_in_force
from conformance.values import value

Values: TypeAlias = Callable[[str], Mapping[str, Any]]
"""Takes the account and returns values of members by their names."""


@dataclass(frozen=True, slots=True)
class Maker:
    """The operation that makes what a member names."""

    operation: str
    path: str = ""
    """Where its answer has the value: `Policy.Arn`, `offers.0.id`; empty if callers choose it."""
    is_listed: bool = False
    """Whether the member is a list of such values."""


def no_values(account: str) -> Mapping[str, Any]:
    """Return no values."""
    del account
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What goes before the operations of one service."""

    values: Values = no_values
    makers: Mapping[str, Maker] = field(default_factory=dict[str, Maker])
    """By the member, or by operation and member: `DeleteServiceLinkedRole.RoleName`."""
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Further operations that go before one."""
    needed: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """See `Recipe.needed`."""

    def __call__(self, client: Client, operation: str) -> Mapping[str, Any]:
        """Go the steps in the account in force; return the values for the operation's members."""
        walk = _Walk(self, client, dict(self.values(account_in_force())), {operation})
        walk.prepare(operation)
        return {**walk.given, **walk.own(operation)}


@dataclass(frozen=True, slots=True)
class _Walk:
    steps: Steps
    client: Client
    given: dict[str, Any]
    done: set[str]

    def prepare(self, operation: str) -> None:
        """Run what must go before an operation."""
        for member in self._members(operation):
            makers = self.steps.makers
            maker = makers.get(f"{operation}.{member}") or makers.get(member)
            if maker is not None:
                self._run(maker.operation)
        for earlier in self.steps.before.get(operation, ()):
            self._run(earlier)

    def own(self, operation: str) -> dict[str, Any]:
        """Return the values that only one operation has: those named `Operation.Member`."""
        own = {
            name.removeprefix(f"{operation}."): item
            for name, item in self.given.items()
            if name.startswith(f"{operation}.")
        }
        return {name: item for name, item in own.items() if "." not in name}

    def _run(self, operation: str) -> None:
        if operation in self.done:
            return
        self.done.add(operation)
        self.prepare(operation)
        answer = self.client.ask(operation, **self._request(operation))
        for member, maker in self.steps.makers.items():
            if maker.operation == operation and maker.path:
                found: Any = answer
                for step in maker.path.split("."):
                    found = found[int(step) if step.isdigit() else step]
                self.given[member] = [found] if maker.is_listed else found

    def _request(self, operation: str) -> dict[str, Any]:
        shape = self.client.operation_model(operation).input_shape
        assert isinstance(shape, StructureShape)
        given = {**self.given, **self.own(operation)}
        names = [*shape.required_members, *self.steps.needed.get(operation, ())]
        return {
            name: given[name] if name in given else value(shape.members[name], name=name)
            for name in names
        }

    def _members(self, operation: str) -> list[str]:
        shape = self.client.operation_model(operation).input_shape
        return list(shape.members) if isinstance(shape, StructureShape) else []
