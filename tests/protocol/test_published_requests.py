"""botocore's request cases: what it would send, we must read."""

import asyncio
from typing import Any

import pytest
from botocore.model import ServiceModel

from outcrop.aws.http import Body, HttpRequest
from outcrop.protocol.choose import wire_protocol
from tests.protocol.botocore_cases import Case, input_cases
from tests.protocol.case_values import as_case, bytes_of

NO_BODY = "the case shows the header Content-Encoding alone and leaves the packed body out"
CLIENT_FILLS = "the client makes up an idempotency token that its caller left out"
LOST = "an empty list or map leaves no trace in this request, nor does `None`"
EMPTY_OBJECT = "botocore sends `{}` for a payload left out; a server sees an empty structure"

NOT_FOR_A_SERVER = {
    **dict.fromkeys(
        (
            "input/ec2:Ec2ProtocolIdempotencyTokenAutoFill",
            "input/query:QueryProtocolIdempotencyTokenAutoFill",
            "input/rest-json:RestJsonQueryIdempotencyTokenAutoFill",
            "input/rest-xml:QueryIdempotencyTokenAutoFill",
            "legacy/input/ec2:8.1",
            "legacy/input/json:6.1",
            "legacy/input/query:12.1",
            "legacy/input/rest-json:19.1",
            "legacy/input/rest-xml:23.1",
        ),
        CLIENT_FILLS,
    ),
    **dict.fromkeys(
        (
            "input/ec2:Ec2EmptyQueryLists",
            "input/query:QueryEmptyQueryMaps",
            "input/rest-json:RestJsonOmitsEmptyListQueryValues",
            "legacy/input/rest-json:26.1",
            "legacy/input/rest-xml:26.1",
        ),
        LOST,
    ),
    **dict.fromkeys(
        (
            "input/rest-json:RestJsonHttpWithEmptyStructurePayload",
            "input/rest-json:RestJsonHttpWithHeadersButNoPayload",
            "legacy/input/rest-json:13.1",
            "legacy/input/rest-json:25.2",
            "legacy/input/rest-json:25.4",
        ),
        EMPTY_OBJECT,
    ),
    "input/rest-json:MediaTypeHeaderInputBase64": "botocore decodes JSON in such headers",
    "input/rest-json:RestJsonHttpChecksumRequired": "its MD5 is of another body",
    "input/rest-xml:BodyWithXmlName": "the model gives a member the name of its shape's root",
    "legacy/input/rest-json:25.7": "the content type that botocore adds is a member of the input",
    "input/rest-json:RestJsonQueryPrecedence": "the loser of the two values is never sent",
    "input/rest-xml:RestXmlQueryPrecedence": "the loser of the two values is never sent",
}


def is_skipped(case: Case) -> str:
    """Return why a case says nothing to a server, empty if it does."""
    if "SDKApp" in case.id:
        return NO_BODY
    return NOT_FOR_A_SERVER.get(case.id, "")


def of_client(case: Case, parsed: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters as a client has them, without what only servers see.

    A map of query parameters holds on the server also those that members of their own hold.
    """
    shape = case.operation.input_shape
    members = shape.members if shape is not None else {}
    bound = {
        member.serialization.get("name", name)
        for name, member in members.items()
        if member.serialization.get("location") == "querystring" and member.type_name != "map"
    }
    expected = case.raw["params"]
    for name, member in members.items():
        if member.serialization.get("location") == "querystring" and member.type_name == "map":
            sent = parsed.get(name, {})
            known = expected.get(name, {})
            left = {key: it for key, it in sent.items() if key in known or key not in bound}
            parsed = {key: it for key, it in parsed.items() if key != name}
            if left:
                parsed[name] = left
    return parsed


def without_nulls(value: Any) -> Any:
    """Return parameters without those that are `None`, which are not sent."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def request_of(case: Case) -> HttpRequest:
    """Return the request of a case as a server receives it."""
    sent = case.raw["serialized"]
    path, _, query = sent["uri"].partition("?")
    content = bytes_of(case.protocol, sent.get("body", ""))
    return HttpRequest(
        method=sent.get("method", "POST"),
        raw_path=path,
        query_string=query,
        headers={name.lower(): value for name, value in sent.get("headers", {}).items()},
        body=Body.of(content),
    )


async def read(service_model: ServiceModel, operation_name: str, request: HttpRequest) -> Any:
    wire = wire_protocol(service_model, request)
    parsed = await wire.parse(operation_name, request, body_limit=1 << 20)
    shape = service_model.operation_model(operation_name).input_shape
    return await as_case(shape, parsed) if shape is not None else parsed


@pytest.mark.parametrize("case", input_cases(), ids=lambda case: case.id)
def test_a_published_request_gives_its_parameters(case: Case) -> None:
    if reason := is_skipped(case):
        pytest.skip(reason)

    parsed = asyncio.run(read(case.service_model, case.operation.name, request_of(case)))

    assert of_client(case, parsed) == without_nulls(case.raw["params"])
