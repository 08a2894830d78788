"""Shapes as trees of plain values, prepared once per shape: what JSON and CBOR share.

Scalars are left to the two; structures, lists and maps are objects and arrays in both.

Source: https://smithy.io/2.0/spec/aggregate-types.html
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, cast

from botocore.model import ListShape, MapShape, Shape, StructureShape

from outcrop.aws.errors import SerializationError
from outcrop.protocol.modelled_errors import WireError
from outcrop.protocol.scalars import INT32, INT64

Decode = Callable[[Any], Any]
Encode = Callable[[Any], Any]

MOST_DOCUMENT_LEVELS = 128
"""Our own bound on the nesting of a document."""


REQUEST_LOCATIONS = frozenset({"uri", "querystring", "header", "headers"})
RESPONSE_LOCATIONS = frozenset({"header", "headers", "statusCode"})
"""Where members of a top-level structure may stand outside the body."""


def body_members(shape: StructureShape, elsewhere: frozenset[str]) -> dict[str, Shape]:
    """Return the members that stand in the body.

    Args:
        shape: Of an input, an output or an error.
        elsewhere: The locations outside the body, of requests or of responses.
    """
    return {
        name: member
        for name, member in shape.members.items()
        if member.serialization.get("location") not in elsewhere
    }


class TreeValues(ABC):
    """Decoders and encoders of the shapes of one service model."""

    def __init__(self) -> None:
        self._decoders: dict[str, Decode] = {}
        self._encoders: dict[str, Encode] = {}

    @abstractmethod
    def scalar_decoder(self, shape: Shape) -> Decode:
        """Return what turns a plain value into a Python value of this simple shape."""

    @abstractmethod
    def scalar_encoder(self, shape: Shape) -> Encode:
        """Return what turns a Python value of this simple shape into a plain value."""

    def decoder(self, shape: Shape) -> Decode:
        """Return what turns a plain value into a Python value of this shape."""
        match shape:
            case StructureShape():
                if shape.is_document_type:
                    return decode_document
                decode = self._decoders.get(shape.name)
                if decode is None:
                    decode = self.members_decoder(lambda: shape.members)
                    decode = _one_of(decode, shape.name) if shape.is_tagged_union else decode
                    self._decoders[shape.name] = decode
                return decode
            case ListShape():
                return _list_decoder(self.decoder(shape.member))
            case MapShape():
                return _map_decoder(self.decoder(shape.value))
            case _:
                return self.scalar_decoder(shape)

    def members_decoder(self, members: Callable[[], Mapping[str, Shape]]) -> Decode:
        """Return what decodes an object with these members; they are looked at on first use."""
        fields: dict[str, tuple[str, Decode]] = {}

        def prepare() -> None:
            for name, shape in members().items():
                fields[shape.serialization.get("name", name)] = (name, self.decoder(shape))

        def decode(value: Any) -> dict[str, Any]:
            if type(value) is not dict:
                raise SerializationError(misplaced(value, "a Structure"))
            if not fields:
                prepare()
            decoded: dict[str, Any] = {}
            for key, item in cast("dict[str, Any]", value).items():
                if item is not None and (field := fields.get(key)) is not None:
                    decoded[field[0]] = field[1](item)
            return decoded

        return decode

    def body_decoder(self, shape: StructureShape) -> Decode:
        """Return what decodes the members that stand in the body of a request."""
        return self.members_decoder(lambda: body_members(shape, REQUEST_LOCATIONS))

    def encoder(self, shape: Shape) -> Encode:
        """Return what turns a Python value of this shape into a plain value."""
        match shape:
            case StructureShape():
                if shape.is_document_type:
                    return as_it_is
                encode = self._encoders.get(shape.name)
                if encode is None:
                    encode = self.members_encoder(lambda: shape.members)
                    self._encoders[shape.name] = encode
                return encode
            case ListShape():
                return _list_encoder(self.encoder(shape.member))
            case MapShape():
                return _map_encoder(self.encoder(shape.value))
            case _:
                return self.scalar_encoder(shape)

    def body_encoder(self, shape: StructureShape) -> Encode:
        """Return what encodes the members that stand in the body of a response."""
        return self.members_encoder(lambda: body_members(shape, RESPONSE_LOCATIONS))

    def members_encoder(self, members: Callable[[], Mapping[str, Shape]]) -> Encode:
        """Return what encodes an object with these members; they are looked at on first use."""
        fields: dict[str, tuple[str, Encode]] = {}

        def prepare() -> None:
            for name, shape in members().items():
                fields[name] = (shape.serialization.get("name", name), self.encoder(shape))

        def encode(value: Mapping[str, Any]) -> dict[str, Any]:
            if not fields:
                prepare()
            encoded: dict[str, Any] = {}
            for name, item in value.items():
                if item is not None and (field := fields.get(name)) is not None:
                    wire_name, encode_item = field
                    encoded[wire_name] = item if encode_item is as_it_is else encode_item(item)
            return encoded

        return encode

    def error_members(self, wire_error: WireError) -> dict[str, Any]:
        """Return what the body of an error holds, the message in any case."""
        shape = wire_error.shape
        if shape is None:
            return dict(wire_error.members)
        members: dict[str, Any] = self.body_encoder(shape)(wire_error.members)
        if not any(name.lower() == "message" for name in members):
            members["message"] = wire_error.message
        return members


def _one_of(decode: Decode, union: str) -> Decode:
    """Return what decodes a union, which has one member and no more.

    Source: https://github.com/smithy-lang/smithy/blob/main/smithy-aws-protocol-tests/model/
    restJson1/malformedRequests/malformed-union.smithy
    """

    def decode_one(value: Any) -> dict[str, Any]:
        decoded = decode(value)
        if len(decoded) != 1:
            raise SerializationError(f"Union {union} must have exactly one member set")
        return decoded

    return decode_one


def _list_decoder(decode_item: Decode) -> Decode:
    def decode(value: Any) -> list[Any]:
        if type(value) is not list:
            raise SerializationError(misplaced(value, "a List"))
        items = cast("list[Any]", value)
        return [None if item is None else decode_item(item) for item in items]

    return decode


def _map_decoder(decode_item: Decode) -> Decode:
    def decode(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise SerializationError(misplaced(value, "a Map"))
        entries = cast("dict[Any, Any]", value).items()
        return {
            decode_string(key): None if item is None else decode_item(item) for key, item in entries
        }

    return decode


def decode_string(value: Any) -> str:
    """Return a string.

    Raises:
        SerializationError: The value is of another type.
    """
    if type(value) is str:
        return value
    raise SerializationError(misplaced(value, "a String"))


def decode_document(value: Any) -> Any:
    """Return any plain value that is not nested beyond reason.

    Raises:
        SerializationError: It is nested too deeply.
    """
    level = [value]
    for _ in range(MOST_DOCUMENT_LEVELS):
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in _children(cast("dict[str, Any] | list[Any]", node))
        ]
        if not level:
            return value
    raise SerializationError(f"Document is nested deeper than {MOST_DOCUMENT_LEVELS} levels")


def _children(node: dict[str, Any] | list[Any]) -> list[Any]:
    return list(node.values()) if isinstance(node, dict) else node


def decode_boolean(value: Any) -> bool:
    """Return a boolean.

    Raises:
        SerializationError: The value is of another type.
    """
    if type(value) is bool:
        return value
    raise SerializationError(misplaced(value, "a Boolean"))


def integer_decoder(bound: int, kind: str) -> Decode:
    """Return what checks a whole number against its bounds."""

    def decode(value: Any) -> int:
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is int and -bound <= value < bound:
            return value
        raise SerializationError(misplaced(value, kind))

    return decode


decode_integer = integer_decoder(INT32, "an Integer")
decode_long = integer_decoder(INT64, "a Long")


def misplaced(value: Any, wanted: str) -> str:
    """Return AWS's words for a value of the wrong type."""
    if isinstance(value, dict):
        return "Start of structure or map found where not expected"
    if isinstance(value, list):
        return "Start of list found where not expected"
    if isinstance(value, bool):
        return f"{str(value).upper()}_VALUE can not be converted to {wanted}"
    token = _TOKENS.get(cast("type[Any]", type(value)), "NULL_VALUE")
    return f"{token} can not be converted to {wanted}"


_TOKENS: dict[type[Any], str] = {str: "STRING_VALUE", float: "DECIMAL_VALUE", int: "NUMBER_VALUE"}


def as_it_is(value: Any) -> Any:
    """Encode what is a plain value already."""
    return value


def _list_encoder(encode_item: Encode) -> Encode:
    if encode_item is as_it_is:
        return list
    return lambda items: [None if item is None else encode_item(item) for item in items]


def _map_encoder(encode_item: Encode) -> Encode:
    if encode_item is as_it_is:
        return dict
    return lambda entries: {
        key: None if item is None else encode_item(item) for key, item in entries.items()
    }
