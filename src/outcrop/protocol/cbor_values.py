"""Shapes as CBOR values, prepared once per shape: for rpc-v2-cbor and its event streams.

Source: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html#shape-serialization
"""

import math
from datetime import datetime
from typing import Any, NoReturn, cast

import cbor2
from botocore.model import Shape
from cbor2 import CBORDecodeError, CBORTag

from outcrop.aws.errors import SerializationError
from outcrop.protocol.scalars import as_bytes
from outcrop.protocol.timestamps import as_aware, from_epoch, to_epoch
from outcrop.protocol.tree_values import (
    Decode,
    Encode,
    TreeValues,
    as_it_is,
    decode_boolean,
    decode_integer,
    decode_long,
    decode_string,
    misplaced,
)

EPOCH_TAG = 1
UNDEFINED_BYTE = 0xF7

_SHARING_TAGS = (25, 28, 29, 256)
"""They let a few bytes stand for a value of any size, or for one that holds itself."""


def loads(content: bytes) -> Any:
    """Return the CBOR value that the bytes hold, `None` where it is undefined.

    Raises:
        SerializationError: They hold none.
    """
    try:
        value = cbor2.loads(content, semantic_decoders=_REFUSED)
        return _defined(value) if UNDEFINED_BYTE in content else value
    except (CBORDecodeError, ValueError, OverflowError, RecursionError) as error:
        raise SerializationError(f"Unexpected token in CBOR: {error}") from error


def _defined(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _defined(item) for key, item in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list):
        return [_defined(item) for item in cast("list[Any]", value)]
    return None if value is cbor2.undefined else value


def dumps(value: Any) -> bytes:
    """Return a CBOR value as bytes."""
    return cbor2.dumps(value)


def _refuse(*_: Any) -> NoReturn:
    raise SerializationError("CBOR with shared values is not accepted")


_REFUSED: Any = dict.fromkeys(_SHARING_TAGS, _refuse)


class CborValues(TreeValues):
    """Decoders and encoders of the shapes of one service model."""

    def scalar_decoder(self, shape: Shape) -> Decode:
        """See `TreeValues.scalar_decoder`."""
        return _DECODERS.get(shape.type_name, decode_string)

    def scalar_encoder(self, shape: Shape) -> Encode:
        """See `TreeValues.scalar_encoder`."""
        match shape.type_name:
            case "timestamp":
                return lambda moment: CBORTag(EPOCH_TAG, to_epoch(moment))
            case "blob":
                return as_bytes
            case "float" | "double":
                return float
            case _:
                return as_it_is


def _decode_float(value: Any) -> float:
    if type(value) in (float, int):
        try:
            return float(value)
        except OverflowError as error:
            raise SerializationError(misplaced(value, "a Float")) from error
    raise SerializationError(misplaced(value, "a Float"))


def _decode_timestamp(value: Any) -> datetime:
    if isinstance(value, datetime):
        return as_aware(value)
    if type(value) in (float, int) and math.isfinite(value):
        try:
            return from_epoch(value)
        except ValueError as error:
            raise SerializationError(misplaced(value, "a Timestamp")) from error
    raise SerializationError(misplaced(value, "a Timestamp"))


def _decode_blob(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    raise SerializationError(misplaced(value, "a Blob"))


_DECODERS: dict[str, Decode] = {
    "boolean": decode_boolean,
    "integer": decode_integer,
    "long": decode_long,
    "float": _decode_float,
    "double": _decode_float,
    "timestamp": _decode_timestamp,
    "blob": _decode_blob,
}
