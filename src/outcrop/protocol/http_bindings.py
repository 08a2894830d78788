"""Members of a shape that travel in the path, the query, the headers or the status.

Source: https://smithy.io/2.0/spec/http-bindings.html
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from outcrop.aws.errors import SerializationError
from outcrop.aws.http import HttpRequest
from outcrop.protocol.json_values import dumps, loads
from outcrop.protocol.scalars import WriteText, text_reader, text_writer
from outcrop.protocol.timestamps import to_http_date

Query = Mapping[str, list[str]]
MOST_QUERY_FIELDS = 100_000
"""Our own bound; a form with a thousand metrics of thirty dimensions stays below it."""

_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_QUOTED_OR_PLAIN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"\s*|([^,]*))(?:,|$)')


class RequestBindings:
    """Reads an operation's input from all of a request but its body."""

    def __init__(self, operation: OperationModel) -> None:
        shape = operation.input_shape
        located = {
            location: {
                name: member
                for name, member in (shape.members if shape is not None else {}).items()
                if member.serialization.get("location") == location
            }
            for location in ("uri", "querystring", "header", "headers")
        }
        self._labels = _label_readers(str(operation.http.get("requestUri", "/")), located["uri"])
        self._query = {
            name: _query_reader(member.serialization.get("name", name), member)
            for name, member in located["querystring"].items()
        }
        self._headers = {
            member.serialization.get("name", name).lower(): (name, header_reader(member))
            for name, member in located["header"].items()
        }
        self._prefixes = {
            name: member.serialization.get("name", "").lower()
            for name, member in located["headers"].items()
        }

    def read(self, request: HttpRequest) -> dict[str, Any]:
        """Return the members that stand outside the body.

        Raises:
            SerializationError: One of them does not decode.
        """
        members: dict[str, Any] = {}
        if self._labels:
            segments = request.raw_path.split("/")
            for name, read_label in self._labels.items():
                members[name] = read_label(segments)
        if self._query and request.query_string:
            query = parse_query(request.query_string)
            for name, read_query in self._query.items():
                if (value := read_query(query)) is not None:
                    members[name] = value
        for header, text in request.headers.items():
            if (found := self._headers.get(header)) is not None:
                name, read_header = found
                members[name] = read_header(text)
        for name, prefix in self._prefixes.items():
            members[name] = {
                header[len(prefix) :]: text
                for header, text in request.headers.items()
                if header.startswith(prefix)
            }
        return members


def parse_query(query_string: str) -> dict[str, list[str]]:
    """Return the values of each query parameter, decoded, in order.

    Raises:
        SerializationError: They are no UTF-8, or too many.
    """
    if not query_string:
        return {}
    try:
        pairs = parse_qsl(
            query_string,
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_QUERY_FIELDS,
        )
    except ValueError as error:
        raise SerializationError("The query string can not be decoded") from error
    query: dict[str, list[str]] = {}
    for key, value in pairs:
        query.setdefault(key, []).append(value)
    return query


def _label_readers(
    request_uri: str, members: Mapping[str, Shape]
) -> dict[str, Callable[[list[str]], Any]]:
    names = {member.serialization.get("name", name): name for name, member in members.items()}
    segments = request_uri.partition("?")[0].split("/")
    readers: dict[str, Callable[[list[str]], Any]] = {}
    for index, segment in enumerate(segments):
        if not (segment.startswith("{") and segment.endswith("}")):
            continue
        name = names[segment[1:-1].removesuffix("+")]
        after = len(segments) - 1 - index if segment.endswith("+}") else None
        readers[name] = _label_reader(index, after, text_reader(members[name]))
    return readers


def _label_reader(
    index: int, segments_after: int | None, read: Callable[[str], Any]
) -> Callable[[list[str]], Any]:
    def read_label(segments: list[str]) -> Any:
        if segments_after is None:
            text = segments[index] if index < len(segments) else ""
        else:
            text = "/".join(segments[index : len(segments) - segments_after])
        try:
            return read(unquote(text, errors="strict"))
        except UnicodeDecodeError as error:
            raise SerializationError(f"{text!r} is no percent-encoded UTF-8") from error

    return read_label


def _query_reader(wire_name: str, shape: Shape) -> Callable[[Query], Any]:
    if isinstance(shape, MapShape):
        if isinstance(shape.value, ListShape):
            return lambda query: {k: v for k, v in query.items() if not _is_signature(k)}
        return lambda query: {k: v[0] for k, v in query.items() if not _is_signature(k)}
    if isinstance(shape, ListShape):
        read_item = text_reader(shape.member)
        return lambda query: (
            [read_item(text) for text in query[wire_name]] if wire_name in query else None
        )
    read = text_reader(shape)
    return lambda query: read(query[wire_name][0]) if wire_name in query else None


def _is_signature(name: str) -> bool:
    return name.startswith("X-Amz-")


def header_reader(shape: Shape) -> Callable[[str], Any]:
    """Return what reads a header that holds a value of this shape."""
    if shape.serialization.get("jsonvalue"):
        return _read_json_header
    if not isinstance(shape, ListShape):
        return text_reader(shape)
    read = text_reader(shape.member)
    if shape.member.type_name == "timestamp":
        return lambda text: [read(item) for item in _split_dates(text)]
    return lambda text: [read(item) for item in split_list(text)]


def _read_json_header(text: str) -> Any:
    try:
        return loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise SerializationError("Invalid base64 in a header") from error


def split_list(text: str) -> list[str]:
    """Return the items of a header list; items in double quotes may hold commas."""
    items: list[str] = []
    if not text.strip():
        return items
    at = 0
    while at <= len(text) and (found := _QUOTED_OR_PLAIN.match(text, at)):
        quoted, plain = found.groups()
        items.append(plain.strip() if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
        if not found[0].endswith(","):
            break
        at = found.end()
    return items


def _split_dates(text: str) -> list[str]:
    """Return the dates of a header list; an HTTP date holds a comma of its own."""
    parts = [part.strip() for part in text.split(",")]
    if parts[0][:1].isalpha():
        return [", ".join(parts[at : at + 2]) for at in range(0, len(parts), 2)]
    return parts


class ResponseBindings:
    """Writes the members of an output or error that stand outside the body."""

    def __init__(self, shape: StructureShape) -> None:
        self._headers: dict[str, tuple[str, WriteText]] = {}
        self._prefixes: list[tuple[str, str]] = []
        self._status = ""
        for name, member in shape.members.items():
            wire_name = member.serialization.get("name", name).lower()
            match member.serialization.get("location"):
                case "header":
                    self._headers[name] = (wire_name, header_writer(member))
                case "headers":
                    self._prefixes.append((name, member.serialization.get("name", "").lower()))
                case "statusCode":
                    self._status = name
                case _:
                    pass

    def headers(self, members: Mapping[str, Any]) -> dict[str, str]:
        """Return the headers of an output, names in lower case."""
        headers: dict[str, str] = {}
        for name, value in members.items():
            found = self._headers.get(name)
            if found is not None and value is not None and value != []:
                header, write = found
                headers[header] = sendable(write(value))
        for name, prefix in self._prefixes:
            entries: Mapping[str, str] = members.get(name) or {}
            for key, text in entries.items():
                headers[prefix + sendable(key).lower()] = sendable(text)
        return headers

    def status(self, members: Mapping[str, Any], usual: int) -> int:
        """Return the status of an output, the usual one unless a member says another."""
        return int(members.get(self._status) or usual) if self._status else usual


def header_writer(shape: Shape) -> WriteText:
    """Return what writes a value of this shape as a header."""
    if shape.serialization.get("jsonvalue"):
        return lambda value: base64.b64encode(dumps(value)).decode("ascii")
    if not isinstance(shape, ListShape):
        return text_writer(shape, to_http_date)
    write = text_writer(shape.member, to_http_date)
    if shape.member.type_name == "string":
        return lambda items: ", ".join(_quoted(item) for item in items if item is not None)
    return lambda items: ", ".join(write(item) for item in items if item is not None)


def _quoted(text: str) -> str:
    if '"' not in text and "," not in text:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def sendable(text: str) -> str:
    """Return the text without what would break out of a header line."""
    return text if text.isascii() and text.isprintable() else _UNSENDABLE.sub(" ", text)
