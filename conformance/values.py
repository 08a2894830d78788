"""Values that a shape allows: the least, or with all their members."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from conformance.texts import matching

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MOST = 1 << 20
"""Where a shape sets no bound."""
ARN = "arn:aws:iam::123456789012:role/some-role"
WHOLE_NUMBERS = ("integer", "long", "short", "byte", "bigInteger")
FRACTIONS = ("float", "double", "bigDecimal")


def bounds(shape: Shape) -> tuple[int, int]:
    """Return how long a value may be, or how large a number."""
    least = int(shape.metadata.get("min", 0))
    return least, int(shape.metadata.get("max", max(MOST, least)))


def value(shape: Shape, *, full: bool = False, name: str = "", within: tuple[str, ...] = ()) -> Any:
    """Return a value that the shape allows.

    Args:
        shape: What it is to be.
        full: With all members, rather than the required ones alone.
        name: Of the member that holds it: an ARN is known by its name where no pattern tells.
        within: Names of the structures around it; a structure in itself has required members only.
    """
    match shape:
        case StructureShape() if shape.is_document_type:
            return {"key": "value"} if full else {}
        case StructureShape():
            return _structure(shape, full=full, within=within)
        case ListShape():
            return _list(shape, full=full, name=name, within=within)
        case MapShape():
            return _map(shape, full=full, within=within)
        case StringShape():
            return _text(shape, full=full, name=name)
        case _:
            return scalar(shape, full=full)


def chosen_members(shape: StructureShape, *, full: bool, within: tuple[str, ...]) -> list[str]:
    """Return the members that a value gets: of a union one, and one without recursion if it can."""
    members = cast("Mapping[str, Shape]", shape.members)
    if shape.is_tagged_union:
        plain = [name for name, member in members.items() if not _reaches(member, within)]
        return (plain or list(members))[:1]
    if not full or shape.name in within:
        return list(shape.required_members)
    return list(members)


def scalar(shape: Shape, *, full: bool) -> Any:
    """Return a number, a truth, a moment or bytes."""
    least, most = bounds(shape)
    kind = shape.type_name
    if kind in WHOLE_NUMBERS or kind in FRACTIONS:
        number = min(most, max(least, 10)) if full else max(least, min(1, most))
        return number if kind in WHOLE_NUMBERS else float(number)
    if kind == "boolean":
        return full
    if kind == "timestamp":
        return MOMENT
    if kind == "blob":
        return b"\x00binary\xff".ljust(least, b".")[: max(least, min(most, 8))]
    raise ValueError(f"{shape.name}: {kind}")


def text(shape: StringShape, *, full: bool, name: str = "") -> str:
    """Return a text that the shape allows."""
    if shape.enum:
        return str(shape.enum[-1 if full else 0])
    least, most = bounds(shape)
    pattern = shape.metadata.get("pattern")
    if pattern is None and name.lower().endswith("arn") and least <= len(ARN) <= most:
        return ARN
    return matching(pattern, least, most, full=full)


def _text(shape: StringShape, *, full: bool, name: str) -> str:
    if "jsonvalue" in shape.serialization:
        return "{}"
    return text(shape, full=full, name=name)


def _structure(shape: StructureShape, *, full: bool, within: tuple[str, ...]) -> dict[str, Any]:
    inside = (*within, shape.name)
    return {
        name: value(shape.members[name], full=full, name=name, within=inside)
        for name in chosen_members(shape, full=full, within=within)
    }


def _list(shape: ListShape, *, full: bool, name: str, within: tuple[str, ...]) -> list[Any]:
    least, most = bounds(shape)
    count = min(most, max(least, 0 if _reaches(shape.member, within) else 1))
    if count == 0:
        return []
    item = value(shape.member, full=full, name=name.removesuffix("s"), within=within)
    if isinstance(shape.member, StringShape) and count > 1:
        return distinct_texts(shape.member, item, count)
    return [item] * count


def _map(shape: MapShape, *, full: bool, within: tuple[str, ...]) -> dict[str, Any]:
    least, most = bounds(shape)
    count = min(most, max(least, 1 if full and not _reaches(shape.value, within) else 0))
    if count == 0:
        return {}
    keys = distinct_texts(key_of(shape), text(key_of(shape), full=full), count)
    return {key: value(shape.value, full=full, within=within) for key in keys}


def key_of(shape: MapShape) -> StringShape:
    """Return the shape of a map's keys, which are texts in every service model."""
    return cast("StringShape", shape.key)


def distinct_texts(shape: StringShape, first: str, count: int) -> list[str]:
    """Return texts that differ, the first of them given."""
    if shape.enum:
        return [str(item) for item in shape.enum][:count]
    others = (f"{first[: -len(str(at))]}{at}" for at in range(1, count + 1))
    return [first, *(text for text in others if text != first)][:count]


def _reaches(shape: Shape, within: tuple[str, ...]) -> bool:
    """Return whether a shape is, or lists, one of the structures around it."""
    match shape:
        case ListShape():
            return _reaches(shape.member, within)
        case MapShape():
            return _reaches(shape.value, within)
        case StructureShape():
            return shape.name in within
        case _:
            return False
