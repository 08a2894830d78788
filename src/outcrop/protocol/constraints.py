"""The single constraints that a shape puts on its values, with AWS's wording for each.

Source: https://smithy.io/2.0/spec/constraint-traits.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from botocore.model import Shape

from outcrop.protocol.java_text import java_number
from outcrop.protocol.patterns import matcher


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a value must satisfy."""

    wording: str
    holds: Callable[[Any], bool]


_NUMBERS = ("integer", "long", "float", "double")


def constraints(shape: Shape) -> list[Constraint]:
    """Return a shape's constraints in the order in which AWS tells them."""
    found: list[Constraint] = []
    if "enum" in shape.metadata and shape.type_name == "string":
        allowed = frozenset[str](shape.metadata["enum"])
        told = ", ".join(shape.metadata["enum"])
        found.append(
            Constraint(f"Member must satisfy enum value set: [{told}]", allowed.__contains__)
        )
    found += _bounds(shape)
    pattern = shape.metadata.get("pattern")
    if pattern is not None and shape.type_name == "string":
        matches = matcher(pattern)
        if matches is not None:
            told = f"Member must satisfy regular expression pattern: {pattern}"
            found.append(Constraint(told, matches))
    return found


def _bounds(shape: Shape) -> list[Constraint]:
    is_number = shape.type_name in _NUMBERS
    if not is_number and shape.type_name not in ("string", "blob", "list", "map"):
        return []
    measure: Callable[[Any], Any] = _itself if is_number else len
    what = "value" if is_number else "length"
    found: list[Constraint] = []
    greatest, least = shape.metadata.get("max"), shape.metadata.get("min")
    if greatest is not None:
        told = f"Member must have {what} less than or equal to {_bound(shape, greatest)}"
        found.append(Constraint(told, _at_most(measure, greatest)))
    if least is not None:
        told = f"Member must have {what} greater than or equal to {_bound(shape, least)}"
        found.append(Constraint(told, _at_least(measure, least)))
    return found


def _bound(shape: Shape, bound: float) -> str:
    return java_number(float(bound)) if shape.type_name in ("float", "double") else str(bound)


def _at_most(measure: Callable[[Any], Any], bound: float | Decimal) -> Callable[[Any], bool]:
    return lambda value: measure(value) <= bound


def _at_least(measure: Callable[[Any], Any], bound: float | Decimal) -> Callable[[Any], bool]:
    return lambda value: measure(value) >= bound


def _itself(value: Any) -> Any:
    return value
