"""Values as AWS's error messages quote them, which is as Java prints them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from botocore.model import ListShape, MapShape, Shape, StructureShape

LONGEST_QUOTE = 1_000
"""In characters. Our own bound: AWS quotes values whole."""


def java_text(shape: Shape, value: Any) -> str | None:
    """Return the text of a value, `None` if it is sensitive or holds something that is."""
    text = _text(shape, value)
    if text is not None and len(text) > LONGEST_QUOTE:
        return text[:LONGEST_QUOTE] + "..."
    return text


def _text(shape: Shape, value: Any) -> str | None:
    if shape.metadata.get("sensitive"):
        return None
    match shape:
        case ListShape():
            items = [_text(shape.member, item) for item in cast("Sequence[Any]", value)]
            return _joined("[", items, "]")
        case MapShape():
            entries = cast("Mapping[str, Any]", value)
            items = [_pair(shape.key, key, shape.value, item) for key, item in entries.items()]
            return _joined("{", items, "}")
        case StructureShape() if not shape.is_document_type:
            members = cast("Mapping[str, Any]", value)
            items = [
                None if (text := _text(shape.members[name], item)) is None else f"{name}={text}"
                for name, item in members.items()
                if name in shape.members
            ]
            return _joined(f"{shape.name}(", items, ")")
        case _:
            return _scalar_text(value)


def _pair(key_shape: Shape, key: Any, value_shape: Shape, value: Any) -> str | None:
    key_text, value_text = _text(key_shape, key), _text(value_shape, value)
    return None if key_text is None or value_text is None else f"{key_text}={value_text}"


def _joined(start: str, items: Sequence[str | None], end: str) -> str | None:
    if None in items:
        return None
    return start + ", ".join(cast("Sequence[str]", items)) + end


def _scalar_text(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float():
            return java_number(value)
        case bytes():
            return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
        case datetime():
            return value.isoformat()
        case _:
            return str(value)


def java_number(number: float) -> str:
    """Return a floating-point number as Java prints it: `10.0`."""
    return str(number)
