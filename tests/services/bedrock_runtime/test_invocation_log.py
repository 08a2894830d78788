"""What the invocation log says of what the runtime answered."""

import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.bedrock_runtime.conversing import CAPITAL, GREEDY, MODEL, said, told, user
from tests.services.bedrock_runtime.invoking import invoke, stream

PATIENCE_SECONDS = 60
TITAN = "amazon.titan-text-express-v1"
BODY = {"inputText": CAPITAL, "textGenerationConfig": {"maxTokenCount": 4}}


@pytest.fixture
def entries(client: Callable[..., Any], account: str) -> Callable[[int], list[Any]]:
    s3, bucket = client("s3"), f"log-{account}"
    s3.create_bucket(Bucket=bucket)
    client("bedrock").put_model_invocation_logging_configuration(
        loggingConfig={"s3Config": {"bucketName": bucket}, "embeddingDataDeliveryEnabled": False}
    )

    def read() -> list[Any]:
        found: list[Any] = []
        for item in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            if not item["Key"].endswith(".json.gz"):
                continue
            content = s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
            found += map(json.loads, gzip.decompress(content).splitlines())
        return found

    def arrived(count: int) -> list[Any]:
        """Poll as users do: the log comes soon after the answers."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(found := read()) < count:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return sorted(found, key=lambda entry: str(entry["operation"]))

    return arrived


def test_every_way_to_ask_is_logged_with_what_was_said(
    runtime: Any, entries: Callable[[int], list[Any]]
) -> None:
    whole = runtime.converse(
        modelId=MODEL,
        messages=[user(CAPITAL)],
        inferenceConfig=GREEDY,
        requestMetadata={"team": "blue"},
    )
    streamed = list(
        runtime.converse_stream(modelId=MODEL, messages=[user(CAPITAL)], inferenceConfig=GREEDY)[
            "stream"
        ]
    )
    native = invoke(runtime, TITAN, BODY)
    chunks = stream(runtime, TITAN, BODY)

    converse, converse_stream, invoke_model, invoke_stream = entries(4)

    assert [converse["operation"], converse_stream["operation"]] == ["Converse", "ConverseStream"]
    assert converse["modelId"] == MODEL
    assert converse["requestMetadata"] == {"team": "blue"}
    assert converse["input"]["inputTokenCount"] == whole["usage"]["inputTokens"]
    assert converse["output"]["outputTokenCount"] == whole["usage"]["outputTokens"]
    assert converse["input"]["inputBodyJson"]["messages"] == [user(CAPITAL)]
    assert said(converse["output"]["outputBodyJson"]) == said(whole)
    assert told(converse_stream["output"]["outputBodyJson"]) == told(streamed)
    assert invoke_model["operation"] == "InvokeModel"
    assert invoke_model["input"]["inputBodyJson"] == BODY
    assert invoke_model["output"]["outputBodyJson"] == native
    assert invoke_stream["operation"] == "InvokeModelWithResponseStream"
    assert invoke_stream["output"]["outputBodyJson"] == chunks
    assert invoke_stream["output"]["outputTokenCount"] == chunks[-1]["totalOutputTextTokenCount"]


def test_refusals_and_embeddings_are_logged_too(
    runtime: Any, entries: Callable[[int], list[Any]]
) -> None:
    with pytest.raises(ClientError):
        runtime.converse(modelId=MODEL, messages=[])
    invoke(runtime, "amazon.titan-embed-text-v2:0", {"inputText": "Hello there"})

    refused, embedded = entries(2)

    assert (refused["operation"], refused["errorCode"]) == ("Converse", "ValidationException")
    assert "output" not in refused
    assert embedded["operation"] == "InvokeModel"
    assert embedded["input"]["inputTokenCount"] == 2
    assert "inputBodyJson" not in embedded["input"]
    assert "outputBodyJson" not in embedded["output"]
