"""The constraints of an input shape that a request can break, and the requests that break them."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from conformance.texts import NoTextError, breaking, matching
from conformance.values import FRACTIONS, WHOLE_NUMBERS, distinct_texts, key_of, text, value

ITEM = "[]"
"""The step from a list to its first item."""
ENTRY = "{}"
"""The step from a map to the value of its first entry."""
LONGEST = 32 << 20
"""In bytes and characters: what would break a greater bound is not sent."""
MOST_ITEMS = 20_000
"""What would break a greater bound of a list is not sent."""

Path: TypeAlias = tuple[str, ...]
Break: TypeAlias = Callable[[Any], Any]
"""Takes a valid value and returns one that breaks the constraint, or `LEFT_OUT`."""


class _LeftOut:
    """Stands for a member that is not sent."""


LEFT_OUT = _LeftOut()


@dataclass(frozen=True, slots=True)
class Violation:
    """One constraint at one place of an input."""

    path: Path
    rule: str
    """`required`, `min`, `max`, `pattern` or `enum`, with the bound."""
    breaks: Break

    def __str__(self) -> str:
        return f"{'.'.join(self.path)} {self.rule}"

    def request(self, shape: StructureShape, valid: Mapping[str, Any]) -> dict[str, Any]:
        """Return an input that breaks this constraint alone.

        Args:
            shape: The input's.
            valid: An input that breaks none.
        """
        return cast("dict[str, Any]", _broken(shape, dict(valid), self.path, self.breaks))


def violations(shape: StructureShape) -> Iterator[Violation]:
    """Give each constraint of each structure that an input reaches once, on the shortest path."""
    seen: set[str] = set()
    pending: deque[tuple[Path, Shape]] = deque([((), shape)])
    while pending:
        path, here = pending.popleft()
        yield from (Violation(path, rule, breaks) for rule, breaks in _rules(here))
        match here:
            case StructureShape() if here.name not in seen and not _is_opaque(here):
                seen.add(here.name)
                for name, member in here.members.items():
                    is_filled = bool(member.metadata.get("idempotencyToken"))  # As Smithy says.
                    if name in here.required_members and not here.is_tagged_union | is_filled:
                        yield Violation((*path, name), "required", lambda _: LEFT_OUT)
                    if "streaming" not in member.serialization:
                        pending.append(((*path, name), member))
            case ListShape():
                pending.append(((*path, ITEM), here.member))
            case MapShape():
                pending.append(((*path, ENTRY), here.value))
            case _:
                pass


def _is_opaque(shape: StructureShape) -> bool:
    return shape.is_document_type or "eventstream" in shape.serialization


def _broken(shape: Shape, valid: Any, path: Path, breaks: Break) -> Any:
    """Return the value with the one at the end of the path broken."""
    if not path:
        return breaks(valid)
    step, rest = path[0], path[1:]
    match shape:
        case StructureShape():
            inner = shape.members[step]
            kept = {} if shape.is_tagged_union else dict(valid)
            started = valid.get(step)
            if started is None or rest:
                started = value(inner, name=step)
            broken = _broken(inner, started, rest, breaks)
            kept.pop(step, None)
            return kept if broken is LEFT_OUT else {**kept, step: broken}
        case ListShape():
            items = list(valid) or [value(shape.member)]
            return [_broken(shape.member, items[0], rest, breaks), *items[1:]]
        case MapShape():
            entries = dict(valid) or {text(key_of(shape), full=False): value(shape.value)}
            first = next(iter(entries))
            return {**entries, first: _broken(shape.value, entries[first], rest, breaks)}
        case _:
            raise ValueError(f"{shape.name} has no {step}")


def _rules(shape: Shape) -> Iterator[tuple[str, Break]]:
    """Give the constraints of a shape's own that some value breaks."""
    match shape:
        case StringShape():
            yield from _text_rules(shape)
        case ListShape():
            yield from _list_rules(shape)
        case MapShape():
            yield from _map_rules(shape)
        case Shape(type_name="blob"):
            yield from _length_rules(shape, lambda length: lambda _: b"b" * length, LONGEST)
        case Shape(type_name=kind) if kind in WHOLE_NUMBERS or kind in FRACTIONS:
            yield from _number_rules(shape)
        case _:
            pass


def _length_rules(
    shape: Shape, of_length: Callable[[int], Break], longest: int
) -> Iterator[tuple[str, Break]]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    is_label = shape.serialization.get("location") == "uri"
    if least and (int(least) > 1 or not is_label):  # without a label it is another path
        yield f"min {least}", of_length(int(least) - 1)
    if most is not None and int(most) < longest:
        yield f"max {most}", of_length(int(most) + 1)


def _text_rules(shape: StringShape) -> Iterator[tuple[str, Break]]:
    if shape.enum:
        yield "enum", lambda _: "NotOneOfThese"
        return
    pattern = shape.metadata.get("pattern")
    yield from _length_rules(shape, lambda length: lambda _: _of_length(pattern, length), LONGEST)
    if pattern is None:
        return
    try:
        broken = breaking(text(shape, full=True), pattern)
    except NoTextError:
        return
    if broken is not None:
        yield f"pattern {pattern}", lambda _: broken


def _of_length(pattern: str | None, length: int) -> str:
    """Return a text of this length, one that matches if there is any."""
    if length > 2_000:
        return "x" * length
    try:
        return matching(pattern, length, length, full=False)
    except NoTextError:
        return "x" * length


def _list_rules(shape: ListShape) -> Iterator[tuple[str, Break]]:
    def of_length(length: int) -> Break:
        # An empty structure has no bytes in the query protocol, so items are full ones.
        return lambda valid: (list(valid) or [value(shape.member, full=True)]) * length

    def cut(length: int) -> Break:
        return lambda valid: of_length(length)([item for item in valid if item != {}])[:length]

    yield from _length_rules(shape, cut, MOST_ITEMS)


def _map_rules(shape: MapShape) -> Iterator[tuple[str, Break]]:
    def of_length(length: int) -> Break:
        def grow(valid: Mapping[str, Any]) -> dict[str, Any]:
            item = next(iter(valid.values()), None) or value(shape.value)
            first = next(iter(valid), None) or text(key_of(shape), full=True)
            return dict.fromkeys(distinct_texts(key_of(shape), first, length)[:length], item)

        return grow

    yield from _length_rules(shape, of_length, MOST_ITEMS)
    for rule, breaks in _rules(shape.key):
        yield f"key {rule}", _break_key(shape, breaks)


def _break_key(shape: MapShape, breaks: Break) -> Break:
    def broken(valid: Mapping[str, Any]) -> dict[str, Any]:
        first = next(iter(valid), None) or text(key_of(shape), full=False)
        item = valid.get(first)
        return {breaks(first): value(shape.value) if item is None else item}

    return broken


def _number_rules(shape: Shape) -> Iterator[tuple[str, Break]]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None:
        yield f"min {least}", lambda _: least - 1
    if most is not None:
        yield f"max {most}", lambda _: most + 1
