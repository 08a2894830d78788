"""Documents as JSON text, and back without loss.

What JSON lacks is written as an object with one tagged member: `{"$datetime": "2026-11-01T…"}`,
`{"$bytes": "<base64>"}`. A document's own names that begin with `$` get a second one. Floats that
JSON does not know stand as `NaN` and `Infinity`, as Python's `json` reads and writes them.
"""

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Any, cast

import orjson

from outcrop.storage.records.interface import Document

_MARK = '"$'
"""Every tag in the text begins so; without it there is nothing to restore."""
_MARKED = '"$$'
"""So does every name of a document that begins with `$` itself."""
_END = b"\0"
"""Behind JSON text, which has no such byte."""


def encode(document: Document) -> str:
    """Return the document as JSON text; UUIDs and members of enumerations by their plain values.

    Raises:
        TypeError: A value is of a type that documents cannot hold.
        ValueError: A datetime is naive.
    """
    return _encode(document).decode()


def pack(document: Document) -> str | bytes:
    """Return the document as JSON text, with the bytes of its last member, if any, behind as is.

    Raises:
        TypeError, ValueError: As `encode` raises them.
    """
    if document:
        name = next(reversed(document))
        value = document[name]
        if isinstance(value, bytes) and name.isidentifier():
            others = document.copy()
            del others[name]
            text = _encode(others) + _END if others else b""
            return text + name.encode() + b"=" + value
    return encode(document)


def decode(text: str | bytes) -> Document:
    """Return the document that `encode` or `pack` wrote."""
    if isinstance(text, bytes):
        others = b""
        if text.startswith(b"{"):  # No name does.
            others, _, text = text.partition(_END)
        name, _, value = text.partition(b"=")
        return {**(decode(others.decode()) if others else {}), name.decode(): value}
    if _MARK not in text:
        return json.loads(text)
    return (_DECODER_OF_MARKED if _MARKED in text else _DECODER).decode(text)


def _encode(document: Document) -> bytes:
    try:
        text = orjson.dumps(document, _tagged, _AS_JSON_DOES)
    except (TypeError, ValueError):
        text = b""
    # It writes `null` for the floats that JSON does not know, and no integer of any length.
    if not text or _NULL in text or _MARK_BYTES in text:
        return _encode_slowly(document).encode()
    return text


def _encode_slowly(document: Document) -> str:
    text = _ENCODER.encode(document)
    if _MARK in text and text.count(_MARK) != _count_of_tags(document):
        # More marks than tags: the document may have names with `$`.
        text = _ENCODER.encode(_with_marked_names(document))
    return text if text.isascii() or _is_unicode(text) else json.dumps(json.loads(text))


def _count_of_tags(value: object) -> int:
    match value:
        case datetime() | bytes() | bytearray():
            return 1
        case dict():
            return sum(map(_count_of_tags, cast("dict[str, object]", value).values()))
        case list() | tuple():
            return sum(map(_count_of_tags, cast("list[object]", value)))
        case _:
            return 0


def _tagged(value: object) -> dict[str, str]:
    match value:
        case datetime():
            offset = value.utcoffset()
            if offset is None:
                raise ValueError(f"a naive datetime in a document: {value!r}")
            # `fromisoformat` drops the parts of an offset below a second.
            moment = value.astimezone(UTC) if offset.microseconds else value
            return {"$datetime": moment.isoformat()}
        case bytes() | bytearray():
            return {"$bytes": b64encode(value).decode("ascii")}
        case _:
            raise TypeError(f"documents cannot hold a {type(value).__name__}: {value!r}")


_AS_JSON_DOES = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_NULL = b"null"
_MARK_BYTES = _MARK.encode()
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_tagged)


def _with_marked_names(value: object) -> object:
    match value:
        case dict():
            members = cast("dict[str, object]", value)
            return {
                f"${name}" if name.startswith("$") else name: _with_marked_names(member)
                for name, member in members.items()
            }
        case list() | tuple():
            return [_with_marked_names(item) for item in cast("list[object]", value)]
        case _:
            return value


def _restore(members: dict[str, Any]) -> Any:
    if len(members) == 1:
        match members:
            case {"$datetime": str(moment)}:
                return datetime.fromisoformat(moment)
            case {"$bytes": str(encoded)}:
                return b64decode(encoded)
            case _:
                pass
    return members


def _restore_marked(members: dict[str, Any]) -> Any:
    restored = _restore(members)
    if restored is not members:
        return restored
    return {name.removeprefix("$"): member for name, member in members.items()}


_DECODER = json.JSONDecoder(object_hook=_restore)
_DECODER_OF_MARKED = json.JSONDecoder(object_hook=_restore_marked)


def _is_unicode(text: str) -> bool:
    """Tell whether UTF-8 can hold the text: a lone surrogate needs JSON's escapes instead."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
