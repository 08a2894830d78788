"""Invocations whose answers go to S3, through a restart of the server too."""

import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from outcrop import LocalServer
from tests.conftest import CHAT_MODEL
from tests.own_clients import client_of
from tests.services.bedrock_runtime.conversing import CAPITAL
from tests.services.bedrock_runtime.invoking import refusal
from tests.services.direct import error_of

MODEL = "amazon.nova-pro-v1:0"
INPUT = {
    "messages": [{"role": "user", "content": [{"text": CAPITAL}]}],
    "inferenceConfig": {"maxTokens": 8, "temperature": 0},
}
PATIENCE_SECONDS = 120


def output(bucket: str) -> dict[str, Any]:
    return {"s3OutputDataConfig": {"s3Uri": f"s3://{bucket}/answers/"}}


def start(runtime: Any, bucket: str, **more: Any) -> str:
    parameters = {
        "modelId": MODEL,
        "modelInput": INPUT,
        "outputDataConfig": output(bucket),
        **more,
    }
    return str(runtime.start_async_invoke(**parameters)["invocationArn"])


def ended(runtime: Any, arn: str) -> Any:
    """Poll as users do, since nothing tells them of the end."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := runtime.get_async_invoke(invocationArn=arn))["status"] == "InProgress":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    del found["ResponseMetadata"]
    return found


def written(s3: Any, bucket: str, key: str) -> Any:
    return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def test_the_answer_comes_to_s3_with_a_manifest(
    runtime: Any, s3: Any, bucket: str, account: str
) -> None:
    arn = start(runtime, bucket)
    found = ended(runtime, arn)

    invocation_id = arn.rpartition("/")[2]
    folder = f"answers/{invocation_id}"
    answer = written(s3, bucket, f"{folder}/output.json")
    assert arn == f"arn:aws:bedrock:us-east-1:{account}:async-invoke/{invocation_id}"
    assert "Paris" in answer["output"]["message"]["content"][0]["text"]
    assert found == {
        "invocationArn": arn,
        "modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{MODEL}",
        "clientRequestToken": found["clientRequestToken"],
        "status": "Completed",
        "submitTime": found["submitTime"],
        "lastModifiedTime": found["endTime"],
        "endTime": found["endTime"],
        "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": f"s3://{bucket}/{folder}"}},
    }
    assert found["submitTime"] <= found["endTime"]
    assert written(s3, bucket, f"{folder}/manifest.json")["outputs"] == [
        {
            "uri": f"s3://{bucket}/{folder}/output.json",
            "contentType": "application/json",
            "sizeBytes": s3.head_object(Bucket=bucket, Key=f"{folder}/output.json")[
                "ContentLength"
            ],
        }
    ]


def test_an_invocation_that_the_model_refuses_fails_and_says_why(
    runtime: Any, s3: Any, bucket: str
) -> None:
    arn = start(runtime, bucket, modelInput={"messages": "none"})

    found = ended(runtime, arn)

    assert found["status"] == "Failed"
    assert found["failureMessage"] == (
        "Malformed input request: #/messages: expected type: JSONArray, found: String, "
        "please reformat your input and try again."
    )
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_token_starts_one_invocation(runtime: Any, bucket: str) -> None:
    first = start(runtime, bucket, clientRequestToken="once")

    again = start(runtime, bucket, clientRequestToken="once")
    other = error_of(
        runtime.start_async_invoke,
        modelId=MODEL,
        modelInput={**INPUT, "system": [{"text": "Be brief."}]},
        outputDataConfig=output(bucket),
        clientRequestToken="once",
    )

    assert again == first
    assert other["Code"] == "ConflictException"
    ended(runtime, first)


def test_invocations_are_listed_filtered_and_paged(runtime: Any, bucket: str) -> None:
    good = [start(runtime, bucket) for _ in range(2)]
    bad = start(runtime, bucket, modelInput={})
    found = [ended(runtime, arn) for arn in (*good, bad)]
    times: list[datetime] = [item["submitTime"] for item in found]

    def listed(**query: Any) -> list[str]:
        answer = runtime.list_async_invokes(**query)["asyncInvokeSummaries"]
        return [item["invocationArn"] for item in answer]

    oldest_first = [*good, bad]
    assert listed(sortOrder="Ascending") == oldest_first
    assert listed() == listed(sortOrder="Descending") == oldest_first[::-1]
    assert listed(statusEquals="Failed") == [bad]
    assert listed(statusEquals="InProgress") == []
    assert listed(submitTimeAfter=times[2]) == [bad]
    assert listed(submitTimeBefore=times[0] - timedelta(seconds=1)) == []
    pages = runtime.get_paginator("list_async_invokes").paginate(
        sortOrder="Ascending", PaginationConfig={"PageSize": 2}
    )
    assert [[item["invocationArn"] for item in page["asyncInvokeSummaries"]] for page in pages] == [
        good,
        [bad],
    ]
    assert (
        refusal(runtime.list_async_invokes, nextToken="AAAA")
        == "The provided nextToken is invalid."
    )


def test_what_cannot_be_started_is_refused(runtime: Any, bucket: str, account: str) -> None:
    words = refusal(
        runtime.start_async_invoke,
        modelId=MODEL,
        modelInput=INPUT,
        outputDataConfig=output(f"{bucket}-2"),
    )
    unknown = f"arn:aws:bedrock:us-east-1:{account}:async-invoke/abcdefghijkl"

    assert words.startswith("Invalid Output Config/Credentials")
    assert (
        refusal(
            runtime.start_async_invoke,
            modelId="acme.model",
            modelInput=INPUT,
            outputDataConfig=output(bucket),
        )
        == "The provided model identifier is invalid."
    )
    assert (
        refusal(runtime.get_async_invoke, invocationArn=unknown)
        == f"The invocation {unknown} does not exist."
    )


def test_an_invocation_outlives_a_crash_of_the_server(tmp_path: Path) -> None:
    server = LocalServer(tmp_path, settings={"OUTCROP_CHAT_MODEL": CHAT_MODEL})
    server.start()
    client_of(server, "s3").create_bucket(Bucket="results")
    long_answer = {**INPUT, "inferenceConfig": {"maxTokens": 40, "temperature": 0}}
    arn = start(client_of(server, "bedrock-runtime"), "results", modelInput=long_answer)
    server.kill()

    with server.running():
        found = ended(client_of(server, "bedrock-runtime"), arn)
        answer = written(
            client_of(server, "s3"), "results", f"answers/{arn.rpartition('/')[2]}/output.json"
        )

    assert found["status"] == "Completed"
    assert "Paris" in answer["output"]["message"]["content"][0]["text"]
