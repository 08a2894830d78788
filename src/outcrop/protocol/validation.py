"""Constraints of the service models, told in AWS's words.

Checks are prepared once per shape. They give the violations from the inside out, so that a valid
input costs no path.

Sources: https://smithy.io/2.0/spec/constraint-traits.html; the wording as AWS's services answer it:
"1 validation error detected: Value '[GET, OPTIONS]' at 'cors.allowMethods' failed to satisfy
constraint: Member must satisfy constraint: [Member must have length less than or equal to 6, ...]".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from outcrop.aws.errors import ValidationError
from outcrop.protocol.constraints import constraints
from outcrop.protocol.java_text import java_text
from outcrop.protocol.nesting import BoundedNesting

NOT_NULL = "Member must not be null"


@dataclass(frozen=True, slots=True)
class Violation:
    """One constraint that one value breaks."""

    path: str
    """From the checked value to the broken one, in AWS's notation; empty for the value itself."""
    value: str | None
    """As AWS quotes it; `None` when it is sensitive."""
    constraint: str

    def below(self, step: str) -> "Violation":
        """Return the violation as seen from the value one step up."""
        return Violation(f"{step}.{self.path}" if self.path else step, self.value, self.constraint)

    def __str__(self) -> str:
        value = "Value" if self.value is None else f"Value {self.value}"
        return f"{value} at '{self.path}' failed to satisfy constraint: {self.constraint}"


Check = Callable[[Any], Sequence[Violation]]
Validate = Callable[[Mapping[str, Any]], None]


def prepare(shape: Shape | None) -> Validate:
    """Return what checks an operation's input; it raises `ValidationError` with all violations."""
    check = _Checks().check(shape) if shape is not None else None

    def validate(parsed: Mapping[str, Any]) -> None:
        with BoundedNesting():
            violations = check(parsed) if check is not None else ()
        if violations:
            count = len(violations)
            errors = "1 validation error" if count == 1 else f"{count} validation errors"
            told = "; ".join(map(str, violations))
            raise ValidationError(f"{errors} detected: {told}")

    return validate


class _Checks:
    """Checks of the shapes that one input reaches; `None` stands for nothing to check."""

    def __init__(self) -> None:
        self._structures: dict[str, Check] = {}

    def check(self, shape: Shape) -> Check | None:
        if shape.serialization.get("streaming") or shape.serialization.get("eventstream"):
            return None
        match shape:
            case StructureShape():
                return None if shape.is_document_type else self._structure(shape)
            case ListShape():
                return _both(_scalar(shape), self._items(shape))
            case MapShape():
                return _both(_scalar(shape), self._entries(shape))
            case _:
                return _scalar(shape)

    def _structure(self, shape: StructureShape) -> Check:
        known = self._structures.get(shape.name)
        if known is not None:
            return known
        steps: dict[str, tuple[str, Check | None]] = {}
        required = [(name, _camel(name)) for name in shape.required_members]

        def check(value: Mapping[str, Any]) -> Sequence[Violation]:
            if not steps:
                for name, member in shape.members.items():
                    steps[name] = (_camel(name), self.check(member))
            violations = [
                Violation(step, "null", NOT_NULL)
                for name, step in required
                if value.get(name) is None
            ]
            for name, item in value.items():
                step, check_member = steps.get(name, ("", None))
                if check_member is not None and item is not None:
                    found = check_member(item)
                    if found:
                        violations += [violation.below(step) for violation in found]
            return violations

        self._structures[shape.name] = check
        return check

    def _items(self, shape: ListShape) -> Check:
        check_item = self.check(shape.member)
        of_structures = isinstance(shape.member, StructureShape)
        rules = [constraint.wording for constraint in constraints(shape.member)]

        def check(items: Sequence[Any]) -> Sequence[Violation]:
            violations: list[Violation] = []
            is_broken = False
            for position, item in enumerate(items, 1):
                found = _null() if item is None else check_item(item) if check_item else ()
                if not found:
                    continue
                if of_structures:
                    violations += [it.below(f"{position}.member") for it in found]
                else:
                    is_broken = True
            if is_broken:
                told = ", ".join(rules or [NOT_NULL])
                violations.append(
                    Violation(
                        "", _quoted(shape, items), f"Member must satisfy constraint: [{told}]"
                    )
                )
            return violations

        return check

    def _entries(self, shape: MapShape) -> Check:
        check_key, check_value = self.check(shape.key), self.check(shape.value)
        of_structures = isinstance(shape.value, StructureShape)
        key_rules = ", ".join(constraint.wording for constraint in constraints(shape.key))
        value_rules = ", ".join(constraint.wording for constraint in constraints(shape.value))

        def check(entries: Mapping[str, Any]) -> Sequence[Violation]:
            violations: list[Violation] = []
            if check_key is not None and any(check_key(key) for key in entries):
                told = f"Map keys must satisfy constraint: [{key_rules}]"
                violations.append(Violation("", _quoted(shape, entries), told))
            is_broken = False
            for key, value in entries.items():
                found = _null() if value is None else check_value(value) if check_value else ()
                if found and of_structures:
                    violations += [it.below(f"{key}.member") for it in found]
                elif found:
                    is_broken = True
            if is_broken:
                told = f"Map value must satisfy constraint: [{value_rules or NOT_NULL}]"
                violations.append(Violation("", _quoted(shape, entries), told))
            return violations

        return check


def _null() -> Sequence[Violation]:
    return (Violation("", "null", NOT_NULL),)


def _scalar(shape: Shape) -> Check | None:
    """Return the check of a value's own constraints, regardless of what it holds."""
    rules = constraints(shape)
    if not rules:
        return None

    def check(value: Any) -> Sequence[Violation]:
        return [
            Violation("", _quoted(shape, value), rule.wording)
            for rule in rules
            if not rule.holds(value)
        ]

    return check


def _both(own: Check | None, inner: Check) -> Check:
    if own is None:
        return inner

    def check(value: Any) -> Sequence[Violation]:
        return [*own(value), *inner(value)]

    return check


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]


def _quoted(shape: Shape, value: Any) -> str | None:
    text = java_text(shape, value)
    return None if text is None else f"'{text}'"
