"""Values of the wrong type, in the words of AWS's own parsers."""

import json
from datetime import UTC, datetime
from typing import Any

import cbor2
import pytest
from botocore.model import ServiceModel

from outcrop.aws.errors import SerializationError, ServiceError
from outcrop.protocol import cbor_values, json_values
from outcrop.protocol.timestamps import to_iso8601
from outcrop.protocol.xml_reading import XmlReading, parse_xml
from outcrop.protocol.xml_writing import XmlWriting

MEMBERS = {
    "text": "string",
    "flag": "boolean",
    "small": "integer",
    "large": "long",
    "real": "double",
    "moment": "timestamp",
    "blob": "blob",
}
SHAPES: dict[str, Any] = {
    "Input": {
        "type": "structure",
        "members": {
            **{name: {"shape": name} for name in MEMBERS},
            "list": {"shape": "List"},
            "map": {"shape": "Map"},
            "nested": {"shape": "Input"},
            "choice": {"shape": "Choice"},
            "flat": {"shape": "Map", "flattened": True},
            "deep": {"shape": "Deep"},
        },
    },
    **{name: {"type": type_name} for name, type_name in MEMBERS.items()},
    "List": {"type": "list", "member": {"shape": "text"}},
    "Map": {"type": "map", "key": {"shape": "text"}, "value": {"shape": "small"}},
    "Deep": {"type": "list", "member": {"shape": "blob"}},
    "Choice": {
        "type": "structure",
        "union": True,
        "members": {"a": {"shape": "text"}, "b": {"shape": "small"}},
    },
}
SHAPE = ServiceModel({"metadata": {}, "operations": {}, "shapes": SHAPES}).shape_for("Input")
FROM_JSON = json_values.JsonValues().decoder(SHAPE)
FROM_CBOR = cbor_values.CborValues().decoder(SHAPE)
FROM_XML = XmlReading().decoder(SHAPE)


def read_json(value: Any) -> Any:
    return FROM_JSON(json_values.loads(json.dumps(value).encode()))


def read_cbor(value: Any) -> Any:
    return FROM_CBOR(cbor_values.loads(cbor2.dumps(value)))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([], "Start of list found where not expected"),
        (5, "NUMBER_VALUE can not be converted to a Structure"),
        ({"text": 5}, "NUMBER_VALUE can not be converted to a String"),
        ({"text": 5.5}, "DECIMAL_VALUE can not be converted to a String"),
        ({"text": True}, "TRUE_VALUE can not be converted to a String"),
        ({"text": {}}, "Start of structure or map found where not expected"),
        ({"text": []}, "Start of list found where not expected"),
        ({"flag": "true"}, "STRING_VALUE can not be converted to a Boolean"),
        ({"small": "5"}, "STRING_VALUE can not be converted to an Integer"),
        ({"small": False}, "FALSE_VALUE can not be converted to an Integer"),
        ({"small": 1.5}, "DECIMAL_VALUE can not be converted to an Integer"),
        ({"small": 1 << 31}, "NUMBER_VALUE can not be converted to an Integer"),
        ({"large": 1 << 63}, "NUMBER_VALUE can not be converted to a Long"),
        ({"real": "1.5"}, "STRING_VALUE can not be converted to a Float"),
        ({"real": 10**400}, "NUMBER_VALUE can not be converted to a Float"),
        ({"moment": True}, "TRUE_VALUE can not be converted to milliseconds since epoch"),
        (
            {"moment": "soon"},
            "class java.lang.String can not be converted to milliseconds since epoch",
        ),
        (
            {"moment": 1e300},
            "class java.lang.String can not be converted to milliseconds since epoch",
        ),
        ({"blob": "a"}, "Invalid base64 in a blob"),
        ({"list": {}}, "Start of structure or map found where not expected"),
        ({"list": "a"}, "STRING_VALUE can not be converted to a List"),
        ({"map": "a"}, "STRING_VALUE can not be converted to a Map"),
        ({"nested": {"nested": 5}}, "NUMBER_VALUE can not be converted to a Structure"),
        ({"choice": {}}, "Union Choice must have exactly one member set"),
        ({"choice": {"a": "x", "b": 1}}, "Union Choice must have exactly one member set"),
    ],
)
def test_json_of_the_wrong_type_is_refused(value: Any, told: str) -> None:
    with pytest.raises(SerializationError) as caught:
        read_json(value)

    assert caught.value.message == told


def test_json_is_read_as_leniently_as_aws_reads_it() -> None:
    assert read_json(
        {
            "text": "x",
            "small": 5.0,
            "real": 1,
            "moment": "2026-11-22T10:13:31Z",
            "unknown": {"anything": 1},
            "flag": None,
            "list": ["a", None],
            "map": {"a": None},
            "choice": {"a": None, "b": 1},
        }
    ) == {
        "text": "x",
        "small": 5,
        "real": 1.0,
        "moment": datetime(2026, 11, 22, 10, 13, 31, tzinfo=UTC),
        "list": ["a", None],
        "map": {"a": None},
        "choice": {"b": 1},
    }


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff", b'{"text": NaN}', b'{"text": "\\ud800"}', b"1" * 5000, b"[" * 100_000],
)
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(SerializationError):
        json_values.loads(content)


def test_a_surrogate_pair_is_one_character() -> None:
    assert json_values.loads(b'"\\ud83d\\ude00"') == "\U0001f600"


def test_numbers_that_json_lacks_are_written_by_name() -> None:
    encode = json_values.JsonValues().encoder(SHAPE)

    assert [
        json_values.dumps(encode({"real": number}))
        for number in (float("nan"), float("inf"), float("-inf"))
    ] == [b'{"real":"NaN"}', b'{"real":"Infinity"}', b'{"real":"-Infinity"}']
    assert str(read_json({"real": "NaN"})) == "{'real': nan}"


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"text": 5},
        {"flag": 1},
        {"small": 1 << 31},
        {"real": "1"},
        {"real": 10**400},
        {"moment": "soon"},
        {"moment": float("nan")},
        {"moment": 1e300},
        {"blob": "text"},
        {"list": {}},
        {"map": {1: 1}},
        {"choice": {}},
    ],
)
def test_cbor_of_the_wrong_type_is_refused(value: Any) -> None:
    with pytest.raises(SerializationError):
        read_cbor(value)


def test_cbor_is_read_into_the_same_values() -> None:
    moment = datetime(2026, 11, 22, 10, 13, 31, tzinfo=UTC)

    read = read_cbor(
        {"moment": moment, "real": 1, "blob": b"x", "text": None, "deep": [cbor2.undefined, b""]}
    )

    assert read == {"moment": moment, "real": 1.0, "blob": b"x", "deep": [None, b""]}
    assert read_cbor({"moment": moment.timestamp()}) == {"moment": moment}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x82\x01",  # two items promised, one there
        b"\xd8\x1c\x81\xd8\x1d\x00",  # a list that holds itself
        b"\x81" * 500,  # nested deeper than any shape
        b"\xc1\x7f",  # half a moment
    ],
)
def test_what_is_no_cbor_is_refused(content: bytes) -> None:
    with pytest.raises(SerializationError):
        cbor_values.loads(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<a>",
        b"<a/><b/>",
        b"\xff",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<a>&unknown;</a>",
        b"<Input><small>five</small></Input>",
        b"<Input><flag>maybe</flag></Input>",
        b"<Input><moment>soon</moment></Input>",
        b"<Input><real>1.5.5</real></Input>",
        b"<Input><map><entry><key>a</key></entry></map></Input>",
        b"<Input><flat><value>1</value></flat></Input>",
    ],
)
def test_xml_that_does_not_fit_is_told_as_s3_tells_it(content: bytes) -> None:
    with pytest.raises(ServiceError) as caught:
        FROM_XML(parse_xml(content))

    assert (caught.value.code, caught.value.message) == (
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )


def test_xml_is_read_whatever_its_namespaces() -> None:
    document = (
        b'<?xml version="1.0" encoding="ISO-8859-1"?>'
        b'<Input xmlns="urn:x" xmlns:y="urn:y"><!-- no comment -->'
        b"<y:text> a<![CDATA[<b>]]> </y:text><odd/><small> 5 </small>"
        b"<list><member>x</member></list>"
        b"<flat><key>a</key><value>1</value></flat><flat><key>b</key><value>2</value></flat>"
        b"</Input>"
    )

    assert FROM_XML(parse_xml(document)) == {
        "text": " a<b> ",
        "small": 5,
        "list": ["x"],
        "flat": {"a": 1, "b": 2},
    }


def test_xml_is_written_without_what_is_none() -> None:
    out: list[str] = []
    value = {"list": ["a", None], "map": {"k": None, "l": 1}, "text": None, "real": 2.0}

    XmlWriting(to_iso8601).element(SHAPE, "Input")(value, out)

    assert "".join(out) == (
        "<Input><real>2</real><list><member>a</member></list>"
        "<map><entry><key>k</key></entry><entry><key>l</key><value>1</value></entry></map></Input>"
    )
