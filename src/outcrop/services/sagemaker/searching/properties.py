"""Properties of resources by their names: `Metrics.loss.Last`, `Tags.team`, `Status.PrimaryStatus`.

A name leads through structures by their members, whatever their case; through maps by their keys,
which may have dots; through lists into every element, or into the one that a name belongs to.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Filter.html
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias, cast

Scalar: TypeAlias = str | bool | int | float | datetime

NAMED_BY = {"MetricName": ("Value", "Last"), "Key": ("Value",), "Name": ("Value",)}
"""Members by which elements of lists are called, and what stands for the whole of such elements."""
UNWRAPPED = ("NumberValue", "StringValue", "Value", "Last")
"""Members that stand for the whole of a structure: a parameter, an artifact, a metric."""
ALIASES = {"metrics": "FinalMetricDataList"}
"""Of training jobs, whose metrics are searched by the name that components have for theirs."""


def values_of(told: object, name: str) -> list[Scalar]:
    """Return all values of a property; none if the resource has no such property."""
    return [scalar for found in _found(told, name) for scalar in _scalars(found)]


def has(told: object, name: str) -> bool:
    """Tell whether a resource has a property, be it a value, a structure, a map or a list."""
    return any(found not in ({}, []) for found in _found(told, name))


def elements_of(told: object, name: str) -> list[object]:
    """Return the elements of a list; none if the resource has no such list."""
    value = told
    for part in name.split("."):
        value = _member(value, part)
    return cast("list[object]", value) if isinstance(value, list) else []


def names_in(told: Mapping[str, object]) -> Iterator[str]:
    """Give the names of a resource's properties, and those in its maps and lists of names."""
    for name, value in told.items():
        public = "Metrics" if name == ALIASES["metrics"] else name
        yield public
        if isinstance(value, dict):
            yield from (f"{public}.{key}" for key in cast("dict[str, object]", value))
        if isinstance(value, list):
            for element in cast("list[object]", value):
                own_name = _own_name(element)
                if own_name is not None:
                    yield f"{public}.{own_name}"


def _found(told: object, name: str) -> list[object]:
    """Return whatever a property's name leads to."""
    found = list(_at(told, name.split(".")))
    first, dot, rest = name.partition(".")
    if not found and dot and first.lower() in ALIASES:
        found = list(_at(told, [ALIASES[first.lower()], *rest.split(".")]))
    return found


def _at(value: object, path: Sequence[str]) -> Iterator[object]:
    match value:
        case list():
            for element in cast("list[object]", value):
                yield from _in_element(element, path)
        case dict() if path:
            yield from _in_members(cast("dict[str, object]", value), path)
        case _ if not path:
            yield value
        case _:
            return


def _in_members(members: Mapping[str, object], path: Sequence[str]) -> Iterator[object]:
    for length in range(len(path), 0, -1):
        member = _member(members, ".".join(path[:length]))
        if member is not None:
            yield from _at(member, path[length:])
            return


def _in_element(element: object, path: Sequence[str]) -> Iterator[object]:
    """Give what is in a list's element, for which its own name may stand in the path."""
    own_name = _own_name(element)
    if own_name is not None and path:
        parts = own_name.split(".")
        if list(path[: len(parts)]) == parts:
            yield from _at(element, path[len(parts) :])
            return
    yield from _at(element, path)


def _own_name(element: object) -> str | None:
    if isinstance(element, dict):
        members = cast("dict[str, object]", element)
        for name, stands in NAMED_BY.items():
            if name in members and any(one in members for one in stands):
                return str(members[name])
    return None


def _scalars(value: object) -> Iterator[Scalar]:
    """Give a value, or what stands for the whole of a structure."""
    match value:
        case str() | bool() | int() | float() | datetime():
            yield value
        case dict():
            members = cast("dict[str, object]", value)
            name = next((one for one in UNWRAPPED if one in members), None)
            if name is not None:
                yield from _scalars(members[name])
        case _:
            return


def _member(value: object, name: str) -> object:
    if not isinstance(value, dict):
        return None
    members = cast("dict[str, object]", value)
    if name in members:
        return members[name]
    wanted = name.lower()
    return next((item for key, item in members.items() if key.lower() == wanted), None)
