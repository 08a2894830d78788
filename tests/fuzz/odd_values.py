"""Values that have the right type and make no sense, in the places of those that do."""

import copy
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

TEXTS = (
    "", " ", "é", "☃" * 10, "\U0001d518", "a" * 5000, "a\nb", "'", '"', "\\", "&", "<a/>", "*",
    "%00", "../..", "null", "true", "0", "-1", "1e999", "9" * 40, "2026-01-01", "us-east-1",
    "{", "{}", "[]", "[1]", '{"a":[{}]}', '{"Statement":[]}', '{"Statement":5}',
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":5,"Resource":{"a":1}}]}',
    "arn:aws", "arn:aws:s3:::b", "arn:aws:iam::123456789012:role/x", "s3://", "s3://b/k",
    "$.a", "{ $.a = 1 }", "[a,b", "%a%", "fields @m | ", "stats count(*) by bin(0s)",
    "SUM(METRICS())/0", "m1/", "ALARM(", "rate(0 minutes)", "bytes=5-1", 'W/"a"', 'id="x"',
    "a=b&a=c", "bucket/key?versionId=x", "/b", "b/",
)  # fmt: skip
NUMBERS = (0, -1, 1, 5, 7, 86_400, 2**31 - 1, -(2**31), 2**31, 2**63 - 1, -(2**63), 10**20)
FRACTIONS = (0.0, -1.0, 0.5, 1e308, 1e-320, float("inf"), float("-inf"), float("nan"))
MOMENTS = tuple(datetime(year, 12, 31, tzinfo=UTC) for year in (1, 1969, 2026, 9999))
BLOBS = (b"", b"\xff", b"{}", b"[1]", b'{"messages":5}', b'{"max_tokens":-1,"messages":[]}')


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of each value within a request."""
    if path:
        yield path
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield from places(value[key], (*path, key))


def odd(value: Any) -> st.SearchStrategy[Any]:
    """Values of the type of one that makes sense."""
    if isinstance(value, bool):
        return st.just(not value)
    if isinstance(value, str):
        return st.one_of(st.sampled_from(TEXTS), st.text(max_size=30), _damaged(value))
    if isinstance(value, list):
        return st.sampled_from(([], value * 2, value * 50, value[:-1]))
    if isinstance(value, dict):
        entries = list(value.items())
        return st.sampled_from(({}, dict(entries[:-1]), dict(entries[1:])))
    return SCALARS[type(value)]


SCALARS: Mapping[type, st.SearchStrategy[Any]] = {
    int: st.one_of(st.sampled_from(NUMBERS), st.integers()),
    float: st.one_of(st.sampled_from(FRACTIONS), st.floats()),
    bytes: st.one_of(st.sampled_from(BLOBS), st.binary(max_size=50)),
    datetime: st.sampled_from(MOMENTS),
}


@st.composite
def _damaged(draw: st.DrawFn, text: str) -> str:
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.sampled_from(TEXTS)) + text[at + draw(st.integers(0, 3)) :]


@st.composite
def odd_requests(draw: st.DrawFn, request: dict[str, Any]) -> dict[str, Any]:
    """A request in which one or two values are odd."""
    changed = copy.deepcopy(request)
    for _ in range(draw(st.integers(1, 2))):
        known = list(places(changed))
        if not known:
            break
        *path, last = draw(st.sampled_from(known))
        holder = changed
        for step in path:
            holder = holder[step]
        holder[last] = draw(odd(holder[last]))
    return changed
