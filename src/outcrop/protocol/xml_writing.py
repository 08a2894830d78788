"""Shapes written as XML, prepared once per shape: for rest-xml, query and ec2.

Source: https://smithy.io/2.0/spec/protocol-traits.html#xml-bindings
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from outcrop.protocol.scalars import text_writer
from outcrop.protocol.tree_values import RESPONSE_LOCATIONS, body_members

Write = Callable[[Any, list[str]], None]
"""Appends the XML of a value to the pieces of a document."""

_SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\x85\u2028\ufffe\uffff\ud800-\udfff]")
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape(text: str) -> str:
    """Return text with all that XML would read differently as references.

    Control characters become references too: no XML 1.0 reader takes them, yet S3 sends them so.
    """
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda found: _NAMED.get(found[0]) or f"&#x{ord(found[0]):X};", text)


def escape_attribute(text: str) -> str:
    """Return text as it stands in double quotes."""
    return escape(text).replace('"', "&quot;").replace("\n", "&#xA;").replace("\t", "&#x9;")


class XmlWriting:
    """Writers of the shapes of one service model."""

    def __init__(self, timestamps: Callable[[datetime], str]) -> None:
        """Set how moments are written, unless their shape names another format than ISO 8601."""
        self._timestamps = timestamps
        self._contents: dict[tuple[str, frozenset[str]], Write] = {}

    def root(self, shape: Shape, name: str, xmlns: str) -> Write:
        """Return what writes the root element of a response.

        Args:
            shape: Of the output, or of its payload.
            name: Of the element.
            xmlns: The attribute that declares the namespace, unless the shape has its own.
        """
        if isinstance(shape, StructureShape):
            return self._structure(shape, name, xmlns, self.content(shape))
        return self.element(shape, name, xmlns)

    def element(self, shape: Shape, name: str, xmlns: str = "") -> Write:
        """Return what writes `<name>…</name>`, or several of them for a flattened shape."""
        match shape:
            case StructureShape():
                return self._structure(shape, name, xmlns, self.content(shape, frozenset()))
            case ListShape():
                return self._list(shape, name)
            case MapShape():
                return self._map(shape, name)
            case _:
                start, end = f"<{name}{namespace(shape) or xmlns}>", f"</{name}>"
                write = self._text(shape)
                if shape.type_name in ("string", "character"):
                    return lambda value, out: out.append(start + escape(str(value)) + end)
                return lambda value, out: out.append(start + write(value) + end)

    def content(
        self, shape: StructureShape, elsewhere: frozenset[str] = RESPONSE_LOCATIONS
    ) -> Write:
        """Return what writes the members of a structure but its attributes.

        Args:
            shape: Of the structure.
            elsewhere: Locations whose members stand outside the body; below the top there are none.
        """
        write = self._contents.get((shape.name, elsewhere))
        if write is None:
            write = self._members(shape, elsewhere)
            self._contents[shape.name, elsewhere] = write
        return write

    def _members(self, shape: StructureShape, elsewhere: frozenset[str]) -> Write:
        writers: dict[str, Write] = {}

        def write(value: Mapping[str, Any], out: list[str]) -> None:
            if not writers:
                writers.update(self._member_writers(body_members(shape, elsewhere)))
            # The order of the shape, not of the result: some clients read XML by position.
            for name, write_member in writers.items():
                item = value.get(name)
                if item is not None:
                    write_member(item, out)

        return write

    def _member_writers(self, members: Mapping[str, Shape]) -> dict[str, Write]:
        return {
            name: self.element(member, member_name(name, member))
            for name, member in members.items()
            if not member.serialization.get("xmlAttribute")
        }

    def _text(self, shape: Shape) -> Callable[[Any], str]:
        """Return what writes a scalar: every ISO 8601 date alike, named as such or not."""
        named = str(shape.serialization.get("timestampFormat", ""))
        if shape.type_name == "timestamp" and named.lower() == "iso8601":
            return self._timestamps
        return text_writer(shape, self._timestamps)

    def _structure(
        self, shape: StructureShape, name: str, xmlns: str, write_content: Write
    ) -> Write:
        attributes = {
            member: (it.serialization.get("name", member), self._text(it))
            for member, it in shape.members.items()
            if it.serialization.get("xmlAttribute")
        }
        start, end = f"<{name}{namespace(shape) or xmlns}", f"</{name}>"

        def write(value: Mapping[str, Any], out: list[str]) -> None:
            out.append(start)
            for member, (attribute, write_text) in attributes.items():
                if value.get(member) is not None:
                    text = escape_attribute(write_text(value[member]))
                    out.append(f' {attribute}="{text}"')
            out.append(">")
            write_content(value, out)
            out.append(end)

        return write

    def _list(self, shape: ListShape, name: str) -> Write:
        item_name = shape.member.serialization.get("name")
        if shape.serialization.get("flattened"):
            return _each(self.element(shape.member, item_name or name))
        write_items = _each(self.element(shape.member, item_name or "member"))
        start, end = f"<{name}{namespace(shape)}>", f"</{name}>"

        def write(items: Any, out: list[str]) -> None:
            out.append(start)
            write_items(items, out)
            out.append(end)

        return write

    def _map(self, shape: MapShape, name: str) -> Write:
        write_key = self.element(shape.key, shape.key.serialization.get("name", "key"))
        write_value = self.element(shape.value, shape.value.serialization.get("name", "value"))
        is_flattened = bool(shape.serialization.get("flattened"))
        entry = name if is_flattened else "entry"
        entry_start, entry_end = f"<{entry}>", f"</{entry}>"
        start, end = ("", "") if is_flattened else (f"<{name}{namespace(shape)}>", f"</{name}>")

        def write(entries: Mapping[str, Any], out: list[str]) -> None:
            out.append(start)
            for key, value in entries.items():
                out.append(entry_start)
                write_key(key, out)
                if value is not None:
                    write_value(value, out)
                out.append(entry_end)
            out.append(end)

        return write


def _each(write_item: Write) -> Write:
    def write(items: Any, out: list[str]) -> None:
        for item in items:
            if item is not None:
                write_item(item, out)

    return write


def member_name(name: str, shape: Shape) -> str:
    """Return the element name of a structure's member."""
    return str(shape.serialization.get("name", name))


def namespace(shape: Shape) -> str:
    """Return the `xmlns` attribute that a shape asks for, with a space before it."""
    declared = shape.serialization.get("xmlNamespace")
    if not declared:
        return ""
    if isinstance(declared, str):
        return f' xmlns="{escape_attribute(declared)}"'
    prefix = f":{declared['prefix']}" if declared.get("prefix") else ""
    return f' xmlns{prefix}="{escape_attribute(declared["uri"])}"'
