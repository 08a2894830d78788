"""Parts of records by their paths, and payloads cut out of files."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from outcrop.services.sagemaker.transforming.paths import JsonPath, NoSuchPartError
from outcrop.services.sagemaker.transforming.records import RecordError, lines, whole

RECORD = {"a": {"b-c": [1, 2, 3, 4]}, "d": "x", "e": None}


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("$", RECORD),
        ("$.d", "x"),
        ("$['d']", "x"),
        ("$.a.b-c[0]", 1),
        ("$.a['b-c'][-1]", 4),
        ("$.a.b-c[0, -1]", [1, 4]),
        ("$.a.b-c[1:]", [2, 3, 4]),
        ("$.a.b-c[::2]", [1, 3]),
        ("$['d','e']", {"d": "x", "e": None}),
    ],
)
def test_a_path_picks_a_part(path: str, part: Any) -> None:
    assert JsonPath(path).pick(RECORD) == part


@pytest.mark.parametrize("path", ["", "d", "$..d", "$[?(@.d)]", "$.a[", "$[*]"])
def test_a_path_of_another_kind_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="\\$"):
        JsonPath(path)


@pytest.mark.parametrize("path", ["$.z", "$.d.x", "$.a[0]", "$.a.b-c[9]", "$.a.b-c['x']"])
def test_a_part_that_is_not_there_is_told(path: str) -> None:
    with pytest.raises(NoSuchPartError, match="A record has no"):
        JsonPath(path).pick(RECORD)


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for one in content:
        yield one


@pytest.mark.anyio
async def test_lines_are_put_together_as_long_as_they_may_be() -> None:
    def payloads(most_records: int | None) -> AsyncIterator[list[bytes]]:
        return lines(pieces(b"one\ntw", b"o\r\n\nthree"), most_bytes=8, most_records=most_records)

    assert [one async for one in payloads(None)] == [[b"one", b"two"], [b"three"]]
    assert [one async for one in payloads(1)] == [[b"one"], [b"two"], [b"three"]]


@pytest.mark.anyio
async def test_what_is_longer_than_a_payload_is_told() -> None:
    with pytest.raises(RecordError, match="A line is longer"):
        [one async for one in lines(pieces(b"x" * 9), most_bytes=8, most_records=None)]
    with pytest.raises(RecordError, match="A file is longer"):
        [one async for one in whole(pieces(b"x" * 5, b"x" * 4), most_bytes=8)]
    assert [one async for one in whole(pieces(b"x\n", b"y"), most_bytes=8)] == [[b"x\ny"]]
