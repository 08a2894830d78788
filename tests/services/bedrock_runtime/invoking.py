"""Native bodies sent and read back."""

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

METRICS = "amazon-bedrock-invocationMetrics"
"""Bedrock's own member of a stream's last chunk."""


def invoke(runtime: Any, model_id: str, body: Any) -> dict[str, Any]:
    """Return the whole answer to a native body."""
    answer = runtime.invoke_model(modelId=model_id, body=json.dumps(body))
    return json.loads(answer["body"].read())


def stream(runtime: Any, model_id: str, body: Any) -> list[dict[str, Any]]:
    """Return the chunks of the streamed answer to a native body."""
    answer = runtime.invoke_model_with_response_stream(modelId=model_id, body=json.dumps(body))
    return [json.loads(event["chunk"]["bytes"]) for event in answer["body"]]


def refusal(operation: Callable[..., Any], **parameters: Any) -> str:
    """Return the words of a ValidationException."""
    with pytest.raises(ClientError) as caught:
        operation(**parameters)
    response: Any = caught.value.response
    assert response["Error"]["Code"] == "ValidationException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return str(response["Error"]["Message"])


def refused_body(runtime: Any, model_id: str, body: Any) -> str:
    """Return the words in which a native body is refused."""
    return refusal(runtime.invoke_model, modelId=model_id, body=json.dumps(body))


def kinds(value: Any) -> Any:
    """Return a JSON value with every scalar replaced by the name of its type."""
    match value:
        case dict():
            return {
                name: kinds(member) for name, member in cast("Mapping[str, Any]", value).items()
            }
        case list():
            return [kinds(item) for item in cast("list[Any]", value)]
        case _:
            return type(value).__name__
