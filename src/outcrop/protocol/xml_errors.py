"""The `<Error>` element that query, ec2 and rest-xml share.

Source: https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html#operation-error-serialization
"""

import re

from outcrop.protocol.modelled_errors import WireError
from outcrop.protocol.xml_writing import XmlWriting, escape

STANDARD = frozenset({"message", "code", "type"})
"""Members that the element has in any case."""
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What no XML 1.0 document can hold."""


def write_error(
    xml: XmlWriting, wire_error: WireError, out: list[str], *, before: str = "", after: str = ""
) -> None:
    """Append `<Error>` with code, message and the error's other members.

    Members that the error's shape does not have are written as text: S3's errors name the bucket
    and the key, of which its service model says nothing.

    Args:
        xml: Writes the shape's members.
        wire_error: What is told.
        out: Pieces of the document.
        before: XML to put first inside the element.
        after: XML to put last inside the element.
    """
    out.append(f"<Error>{before}<Code>{escape(wire_error.code)}</Code>")
    if wire_error.message:
        out.append(f"<Message>{_legible(wire_error.message)}</Message>")
    others = {
        name: value
        for name, value in wire_error.members.items()
        if name.lower() not in STANDARD and value is not None
    }
    shape = wire_error.shape
    if shape is not None:
        xml.content(shape)(others, out)
    for name, value in others.items():
        if shape is None or name not in shape.members:
            out.append(f"<{name}>{_legible(str(value))}</{name}>")
    out.append(f"{after}</Error>")


def _legible(text: str) -> str:
    """Return text for an XML 1.0 reader: a client must be able to read what is wrong."""
    return escape(_UNREADABLE.sub("\ufffd", text))
