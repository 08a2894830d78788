"""Documents as text and back."""

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcrop.storage.records.documents import decode, encode, pack

moments = st.datetimes(
    timezones=st.timedeltas(min_value=timedelta(hours=-23), max_value=timedelta(hours=23)).map(
        timezone
    )
)
names = st.text() | st.sampled_from(["$", "$$", "$datetime", "$bytes", "$$bytes"])
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | names
    | st.binary()
    | moments
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4)
)
documents = st.dictionaries(names, values, max_size=5)


@given(documents)
def test_documents_survive_the_round_trip(document: dict[str, Any]):
    assert decode(encode(document)) == document


@given(documents)
def test_encoded_documents_are_utf8(document: dict[str, Any]):
    encode(document).encode()


@given(documents, st.text() | st.sampled_from(["body", "été"]), st.binary())
def test_packed_documents_survive_the_round_trip(
    document: dict[str, Any], name: str, content: bytes
):
    document.pop(name, None)
    document[name] = content
    assert list(decode(pack(document)).items()) == list(document.items())


@pytest.mark.parametrize(
    ("document", "packed"),
    [
        ({"a": 1}, '{"a":1}'),
        ({"body": b"\0="}, b"body=\0="),
        ({"a": "\0=", "body": b"{\0="}, b'{"a":"\\u0000="}\0body={\0='),
        ({"body": b"", "a": 1}, '{"body":{"$bytes":""},"a":1}'),
    ],
)
def test_bytes_at_the_end_are_packed_as_they_are(document: dict[str, Any], packed: str | bytes):
    assert pack(document) == packed
    assert decode(packed) == document


def test_types_survive_too():
    document = {
        "moment": datetime(2026, 11, 1, 12, 30, 15, 250_001, tzinfo=UTC),
        "bytes": b"\x00\xff",
        "float": 1.0,
        "integer": 1,
        "smallest": 5e-324,
        "infinity": -math.inf,
    }

    decoded = decode(encode(document))

    assert decoded == document
    assert [type(value) for value in decoded.values()] == [
        type(value) for value in document.values()
    ]
    assert math.isnan(decode(encode({"n": math.nan}))["n"])
    assert math.copysign(1, decode(encode({"n": -0.0}))["n"]) == -1


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"a": [1, "é"]}, '{"a":[1,"é"]}'),
        ({"a": b"hi"}, '{"a":{"$bytes":"aGk="}}'),
        (
            {"a": datetime(2026, 11, 1, tzinfo=UTC)},
            '{"a":{"$datetime":"2026-11-01T00:00:00+00:00"}}',
        ),
        ({"a": {"$bytes": "aGk="}}, '{"a":{"$$bytes":"aGk="}}'),
        ({"price": "$5"}, '{"price":"$5"}'),
        ({"a": "\ud800é"}, '{"a": "\\ud800\\u00e9"}'),
    ],
)
def test_the_text_is_plain_json(document: dict[str, Any], text: str):
    assert encode(document) == text
    assert decode(text) == document


def test_a_naive_datetime_is_refused():
    with pytest.raises(ValueError, match="a naive datetime in a document"):
        encode({"at": datetime(2026, 11, 1)})  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize("value", [object(), {1, 2}, 1j])
def test_what_json_cannot_hold_is_refused(value: object):
    with pytest.raises(TypeError, match=f"documents cannot hold a {type(value).__name__}"):
        encode({"value": value})
