"""Members in paths, queries and headers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.model import ServiceModel

from outcrop.aws.errors import SerializationError
from outcrop.aws.http import Body, HttpRequest
from outcrop.protocol.http_bindings import RequestBindings, ResponseBindings, split_list
from outcrop.protocol.service_models import prepared

MOMENT = datetime(2026, 11, 22, 10, 13, 31, tzinfo=UTC)
MEMBERS: dict[str, Any] = {
    "Name": {"shape": "String", "location": "uri", "locationName": "name"},
    "Key": {"shape": "String", "location": "uri", "locationName": "key"},
    "Limit": {"shape": "Integer", "location": "querystring", "locationName": "limit"},
    "Ids": {"shape": "Strings", "location": "querystring", "locationName": "id"},
    "Since": {"shape": "Timestamp", "location": "header", "locationName": "X-Since"},
    "Dates": {"shape": "Timestamps", "location": "header", "locationName": "X-Dates"},
    "Labels": {"shape": "Strings", "location": "header", "locationName": "X-Labels"},
    "Policy": {
        "shape": "String",
        "location": "header",
        "locationName": "X-Policy",
        "jsonvalue": True,
    },
    "Metadata": {"shape": "Map", "location": "headers", "locationName": "x-meta-"},
    "Status": {"shape": "Integer", "location": "statusCode"},
}
SHAPES: dict[str, Any] = {
    "Both": {"type": "structure", "members": MEMBERS},
    "String": {"type": "string"},
    "Integer": {"type": "integer"},
    "Timestamp": {"type": "timestamp"},
    "Strings": {"type": "list", "member": {"shape": "String"}},
    "Timestamps": {"type": "list", "member": {"shape": "Timestamp"}},
    "Map": {"type": "map", "key": {"shape": "String"}, "value": {"shape": "String"}},
}
OPERATION: dict[str, Any] = {
    "name": "Op",
    "http": {"method": "GET", "requestUri": "/things/{name}/of/{key+}/end?fixed"},
    "input": {"shape": "Both"},
    "output": {"shape": "Both"},
}
MODEL = ServiceModel(prepared({"metadata": {}, "operations": {"Op": OPERATION}, "shapes": SHAPES}))
READ = RequestBindings(MODEL.operation_model("Op"))
output = MODEL.operation_model("Op").output_shape
assert output is not None
WRITE = ResponseBindings(output)


def read(path: str, query: str = "", **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = HttpRequest(
        method="GET", raw_path=path, query_string=query, headers=named, body=Body.of(b"")
    )
    return READ.read(request)


def test_every_place_is_read() -> None:
    assert read(
        "/things/a%2Fb+c/of/x//y%20z/end",
        "limit=5&fixed&id=1&id=a%2Bb+c",
        x_since="Sun, 22 Nov 2026 10:13:31 GMT",
        x_dates="Sun, 22 Nov 2026 10:13:31 GMT, Sun, 22 Nov 2026 10:13:31 GMT",
        x_labels='a, "b, \\"c\\"" ,d',
        x_policy="eyJhIjpbMV19",
        x_meta_colour="red",
        other="ignored",
    ) == {
        "Name": "a/b+c",
        "Key": "x//y z",
        "Limit": 5,
        "Ids": ["1", "a+b c"],
        "Since": MOMENT,
        "Dates": [MOMENT, MOMENT],
        "Labels": ["a", 'b, "c"', "d"],
        "Policy": {"a": [1]},
        "Metadata": {"colour": "red"},
    }


def test_what_is_not_sent_is_left_out() -> None:
    assert read("/things//of//end", "other=1") == {"Name": "", "Key": "", "Metadata": {}}


def test_a_list_of_dates_may_be_of_another_form() -> None:
    parsed = read("/things/a/of/b/end", x_dates="2026-11-22T10:13:31Z,1795342411")

    assert parsed["Dates"] == [MOMENT, MOMENT]


@pytest.mark.parametrize(
    ("path", "query", "headers"),
    [
        ("/things/%ff/of/b/end", "", {}),
        ("/things/a/of/b/end", "limit=five", {}),
        ("/things/a/of/b/end", "id=%ff", {}),
        ("/things/a/of/b/end", "&".join("id=1" for _ in range(100_001)), {}),
        ("/things/a/of/b/end", "", {"x_since": "soon"}),
        ("/things/a/of/b/end", "", {"x_policy": "no base64"}),
        ("/things/a/of/b/end", "", {"x_policy": "e30="[:-1]}),
        ("/things/a/of/b/end", "", {"x_policy": "YQ=="}),
    ],
)
def test_what_does_not_decode_is_the_clients_error(
    path: str, query: str, headers: dict[str, str]
) -> None:
    with pytest.raises(SerializationError):
        read(path, query, **headers)


def test_headers_are_written_as_they_are_read() -> None:
    members = {
        "Since": MOMENT,
        "Dates": [MOMENT, MOMENT],
        "Labels": ["a", 'b, "c"', "d"],
        "Policy": {"a": [1]},
        "Metadata": {"colour": "red"},
        "Status": 202,
        "Name": "not a header",
    }

    headers = WRITE.headers(members)

    named = {name.lower().replace("-", "_"): value for name, value in headers.items()}
    assert read("/things/a/of/b/end", **named) == {
        "Name": "a",
        "Key": "b",
        **{name: members[name] for name in ("Since", "Dates", "Labels", "Policy", "Metadata")},
    }
    assert WRITE.status(members, 200) == 202
    assert WRITE.status({}, 200) == 200


def test_no_value_can_break_out_of_its_header() -> None:
    headers = WRITE.headers(
        {"Labels": ["a\r\nset-cookie: b"], "Metadata": {"k\n": "v\r\n\r\nbody\x00"}}
    )

    assert headers == {"x-labels": "a set-cookie: b", "x-meta-k ": "v body "}


def test_empty_lists_and_absent_values_are_not_sent() -> None:
    assert WRITE.headers({"Labels": [], "Dates": None, "Metadata": None}) == {}


@pytest.mark.parametrize(
    ("header", "items"),
    [
        ("", []),
        ("a", ["a"]),
        ("a,b", ["a", "b"]),
        (" a , b ", ["a", "b"]),
        ("a,,b", ["a", "", "b"]),
        ('"a,b",c', ["a,b", "c"]),
        ('"a', ['"a']),
        ('a "b" c', ['a "b" c']),
        (",", ["", ""]),
    ],
)
def test_a_header_list_is_split_at_the_commas_outside_quotes(header: str, items: list[str]) -> None:
    assert split_list(header) == items
