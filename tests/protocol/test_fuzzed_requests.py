"""Whatever a client sends, it gets parameters or an error of its own; never a fault of ours."""

import asyncio
import json
from collections.abc import AsyncIterable
from dataclasses import replace
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcrop.aws.errors import SerializationError, ServiceError, ValidationError
from outcrop.aws.http import Body, HttpRequest
from outcrop.protocol.validation import prepare
from tests.protocol.as_client import BODY_LIMIT, Conversation

OPERATIONS = [
    ("bedrock-runtime", "Converse", ""),
    ("bedrock-runtime", "InvokeModelWithBidirectionalStream", ""),
    ("bedrock-agent", "CreateFlow", ""),
    ("sagemaker", "CreateTrainingJob", ""),
    ("logs", "PutLogEvents", ""),
    ("cloudwatch", "PutMetricData", "smithy-rpc-v2-cbor"),
    ("cloudwatch", "PutMetricData", "json"),
    ("cloudwatch", "PutMetricData", "query"),
    ("sts", "AssumeRole", ""),
    ("ec2", "RunInstances", ""),
    ("s3", "PutObject", ""),
    ("s3", "DeleteObjects", ""),
    ("s3", "ListObjectsV2", ""),
    ("s3", "PutBucketLifecycleConfiguration", ""),
]

CONTENT_TYPES = {
    "smithy-rpc-v2-cbor": {"smithy-protocol": "rpc-v2-cbor"},
    "json": {"x-amz-target": "X.Y"},
}

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=20)
)


def names(conversation: Conversation) -> list[str]:
    """Return the names of the members of an input and of what they hold."""
    found: list[str] = []
    waiting: list[Any] = [conversation.operation.input_shape]
    seen: set[str] = set()
    while waiting and len(found) < 100:
        shape = waiting.pop(0)
        if shape.name in seen:
            continue
        seen.add(shape.name)
        for name, member in getattr(shape, "members", {}).items():
            found.append(member.serialization.get("name", name))
            waiting.append(member)
        waiting += [it for it in (getattr(shape, "member", None),) if it is not None]
    return found


def values(keys: list[str]) -> st.SearchStrategy[Any]:
    """Return plain values with the names of an input in all the wrong places."""
    key = st.sampled_from(keys) | st.text(max_size=5)
    return st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(key, inner, max_size=5)
    )


def as_json(value: Any) -> bytes:
    return json.dumps(value, default=lambda it: it.decode("latin-1")).encode()


def as_form(value: Any) -> bytes:
    """Return a value as form parameters, however badly it fits."""
    lines: list[str] = []

    def add(prefix: str, it: Any) -> None:
        if isinstance(it, dict):
            for key, inner in it.items():
                add(f"{prefix}.{key}" if prefix else str(key), inner)
        elif isinstance(it, list):
            for number, inner in enumerate(it, 1):
                add(f"{prefix}.member.{number}", inner)
        else:
            lines.append(f"{prefix}={it}")

    add("", value)
    return "&".join(lines).encode("utf-8", "replace")


def as_xml(value: Any) -> bytes:
    """Return a value as elements, however badly it fits."""

    def element(it: Any) -> str:
        if isinstance(it, dict):
            return "".join(f"<{key}>{element(inner)}</{key}>" for key, inner in it.items())
        if isinstance(it, list):
            return "".join(f"<member>{element(inner)}</member>" for inner in it)
        return str(it)

    return f"<Root>{element(value)}</Root>".encode("utf-8", "replace")


WRITERS = {
    "json": as_json,
    "rest-json": as_json,
    "rest-xml": as_xml,
    "query": as_form,
    "ec2": as_form,
    "smithy-rpc-v2-cbor": cbor2.dumps,
}


def request(conversation: Conversation, content: bytes, **parts: Any) -> HttpRequest:
    """Return a request to an operation with any content."""
    path = str(conversation.operation.http.get("requestUri", "/")).partition("?")[0]
    headers = CONTENT_TYPES.get(conversation.protocol, {}) | parts.pop("headers", {})
    return HttpRequest(
        method="POST", raw_path=path, headers=headers, body=Body.of(content), **parts
    )


async def parse_and_validate(conversation: Conversation, sent: HttpRequest) -> None:
    """Read a request to its last byte."""
    wire = conversation.wire(sent)
    status = 200
    try:
        parsed = await wire.parse(conversation.operation.name, sent, body_limit=BODY_LIMIT)
        for value in parsed.values():
            if isinstance(value, AsyncIterable):
                async for _ in value:
                    pass
        prepare(conversation.operation.input_shape)(parsed)
    except ServiceError as error:
        status = wire.serialize_error(None, error, request_id="an-id").status
    assert status < 500


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_bytes_of_any_kind_are_read_or_refused(
    operation: tuple[str, str, str], data: st.DataObject
) -> None:
    conversation = Conversation(*operation)
    content = data.draw(st.binary() | st.text().map(lambda it: it.encode("utf-8", "replace")))

    asyncio.run(parse_and_validate(conversation, request(conversation, content)))


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_values_in_wrong_places_are_refused(
    operation: tuple[str, str, str], data: st.DataObject
) -> None:
    conversation = Conversation(*operation)
    value = data.draw(values(names(conversation)))

    content = WRITERS[conversation.protocol](value)
    asyncio.run(parse_and_validate(conversation, request(conversation, content)))


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_paths_queries_and_headers_of_any_kind_are_read_or_refused(
    operation: tuple[str, str, str], data: st.DataObject
) -> None:
    conversation = Conversation(*operation)
    known = st.sampled_from(
        [
            "content-encoding",
            "content-length",
            "content-md5",
            "x-amz-content-sha256",
            "x-amz-decoded-content-length",
            "x-amz-checksum-crc32",
            "x-amz-meta-a",
            "expires",
            "x-amz-object-lock-retain-until-date",
        ]
    )
    latin = st.text(st.characters(max_codepoint=255))
    sent = request(
        conversation,
        b"5\r\nhello\r\n0\r\n\r\n",
        query_string=data.draw(latin),
        headers=data.draw(st.dictionaries(known, latin | st.just("aws-chunked") | st.just("gzip"))),
    )

    path = "/" + data.draw(latin)
    asyncio.run(parse_and_validate(conversation, replace(sent, raw_path=path)))


NESTED = {
    "json": b'{"messages":' + b"[" * 100_000,
    "cbor": b"\x81" * 100_000,
    "form": b"a" + b".b" * 100_000 + b"=1",
    "xml": b"<a>" * 100_000,
    "closed json": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "closed xml": b"<a>" * 50_000 + b"</a>" * 50_000,
    "entities": b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
    "a long number": b'{"a":' + b"1" * 100_000 + b"}",
    "half a surrogate pair": b'{"modelId":"\\ud800"}',
}


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
@pytest.mark.parametrize("kind", NESTED)
def test_bombs_do_not_go_off(operation: tuple[str, str, str], kind: str) -> None:
    conversation = Conversation(*operation)

    asyncio.run(parse_and_validate(conversation, request(conversation, NESTED[kind])))


def nested_tool(levels: int) -> dict[str, Any]:
    """Return an input of Converse with a document in it, nested as deep as wished."""
    document: Any = 1
    for _ in range(levels):
        document = [document]
    return {"toolConfig": {"tools": [{"toolSpec": {"inputSchema": {"json": document}}}]}}


def test_a_document_nested_beyond_reason_is_refused() -> None:
    converse = Conversation("bedrock-runtime", "Converse")

    converse.parsed(request(converse, as_json(nested_tool(100))))
    with pytest.raises(SerializationError):
        converse.parsed(request(converse, as_json(nested_tool(200))))


def test_a_recursive_shape_nested_beyond_the_stack_is_refused() -> None:
    search = Conversation("bedrock-agent-runtime", "Retrieve")
    condition: Any = {"equals": {"key": "k", "value": "v"}}
    for _ in range(450):
        condition = {"andAll": [condition, {"equals": {"key": "k", "value": "v"}}]}
    vector = {"vectorSearchConfiguration": {"filter": condition}}
    content = as_json({"retrievalConfiguration": vector})

    with pytest.raises((SerializationError, ValidationError)):
        search.parsed(request(search, content))
