"""Ways in which requests go wrong."""

import json
from dataclasses import replace
from typing import Any

import cbor2
from hypothesis import strategies as st

from tests.fuzz.seeds import seeds
from tests.fuzz.wire import Headers, WireRequest

CONTENT_TYPES = (
    b"application/json",
    b"application/x-amz-json-1.0",
    b"application/x-amz-json-1.1",
    b"application/x-www-form-urlencoded",
    b"application/xml",
    b"application/cbor",
    b"application/vnd.amazon.eventstream",
    b"multipart/form-data; boundary=line",
    b"multipart/form-data",
    b"text/plain; charset=utf-16",
    b"",
)
HEADERS_THAT_MATTER = (
    b"Accept",
    b"Authorization",
    b"Connection",
    b"Content-Encoding",
    b"Content-MD5",
    b"Content-Type",
    b"Expect",
    b"If-Modified-Since",
    b"If-None-Match",
    b"Origin",
    b"Range",
    b"X-Amz-Target",
    b"X-Amz-Date",
    b"X-Amz-Security-Token",
    b"smithy-protocol",
    b"x-amz-checksum-crc32",
    b"x-amz-content-sha256",
    b"x-amz-copy-source",
    b"x-amz-decoded-content-length",
    b"x-amz-tagging",
    b"x-amz-trailer",
    b"x-amzn-query-mode",
)
PIECES_OF_TARGETS = (
    b"%", b"%zz", b"%00", b"%2F", b"%25", b"//", b"/..", b"?", b"&", b"=", b"+", b";", b"*",
    b"Action=", b"X-Amz-Signature=a", b"X-Amz-Credential=a/b/c/d/e", b"X-Amz-Expires=-1",
    b"uploadId=", b"partNumber=x", b"versionId=null", b"max-keys=-1", b"list-type=2", b"\xc3\xa9",
    b"/model/", b"/service/X/operation/Y", b"/svc/", b"continuation-token=%ff",
)  # fmt: skip


def visible(size: int = 60) -> st.SearchStrategy[bytes]:
    """Bytes that a header or a target may hold."""
    return st.lists(st.integers(33, 126), max_size=size).map(bytes)


def header_values() -> st.SearchStrategy[bytes]:
    """Values of headers, with the bytes above ASCII that HTTP lets through."""
    above = st.lists(st.integers(128, 255), max_size=8).map(bytes)
    numbers = st.integers(-(2**70), 2**70).map(lambda number: str(number).encode())
    return st.one_of(visible(), above, numbers, st.just(b""), st.sampled_from(CONTENT_TYPES))


def json_values() -> st.SearchStrategy[Any]:
    """Anything that JSON can say."""
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=20),
        st.sampled_from(("\ud800", "9" * 400, "1e999", "2026-01-01T00:00:00Z")),
    )
    return st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
        ),
        max_leaves=10,
    )


@st.composite
def damaged_bodies(draw: st.DrawFn, body: bytes) -> bytes:
    """A body with a piece cut out, put in, turned over or exchanged for another value."""
    kind = draw(st.sampled_from(("value", "cut", "insert", "flip", "nest", "random", "repeat")))
    at = draw(st.integers(0, len(body)))
    if kind == "cut":
        return body[: draw(st.integers(0, len(body)))] + body[at:]
    if kind == "flip":
        return body[:at] + bytes((draw(st.integers(0, 255)),)) + body[at + 1 :]
    if kind == "value":
        return _with_value(body, draw(json_values()), draw(st.integers(0, 30)))
    if kind == "repeat":
        return body * draw(st.integers(2, 50))
    inserted = draw(nests() if kind == "nest" else st.binary(max_size=40))
    return inserted if kind == "random" else body[:at] + inserted + body[at:]


@st.composite
def nests(draw: st.DrawFn) -> bytes:
    """A document that goes down and down."""
    opening, closing = draw(st.sampled_from((("[", "]"), ('{"a":', "}"), ("<a>", "</a>"))))
    depth = draw(st.integers(1, 2000))
    return (opening * depth + draw(st.sampled_from(("", "1"))) + closing * depth).encode()


def _with_value(body: bytes, value: Any, place: int) -> bytes:
    """Put a value in the place of another one of a JSON or CBOR document."""
    for load, dump in ((json.loads, _as_json), (cbor2.loads, cbor2.dumps)):
        try:
            return dump(_changed(load(body), value, place))
        except Exception:  # noqa: BLE001 - neither library has one class for all it raises
            continue
    return _as_json(value)


def _changed(document: Any, value: Any, place: int) -> Any:
    places = _places(document)
    if not places:
        return value
    holder, key = places[place % len(places)]
    holder[key] = value
    return document


def _as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _places(value: Any) -> list[tuple[Any, Any]]:
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else range(len(value))
    inner = [key for key in keys if isinstance(value[key], dict | list)]
    return [*((value, key) for key in keys), *(p for key in inner for p in _places(value[key]))]


@st.composite
def damaged_headers(draw: st.DrawFn, headers: Headers) -> Headers:
    """Headers of which one is gone, doubled, given another value, or new."""
    kept = list(headers)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(kept) - 1)) if kept else 0
        kind = draw(st.sampled_from(("drop", "double", "value", "add", "any")))
        match kind:
            case "drop" if kept:
                kept.pop(at)
            case "double" if kept:
                kept.append(kept[at])
            case "value" if kept:
                kept[at] = (kept[at][0], draw(header_values()))
            case "any":
                names = st.from_regex(rb"[a-zA-Z0-9-]{1,20}", fullmatch=True)
                kept.append((draw(names), draw(header_values())))
            case _:
                kept.append((draw(st.sampled_from(HEADERS_THAT_MATTER)), draw(header_values())))
    return kept


@st.composite
def damaged_targets(draw: st.DrawFn, target: bytes) -> bytes:
    """A target with pieces put in or cut out."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(1, len(target)))
        piece = draw(st.one_of(st.sampled_from(PIECES_OF_TARGETS), visible(12)))
        until = at + draw(st.integers(0, 6))
        target = target[:at] + piece + target[until:]
    return target


METHODS = (b"GET", b"PUT", b"POST", b"DELETE", b"HEAD", b"OPTIONS", b"PATCH", b"TRACE", b"QUERY")


@st.composite
def damaged_requests(draw: st.DrawFn) -> WireRequest:
    """A valid request of some protocol, damaged in one way or two."""
    request = draw(st.sampled_from(seeds()))
    for _ in range(draw(st.integers(1, 2))):
        match draw(st.sampled_from(("body", "body", "headers", "target", "method"))):
            case "body":
                request = replace(request, body=draw(damaged_bodies(request.body)))
            case "headers":
                request = replace(request, headers=draw(damaged_headers(request.headers)))
            case "target":
                request = replace(request, target=draw(damaged_targets(request.target)))
            case _:
                request = replace(request, method=draw(st.sampled_from(METHODS)))
    return request


@st.composite
def damaged_bytes(draw: st.DrawFn) -> bytes:
    """The bytes of a valid request, cut, mixed and without regard for HTTP."""
    raw = draw(st.sampled_from(seeds())).encoded()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw)))
        piece = draw(
            st.one_of(
                st.binary(max_size=20),
                st.sampled_from((b"\r\n", b"\r\n\r\n", b"\n", b"\x00", b": ", b" ", b"HTTP/1.0")),
                st.sampled_from((b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n")),
            )
        )
        raw = raw[:at] + piece + raw[at + draw(st.integers(0, 20)) :]
    return raw
