"""Whether an answer, as botocore's parser gives it, has the shape that the service model says."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from outcrop.protocol.patterns import matcher

KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "short": (int,),
    "byte": (int,),
    "bigInteger": (int,),
    "float": (int, float),
    "double": (int, float),
    "bigDecimal": (int, float),
    "timestamp": (datetime,),
    "blob": (bytes,),
}


def faults(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """Give what is wrong with a value, each with its place."""
    match shape:
        case StructureShape() if shape.is_document_type:
            return
        case StructureShape() if "eventstream" in shape.serialization:
            yield from _stream_faults(shape, value, path)
        case StructureShape():
            yield from _structure_faults(shape, value, path)
        case ListShape():
            yield from _list_faults(shape, value, path)
        case MapShape():
            yield from _map_faults(shape, value, path)
        case _:
            yield from _scalar_faults(shape, value, path)


def _structure_faults(shape: StructureShape, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no structure"
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"{path}.{name}: required, and not there"
    if shape.is_tagged_union and len(value) != 1:
        yield f"{path}: a union with {sorted(value)}"
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from faults(member, value[name], f"{path}.{name}")


def _stream_faults(shape: StructureShape, events: Iterable[Any], path: str) -> Iterator[str]:
    count = 0
    for count, event in enumerate(events, 1):
        yield from _structure_faults(shape, event, f"{path}[{count}]")
    if not count:
        yield f"{path}: a stream without events"


def _list_faults(shape: ListShape, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: {value!r} is no list"
        return
    yield from _bound_faults(shape, len(value), path, "items")
    for at, item in enumerate(value):
        yield from faults(shape.member, item, f"{path}[{at}]")


def _map_faults(shape: MapShape, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no map"
        return
    yield from _bound_faults(shape, len(value), path, "entries")
    for key, item in value.items():
        yield from faults(shape.key, key, f"{path}<{key}>")
        yield from faults(shape.value, item, f"{path}[{key!r}]")


def _scalar_faults(shape: Shape, value: Any, path: str) -> Iterator[str]:
    kind = shape.type_name
    if "jsonvalue" in shape.serialization:
        return
    is_truth = isinstance(value, bool)
    if not isinstance(value, KINDS[kind]) or is_truth != (kind == "boolean"):
        yield f"{path}: {value!r} is no {kind}"
        return
    if isinstance(shape, StringShape):
        yield from _text_faults(shape, value, path)
    elif kind == "blob":
        yield from _bound_faults(shape, len(value), path, "bytes")
    elif kind not in ("boolean", "timestamp"):
        yield from _bound_faults(shape, value, path, "")


def _text_faults(shape: StringShape, value: str, path: str) -> Iterator[str]:
    yield from _bound_faults(shape, len(value), path, "characters")
    if shape.enum and value not in shape.enum:
        yield f"{path}: {value!r} is none of {shape.enum}"
    pattern = shape.metadata.get("pattern")
    matches = matcher(pattern) if pattern is not None else None
    if matches is not None and not matches(value):
        yield f"{path}: {value!r} does not match {pattern!r}"


def _bound_faults(shape: Shape, size: float, path: str, unit: str) -> Iterator[str]:
    """Hold a size against its bounds; a number itself has no unit."""
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    told = f"{size} {unit}".rstrip()
    if least is not None and size < least:
        yield f"{path}: {told}, {'fewer' if unit else 'less'} than {least}"
    if most is not None and size > most:
        yield f"{path}: {told}, more than {most}"
