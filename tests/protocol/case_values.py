"""Values as botocore's cases write them in JSON, and as handlers have them."""

import base64
import math
from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from outcrop.aws.http import Body


async def as_case(shape: Shape, value: Any) -> Any:
    """Return a parsed value as a case writes it."""
    match shape:
        case StructureShape() if shape.serialization.get("eventstream"):
            return [event async for event in value]
        case StructureShape() if not shape.is_document_type:
            members = shape.members
            return {name: await as_case(members[name], item) for name, item in value.items()}
        case ListShape():
            return [item if item is None else await as_case(shape.member, item) for item in value]
        case MapShape():
            return {
                key: item if item is None else await as_case(shape.value, item)
                for key, item in value.items()
            }
        case _:
            return await _scalar_as_case(shape, value)


async def _scalar_as_case(shape: Shape, value: Any) -> Any:
    if isinstance(value, Body):
        value = await value.read()
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, datetime):
        return value.timestamp()
    if shape.type_name in ("float", "double"):
        return in_words(value)
    return value


def in_words(value: Any) -> Any:
    """Return a number that JSON cannot write by its name, anything else as it is."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def from_case(shape: Shape, value: Any) -> Any:
    """Return a value of a case as a handler gives it."""
    if value is None:
        return None
    match shape:
        case StructureShape() if shape.serialization.get("eventstream"):
            return _events(shape, value)
        case StructureShape() if not shape.is_document_type:
            members = shape.members
            return {name: from_case(members[name], item) for name, item in value.items()}
        case ListShape():
            return [from_case(shape.member, item) for item in value]
        case MapShape():
            return {key: from_case(shape.value, item) for key, item in value.items()}
        case _:
            return _scalar_from_case(shape, value)


async def _events(shape: StructureShape, events: Any) -> Any:
    for event in events:
        yield {name: from_case(shape.members[name], members) for name, members in event.items()}


def _scalar_from_case(shape: Shape, value: Any) -> Any:
    match shape.type_name:
        case "timestamp":
            return datetime.fromtimestamp(value, UTC)
        case "blob":
            return value.encode()
        case "float" | "double":
            return float(value)
        case _:
            return value


def bytes_of(protocol: str, body: str) -> bytes:
    """Return a body of a case; CBOR is written in base64 there."""
    return base64.b64decode(body) if protocol == "smithy-rpc-v2-cbor" else body.encode()
