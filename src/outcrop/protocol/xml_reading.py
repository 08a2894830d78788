"""Shapes read from XML, prepared once per shape: for rest-xml.

Source: https://smithy.io/2.0/spec/protocol-traits.html#xml-bindings
"""

from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLParser

from botocore.model import ListShape, MapShape, Shape, StructureShape

from outcrop.aws.errors import SerializationError
from outcrop.protocol.scalars import text_reader
from outcrop.protocol.tree_values import body_members

Decode = Callable[[Element], Any]


class MalformedXmlError(SerializationError):
    """The body is no XML, or not what the service's schema says."""

    code = "MalformedXML"


NOT_WELL_FORMED = (
    "The XML you provided was not well-formed or did not validate against our published schema"
)
"""Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""


def parse_xml(content: bytes) -> Element:
    """Return the root element.

    Documents with a DTD are refused: nothing that AWS reads has one, and entities live there.

    Raises:
        MalformedXmlError: The bytes are no such XML.
    """
    # The encoding is fixed, so no other one can hide a DTD from this look.
    if b"<!DOCTYPE" in content:
        raise MalformedXmlError(NOT_WELL_FORMED)
    parser = XMLParser(encoding="utf-8")  # noqa: S314 - without a DTD there are no entities
    try:
        parser.feed(content)
        return parser.close()
    except (ParseError, ValueError) as error:
        raise MalformedXmlError(NOT_WELL_FORMED) from error


def local_name(tag: str) -> str:
    """Return the name of an element or attribute without its namespace."""
    return tag.rpartition("}")[2]


class XmlReading:
    """Readers of the shapes of one service model."""

    def __init__(self) -> None:
        self._structures: dict[str, Decode] = {}

    def decoder(self, shape: Shape) -> Decode:
        """Return what turns an element into a value of this shape.

        Flattened lists and maps have no element of their own; their structure gathers them.
        """
        match shape:
            case StructureShape():
                decode = self._structures.get(shape.name)
                if decode is None:
                    decode = self.members_decoder(shape, frozenset())
                    self._structures[shape.name] = decode
                return decode
            case ListShape():
                decode_item = self.decoder(shape.member)
                return lambda element: [decode_item(item) for item in element]
            case MapShape():
                decode_entry = self._entry_decoder(shape)
                return lambda element: dict(decode_entry(entry) for entry in element)
            case _:
                return _scalar_decoder(shape)

    def members_decoder(
        self, shape: StructureShape, elsewhere: frozenset[str]
    ) -> Callable[[Element], dict[str, Any]]:
        """Return what reads the members of a structure that stand in an element.

        Args:
            shape: Of the structure.
            elsewhere: Locations whose members stand outside the body.
        """
        gathers: dict[str, _Gather] = {}
        attributes: dict[str, _Attribute] = {}

        def decode(element: Element) -> dict[str, Any]:
            if not gathers and not attributes:
                attributes.update(_attributes(shape))
                gathers.update(self._gathers(body_members(shape, elsewhere)))
            decoded: dict[str, Any] = {}
            for key, text in element.attrib.items() if attributes else ():
                if (attribute := attributes.get(local_name(key))) is not None:
                    decoded[attribute[0]] = attribute[1](text)
            for child in element:
                if (gather := gathers.get(local_name(child.tag))) is not None:
                    gather(decoded, child)
            return decoded

        return decode

    def _gathers(self, members: Mapping[str, Shape]) -> "dict[str, _Gather]":
        """Return what to do with each child element."""
        gathers: dict[str, _Gather] = {}
        for name, member in members.items():
            if member.serialization.get("xmlAttribute"):
                continue
            wire_name = local_name_of(member, name)
            gathers[wire_name] = gather = self._gather(name, member)
            if isinstance(member, ListShape) and member.serialization.get("flattened"):
                gathers.setdefault(local_name_of(member.member, wire_name), gather)
        return gathers

    def _gather(self, name: str, shape: Shape) -> "_Gather":
        """Return what adds one child element to the members of its structure."""
        is_flattened = bool(shape.serialization.get("flattened"))
        if is_flattened and isinstance(shape, ListShape):
            decode_item = self.decoder(shape.member)
            return lambda members, child: members.setdefault(name, []).append(decode_item(child))
        if is_flattened and isinstance(shape, MapShape):
            decode_entry = self._entry_decoder(shape)
            return lambda members, child: members.setdefault(name, {}).update([decode_entry(child)])
        decode = self.decoder(shape)
        return lambda members, child: members.__setitem__(name, decode(child))

    def _entry_decoder(self, shape: MapShape) -> Callable[[Element], tuple[Any, Any]]:
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        decode_key, decode_value = self.decoder(shape.key), self.decoder(shape.value)

        def decode(element: Element) -> tuple[Any, Any]:
            children = {local_name(child.tag): child for child in element}
            if key_name not in children or value_name not in children:
                raise MalformedXmlError(NOT_WELL_FORMED)
            return decode_key(children[key_name]), decode_value(children[value_name])

        return decode


_Gather = Callable[[dict[str, Any], Element], None]
_Attribute = tuple[str, Callable[[str], Any]]


def local_name_of(shape: Shape, otherwise: str) -> str:
    """Return what a shape is called on the wire, without a prefix."""
    return str(shape.serialization.get("name", otherwise)).rpartition(":")[2]


def _attributes(shape: StructureShape) -> dict[str, _Attribute]:
    return {
        local_name_of(member, name): (name, text_reader(member))
        for name, member in shape.members.items()
        if member.serialization.get("xmlAttribute")
    }


def _scalar_decoder(shape: Shape) -> Decode:
    read = text_reader(shape)

    def decode(element: Element) -> Any:
        try:
            return read(element.text or "")
        except SerializationError as error:
            raise MalformedXmlError(NOT_WELL_FORMED) from error

    return decode
