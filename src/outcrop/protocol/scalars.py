"""Single values as text, as they stand in headers, paths, queries, forms and XML.

Source: https://smithy.io/2.0/spec/http-bindings.html#httpheader-serialization-rules
"""

import base64
import binascii
import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pybase64
from botocore.model import Shape

from outcrop.aws.errors import SerializationError
from outcrop.protocol.timestamps import WRITERS, from_text

ReadText = Callable[[str], Any]
WriteText = Callable[[Any], str]

INT32 = 1 << 31
INT64 = 1 << 63

_INTEGER = re.compile(r"[+-]?\d{1,20}")
_FLOAT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|NaN|-?Infinity")


def read_string(text: str) -> str:
    """Return the text as it is."""
    return text


def read_boolean(text: str) -> bool:
    """Read `true` or `false`.

    Raises:
        SerializationError: It is neither.
    """
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    raise SerializationError(f"{text!r} can not be converted to a Boolean")


def read_integer(text: str) -> int:
    """Read a number of 32 bits.

    Raises:
        SerializationError: It is no such number.
    """
    return _whole(text, INT32, "an Integer")


def read_long(text: str) -> int:
    """Read a number of 64 bits.

    Raises:
        SerializationError: It is no such number.
    """
    return _whole(text, INT64, "a Long")


def _whole(text: str, bound: int, kind: str) -> int:
    stripped = text.strip()
    if _INTEGER.fullmatch(stripped) and stripped.isascii():
        number = int(stripped)
        if -bound <= number < bound:
            return number
    raise SerializationError(f"{text!r} can not be converted to {kind}")


def read_float(text: str) -> float:
    """Read a decimal number, `NaN`, `Infinity` or `-Infinity`.

    Raises:
        SerializationError: It is none of them.
    """
    stripped = text.strip()
    if not _FLOAT.fullmatch(stripped) or not stripped.isascii():
        raise SerializationError(f"{text!r} can not be converted to a Float")
    return float(stripped)


def read_timestamp(text: str) -> datetime:
    """Read a moment in any of AWS's forms.

    Raises:
        SerializationError: It is in none of them.
    """
    try:
        return from_text(text.strip())
    except ValueError as error:
        raise SerializationError(f"timestamp must follow ISO8601: {text!r}") from error


def read_blob(text: str) -> bytes:
    """Read base64.

    Raises:
        SerializationError: It is no base64.
    """
    try:
        # Pictures have megabytes: the standard library takes thirty times as long.
        return pybase64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        pass  # It may have line breaks, or more padding than it needs: a second look.
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SerializationError("Invalid base64 in a blob") from error


def write_boolean(value: Any) -> str:
    """Return `true` or `false`."""
    return "true" if value else "false"


def write_float(value: Any) -> str:
    """Return the shortest decimal form; `NaN`, `Infinity` and `-Infinity` by name."""
    number = float(value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def write_blob(value: Any) -> str:
    """Return base64."""
    return base64.b64encode(as_bytes(value)).decode("ascii")


def as_bytes(value: bytes | bytearray | memoryview | str) -> bytes:
    """Return a blob's bytes; text is taken as UTF-8."""
    return value.encode() if isinstance(value, str) else bytes(value)


_READERS: dict[str, ReadText] = {
    "string": read_string,
    "boolean": read_boolean,
    "integer": read_integer,
    "long": read_long,
    "float": read_float,
    "double": read_float,
    "timestamp": read_timestamp,
    "blob": read_blob,
}

_WRITERS: dict[str, WriteText] = {
    "boolean": write_boolean,
    "float": write_float,
    "double": write_float,
    "blob": write_blob,
}


def text_reader(shape: Shape) -> ReadText:
    """Return what reads a value of this shape from text."""
    return _READERS.get(shape.type_name, read_string)


def text_writer(shape: Shape, timestamps: Callable[[datetime], str]) -> WriteText:
    """Return what writes a value of this shape as text.

    Args:
        shape: Neither structure, list nor map.
        timestamps: Writes moments whose shape names no format.
    """
    if shape.type_name == "timestamp":
        named = shape.serialization.get("timestampFormat")
        return WRITERS[named.lower()] if named else timestamps
    return _WRITERS.get(shape.type_name, str)
