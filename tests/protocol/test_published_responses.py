"""botocore's response cases: what a handler returns, botocore must read back from our bytes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.eventstream import EventStream
from botocore.parsers import create_parser

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import Body, HttpRequest, HttpResponse
from outcrop.protocol.choose import wire_protocol
from tests.protocol.botocore_cases import Case, output_cases
from tests.protocol.case_values import from_case, in_words

LIST_NAMES = (
    "a flattened list whose members have a name of their own is called by that name, as botocore"
    " reads it and SimpleDB sends it; the case has two such lists in one structure"
)
NO_UNION = "an answer without its union; botocore itself refuses what the case has"
UNKNOWN = "what a client shows for a union member that its model lacks"
STATUS = "the case answers 400 though its model says 402"

NOT_FOR_A_SERVER = {
    "output/ec2:Ec2XmlLists": LIST_NAMES,
    "output/query:QueryXmlLists": LIST_NAMES,
    "output/rest-xml:XmlLists": LIST_NAMES,
    "output/json_1_0-query-compatible:QueryCompatibleAwsJson10CustomCodeError": STATUS,
    "output/smithy-rpc-v2-cbor-query-compatible:QueryCompatibleRpcV2CborCustomCodeError": STATUS,
    "output/rest-json:RestJsonHttpPayloadWithUnsetUnion": NO_UNION,
    "output/rest-xml:RestXmlHttpPayloadWithUnsetUnion": NO_UNION,
    "legacy/output/rest-json:17.2": UNKNOWN,
    "legacy/output/rest-xml:16.2": UNKNOWN,
    "legacy/output/rest-json:9.0": "the case tells capitals of header names apart",
}

NOT_READABLE_BY_BOTOCORE = frozenset(
    {
        "output/rest-json:RestJsonHttpPayloadTraitsWithNoBlobBody",
        "output/rest-xml:HttpPayloadTraitsWithNoBlobBody",
        "output/rest-json:RestJsonInputAndOutputWithQuotedStringHeaders",
        "output/rest-json:RestJsonInputAndOutputWithTimestampHeaders",
        "output/rest-xml:InputAndOutputWithTimestampHeaders",
    }
)
"""Right on the wire, but botocore's parser splits such header lists at every comma, and gives an
empty blob where there is none; the headers are compared all the same."""


def response_to(case: Case) -> HttpResponse:
    """Return our response for the result or the error of a case."""
    request = HttpRequest(method="POST", raw_path="/", body=Body.of(b""))
    wire = wire_protocol(case.service_model, request)
    name = case.operation.name
    if "error" in case.raw:
        return wire.serialize_error(name, error_of(case), request_id="an-id")
    shape = case.operation.output_shape
    result = from_case(shape, case.raw["result"]) if shape is not None else None
    return wire.serialize(name, result, request_id="an-id")


def error_of(case: Case) -> ServiceError:
    """Return the error of a case as a handler raises it."""
    code = case.raw["errorCode"]
    shape = case.service_model.shape_for_error_code(code)
    error_class = type("Raised", (ServiceError,), {"code": shape.name if shape else code})
    members = dict(case.raw["error"])
    told = [members.pop(name, None) for name in ("message", "Message")]
    message = case.raw.get("errorMessage") or told[0] or told[1] or ""
    return error_class(message, **(from_case(shape, members) if shape else members))


async def whole(response: HttpResponse) -> bytes:
    """Return the bytes of a response."""
    if isinstance(response.body, AsyncIterator):
        return b"".join([chunk async for chunk in response.body])
    assert isinstance(response.body, bytes)
    return response.body


def as_read_by_botocore(case: Case, answer: HttpResponse, content: bytes) -> Any:
    """Return what botocore makes of a response, its metadata left out."""
    headers = {name: value for name, value in answer.headers.items() if name not in OUR_HEADERS}
    response: dict[str, Any] = {
        "status_code": answer.status,
        "headers": HeadersDict(headers),
        "body": content,
        "context": {"operation_name": case.operation.name},
    }
    shape = case.operation.output_shape
    if shape is not None and shape.event_stream_name:
        response["body"] = Streamed(content)
    elif shape is not None and case.protocol == "query" and shape.members:
        shape.serialization.setdefault("resultWrapper", f"{case.operation.name}Result")
    parser: Any = create_parser(case.protocol)
    parsed = parser.parse(response, shape)
    if "Error" in parsed:
        error = parsed.pop("Error")
        parsed |= {"Code": error["Code"], "Told": error.get("Message") or ""}
        error_shape = case.service_model.shape_for_error_code(error["Code"])
        if error_shape is not None:
            parsed |= parser.parse(response, error_shape)
    parsed.pop("ResponseMetadata", None)
    return comparable(parsed)


def expected(case: Case) -> dict[str, Any]:
    """Return what botocore's test expects."""
    if "error" not in case.raw:
        return case.raw["result"]
    error = {"Code": case.raw["errorCode"], "Told": case.raw.get("errorMessage", "")}
    return error | case.raw["error"]


OUR_HEADERS = ("content-type", "x-amzn-requestid")
"""Sent with every answer; two cases bind all headers to a map."""


class Streamed:
    """A body as botocore's event streams want it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        """Give all at once."""
        yield self._content


def comparable(value: Any) -> Any:
    """Return a value that equals another when both mean the same."""
    match value:
        case dict():
            return {key: comparable(item) for key, item in value.items()}
        case list() | EventStream():
            return [comparable(item) for item in value]
        case datetime():
            return value.timestamp()
        case bytes():
            return value.decode()
        case _:
            return in_words(value)


@pytest.mark.parametrize("case", output_cases(), ids=lambda case: case.id)
def test_botocore_reads_our_response_as_the_published_one(case: Case) -> None:
    if case.id in NOT_FOR_A_SERVER:
        pytest.skip(NOT_FOR_A_SERVER[case.id])

    response = response_to(case)

    published = published_headers(case)
    assert {name: response.headers.get(name) for name in published} == published
    assert response.status == case.raw["response"]["status_code"]
    if case.id not in NOT_READABLE_BY_BOTOCORE:
        content = asyncio.run(whole(response))
        assert as_read_by_botocore(case, response, content) == expected(case)


def published_headers(case: Case) -> dict[str, str]:
    """Return the headers of a case that a member of its output or error stands in.

    The older cases are about the leniency of clients: they hold headers of no member, and spaces.
    """
    if case.id.startswith("legacy/"):
        return {}
    shapes = [case.operation.output_shape, *case.service_model.error_shapes]
    bound = {
        member.serialization.get("name", name).lower()
        for shape in shapes
        if shape is not None
        for name, member in shape.members.items()
        if member.serialization.get("location") == "header"
        and not member.serialization.get("jsonvalue")
    }
    headers = case.raw["response"].get("headers", {})
    return {name.lower(): value for name, value in headers.items() if name.lower() in bound}
