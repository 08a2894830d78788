"""Shapes read from form parameters such as `Tags.member.1.Key=a`, for query and ec2.

Sources: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html,
https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from outcrop.protocol.scalars import text_reader

MOST_PARTS = 256
"""Our own bound on the nesting of a form."""


@dataclass(slots=True)
class Node:
    """All parameters that share the beginning of their names."""

    text: str | None = None
    """The value of the parameter that ends here."""
    children: "dict[str, Node]" = field(default_factory=dict[str, "Node"])
    """By the next part of their names."""

    def numbered(self) -> "list[Node]":
        """Return the children with numbers for names, in their order."""
        numbers = [name for name in self.children if name.isascii() and name.isdigit()]
        return [self.children[name] for name in sorted(numbers, key=lambda n: (len(n), n))]


def tree(parameters: Mapping[str, list[str]]) -> Node:
    """Return the parameters by the dotted parts of their names."""
    root = Node()
    for name, values in parameters.items():
        node = root
        for part in name.split(".", MOST_PARTS):
            node = node.children.setdefault(part, Node())
        node.text = values[0]
    return root


Decode = Callable[[Node], Any]


class FormValues:
    """Readers of the shapes of one service model, as the query protocol has them."""

    def __init__(self) -> None:
        self._structures: dict[str, Decode] = {}

    def decoder(self, shape: Shape) -> Decode:
        """Return what turns a node into a value of this shape."""
        match shape:
            case StructureShape():
                decode = self._structures.get(shape.name)
                if decode is None:
                    decode = self._structures[shape.name] = self._structure(shape)
                return decode
            case ListShape():
                return self._list(shape)
            case MapShape():
                return self._map(shape)
            case _:
                read = text_reader(shape)
                return lambda node: read(node.text or "")

    def _structure(self, shape: StructureShape) -> Decode:
        fields: dict[str, tuple[str, Decode]] = {}

        def decode(node: Node) -> dict[str, Any]:
            if not fields:
                for name, member in shape.members.items():
                    for wire_name in self.wire_names(name, member):
                        fields[wire_name] = (name, self.decoder(member))
            decoded: dict[str, Any] = {}
            for key, child in node.children.items():
                if (known := fields.get(key)) is not None:
                    decoded[known[0]] = known[1](child)
            return decoded

        return decode

    def wire_names(self, name: str, shape: Shape) -> Iterable[str]:
        """Return what a structure's member may be called on the wire."""
        yield str(shape.serialization.get("name", name))
        if isinstance(shape, ListShape) and shape.serialization.get("flattened"):
            # botocore names a flattened list for its members where those have a name.
            yield str(shape.member.serialization.get("name", name))

    def items(self, shape: ListShape, node: Node) -> list[Node]:
        """Return the nodes of a list's items."""
        if not shape.serialization.get("flattened"):
            name = shape.member.serialization.get("name", "member")
            wrapped = node.children.get(name) or node.children.get("member")
            if wrapped is not None:
                return wrapped.numbered()
        return node.numbered()

    def _list(self, shape: ListShape) -> Decode:
        decode_item = self.decoder(shape.member)
        return lambda node: [decode_item(item) for item in self.items(shape, node)]

    def _map(self, shape: MapShape) -> Decode:
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        decode_key, decode_value = self.decoder(shape.key), self.decoder(shape.value)
        is_flattened = bool(shape.serialization.get("flattened"))

        def decode(node: Node) -> dict[Any, Any]:
            holder = node if is_flattened else node.children.get("entry", node)
            return {
                decode_key(entry.children[key_name]): decode_value(
                    entry.children.get(value_name, Node())
                )
                for entry in holder.numbered()
                if key_name in entry.children
            }

        return decode
