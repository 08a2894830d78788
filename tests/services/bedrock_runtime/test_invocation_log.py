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


def test_the_tokens_of_the_cache_are_logged_as_the_answers_tell_them(
    runtime: Any, entries: Callable[[int], list[Any]]
) -> None:
    words, point = (
        "Whatever was said in 1703 is forgotten. " * 20,
        {"cachePoint": {"type": "default"}},
    )
    request = {"modelId": MODEL, "messages": [user(CAPITAL)], "inferenceConfig": GREEDY}
    marked = runtime.converse(**request, system=[{"text": words}, point])["usage"]
    body = {"system": [{"text": words, "type": "text", "cache_control": {"type": "ephemeral"}}]}
    turn = {"messages": [{"role": "user", "content": CAPITAL}], "max_tokens": 1}
    native = invoke(runtime, MODEL, {**body, **turn})["usage"]

    converse, invoke_model = (entry["input"] for entry in entries(2))

    names = ("inputTokenCount", "cacheReadInputTokenCount", "cacheWriteInputTokenCount")
    assert marked["cacheWriteInputTokens"] > 100
    assert [converse[name] for name in names] == [
        marked["inputTokens"],
        marked["cacheReadInputTokens"],
        marked["cacheWriteInputTokens"],
    ]
    assert native["cache_read_input_tokens"] > 100
    assert [invoke_model[name] for name in names] == [
        native["input_tokens"],
        native["cache_read_input_tokens"],
        native["cache_creation_input_tokens"],
    ]


def test_what_runs_in_the_background_is_not_logged(
    runtime: Any, client: Callable[..., Any], account: str, entries: Callable[[int], list[Any]]
) -> None:
    s3, bucket = client("s3"), f"out-{account}"
    s3.create_bucket(Bucket=bucket)
    record = {"recordId": "1", "modelInput": BODY}
    s3.put_object(Bucket=bucket, Key="in.jsonl", Body=json.dumps(record).encode())

    job = client("bedrock").create_model_invocation_job(
        jobName="job",
        roleArn=f"arn:aws:iam::{account}:role/batch",
        modelId=TITAN,
        inputDataConfig={"s3InputDataConfig": {"s3Uri": f"s3://{bucket}/in.jsonl"}},
        outputDataConfig={"s3OutputDataConfig": {"s3Uri": f"s3://{bucket}/out/"}},
    )["jobArn"]
    invocation = runtime.start_async_invoke(
        modelId=TITAN,
        modelInput=BODY,
        outputDataConfig={"s3OutputDataConfig": {"s3Uri": f"s3://{bucket}/async/"}},
    )["invocationArn"]
    ended(lambda: client("bedrock").get_model_invocation_job(jobIdentifier=job))
    ended(lambda: runtime.get_async_invoke(invocationArn=invocation))
    runtime.converse(modelId=MODEL, messages=[user(CAPITAL)], inferenceConfig=GREEDY)

    # Entries arrive in order: whatever was logged before has come too.
    assert [entry["operation"] for entry in entries(1)] == ["Converse"]


def ended(look: Callable[[], Any]) -> None:
    """Poll as users do, until a job has completed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (status := look()["status"]) != "Completed":
        assert status not in ("Failed", "Expired", "PartiallyCompleted")
        assert time.monotonic() < deadline
        time.sleep(0.1)


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
