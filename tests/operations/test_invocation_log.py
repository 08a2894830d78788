"""The log of model invocations, as it arrives in S3 and in CloudWatch Logs."""

import gzip
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from outcrop.operations import Call
from outcrop.operations.background import call_without_request
from outcrop.operations.invocation_log import STREAM, Invocation, log_invocation, resume
from outcrop.operations.objects import Objects
from tests.services.direct import ACCOUNT, Direct

pytestmark = pytest.mark.anyio

ROOT = f"AWSLogs/{ACCOUNT}/BedrockModelInvocationLogs/us-east-1"
CHECK = f"{ROOT}/amazon-bedrock-logs-permission-check"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/logger"
CLOUDWATCH: dict[str, Any] = {"logGroupName": "/bedrock", "roleArn": ROLE}
CONVERSE = Invocation(
    operation="Converse",
    model_id="meta.llama3-8b-instruct-v1:0",
    input={"messages": [{"role": "user", "content": [{"text": "Hi"}]}]},
    output={"stopReason": "end_turn"},
    input_tokens=3,
    output_tokens=2,
    request_metadata={"team": "a"},
)


def entry(call: Call, **members: Any) -> dict[str, Any]:
    return {
        "timestamp": "2026-11-22T12:00:00Z",
        "accountId": ACCOUNT,
        "identity": {"arn": f"arn:aws:iam::{ACCOUNT}:root"},
        "region": "us-east-1",
        "requestId": call.request_id,
        "operation": "Converse",
        "modelId": "meta.llama3-8b-instruct-v1:0",
        "input": {
            "inputContentType": "application/json",
            "inputTokenCount": 3,
            "inputBodyJson": {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]},
        },
        "output": {
            "outputContentType": "application/json",
            "outputTokenCount": 2,
            "outputBodyJson": {"stopReason": "end_turn"},
        },
        "requestMetadata": {"team": "a"},
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
        **members,
    }


def call_of(direct: Direct) -> Call:
    return call_without_request(
        direct.backends,
        service="bedrock-runtime",
        operation="Converse",
        account=ACCOUNT,
        region="us-east-1",
    )


async def configure(direct: Direct, **config: Any) -> None:
    await direct.ask("s3", "CreateBucket", Bucket="log-bucket")
    await direct.ask("logs", "CreateLogGroup", logGroupName="/bedrock")
    await direct.ask("bedrock", "PutModelInvocationLoggingConfiguration", loggingConfig=config)


async def files(direct: Direct) -> dict[str, list[Any]]:
    """Return the JSON lines of every object of the log, by key."""
    objects = Objects(direct.ask)
    found: dict[str, list[Any]] = {}
    async for key, _ in objects.keys("log-bucket"):
        text = gzip.decompress(await objects.read("log-bucket", key)) if key != CHECK else b""
        found[key] = [json.loads(line) for line in text.splitlines()]
    return found


async def events(direct: Direct) -> list[Any]:
    answer = await direct.ask(
        "logs", "GetLogEvents", logGroupName="/bedrock", logStreamName=STREAM, startFromHead=True
    )
    return [json.loads(event["message"]) for event in answer["events"]]


async def test_nothing_is_logged_without_a_configuration(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await log_invocation(call_of(direct), CONVERSE)

        assert await direct.backends.records.scopes() == []


async def test_an_invocation_arrives_in_a_file_and_in_the_log_stream(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await configure(direct, s3Config={"bucketName": "log-bucket"}, cloudWatchConfig=CLOUDWATCH)
        call = call_of(direct)

        await log_invocation(call, CONVERSE)
        await direct.backends.background.finish()
        arrived = await files(direct)

        [key] = arrived.keys() - {CHECK}
        assert key.startswith(f"{ROOT}/2026/11/22/12/20261122T120000000Z_")
        assert key.endswith(".json.gz")
        assert arrived[key] == [entry(call)]
        assert await events(direct) == [entry(call)]


async def test_what_waited_when_the_server_ended_arrives_when_it_starts(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await configure(direct, s3Config={"bucketName": "log-bucket", "keyPrefix": "of/bedrock/"})
        call = call_of(direct)
        await log_invocation(call, CONVERSE)
        await direct.backends.background.close()

    async with Direct.on(tmp_path) as direct:
        await log_invocation(call_of(direct), CONVERSE)
        await direct.backends.background.close()
        await resume(direct.backends)
        await direct.backends.background.finish()

        keys = [key async for key, _ in Objects(direct.ask).keys("log-bucket")]
        assert [key for key in keys if "/2026/" not in key] == [f"of/bedrock/{CHECK}"]
        [key] = [key for key in keys if key.startswith(f"of/bedrock/{ROOT}/2026/11/22/12/")]
        text = gzip.decompress(await Objects(direct.ask).read("log-bucket", key))
        assert len(text.splitlines()) == 2


async def test_large_bodies_are_objects_of_their_own(tmp_path: Path) -> None:
    large = {"prompt": "x" * 100_001}
    async with Direct.on(tmp_path) as direct:
        await configure(
            direct,
            s3Config={"bucketName": "log-bucket"},
            cloudWatchConfig={
                **CLOUDWATCH,
                "largeDataDeliveryS3Config": {"bucketName": "log-bucket", "keyPrefix": "large"},
            },
        )
        call = call_of(direct)

        await log_invocation(
            call, Invocation(operation="InvokeModel", model_id="m", input=large, output={})
        )
        await direct.backends.background.finish()

        arrived = await files(direct)
        name = f"{ROOT}/2026/11/22/12/data/{call.request_id}_input.json.gz"
        assert arrived[name] == [large]
        assert arrived[f"large/{name}"] == [large]
        [line] = next(lines for key, lines in arrived.items() if "/20261122T" in key)
        assert line["input"] == {
            "inputContentType": "application/json",
            "inputBodyS3Path": f"s3://log-bucket/{name}",
        }
        [event] = await events(direct)
        assert event["input"]["inputBodyS3Path"] == f"s3://log-bucket/large/{name}"
        kinds = {scope.kind for scope in await direct.backends.records.scopes(service="bedrock")}
        assert kinds == {"invocation-logging"}


async def test_a_large_body_without_a_place_is_left_out(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await configure(direct, cloudWatchConfig=CLOUDWATCH)

        await log_invocation(
            call_of(direct),
            Invocation(operation="InvokeModel", model_id="m", input="x" * 100_001, output=[]),
        )
        await direct.backends.background.finish()

        [event] = await events(direct)
        assert event["input"] == {"inputContentType": "application/json"}
        assert event["output"]["outputBodyJson"] == []


async def test_data_that_is_switched_off_is_left_out(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await configure(
            direct,
            cloudWatchConfig=CLOUDWATCH,
            textDataDeliveryEnabled=False,
            imageDataDeliveryEnabled=False,
        )
        picture = {"image": {"source": {"bytes": b"\x89PNG"}}}

        for data in ("text", "video"):
            await log_invocation(
                call_of(direct),
                Invocation(operation="Converse", model_id=data, input=picture, data=data),
            )
        await direct.backends.background.finish()

        told = {event["modelId"]: event["input"] for event in await events(direct)}
        assert "inputBodyJson" not in told["text"]
        assert told["video"]["inputBodyJson"] == {"image": {"source": {"bytes": ""}}}


async def test_binary_data_is_told_in_base64(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await configure(direct, cloudWatchConfig=CLOUDWATCH)

        await log_invocation(
            call_of(direct), Invocation(operation="Converse", model_id="m", input=[b"\x00\xff"])
        )
        await direct.backends.background.finish()

        [event] = await events(direct)
        assert event["input"]["inputBodyJson"] == ["AP8="]


async def test_what_no_log_can_tell_is_refused_at_once(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await configure(direct, cloudWatchConfig=CLOUDWATCH)

        with pytest.raises(TypeError, match="set has no form in JSON"):
            await log_invocation(
                call_of(direct), Invocation(operation="Converse", model_id="m", input={1})
            )


async def test_a_failed_invocation_has_its_error_in_place_of_an_output(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await configure(direct, cloudWatchConfig=CLOUDWATCH)
        call = call_of(direct)

        await log_invocation(
            call,
            Invocation(
                operation="Converse", model_id="m", input={}, error_code="ValidationException"
            ),
        )
        await direct.backends.background.finish()

        [event] = await events(direct)
        assert "output" not in event
        assert event["errorCode"] == "ValidationException"


async def test_a_destination_that_has_gone_holds_nothing_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Direct.on(tmp_path) as direct:
        await configure(direct, s3Config={"bucketName": "log-bucket"}, cloudWatchConfig=CLOUDWATCH)
        await direct.ask("logs", "DeleteLogGroup", logGroupName="/bedrock")

        with caplog.at_level(logging.WARNING):
            await log_invocation(call_of(direct), CONVERSE)
            await direct.backends.background.finish()

        assert len(await files(direct)) == 2
        assert [record.getMessage() for record in caplog.records] == [
            f"1 entries of account {ACCOUNT}'s invocation log were refused by its"
            " cloudWatchConfig: The specified log group does not exist."
        ]


async def test_more_than_a_request_takes_comes_in_several(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await configure(direct, cloudWatchConfig=CLOUDWATCH)
        body = "x" * 90_000

        for number in range(12):
            await log_invocation(
                call_of(direct),
                Invocation(operation="InvokeModel", model_id=f"m{number}", input=body),
            )
        await direct.backends.background.finish()

        found: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = await direct.ask(
                "logs",
                "GetLogEvents",
                logGroupName="/bedrock",
                logStreamName=STREAM,
                startFromHead=True,
                **token,
            )
            if not page["events"]:
                break
            found += [json.loads(event["message"])["modelId"] for event in page["events"]]
            token = {"nextToken": page["nextForwardToken"]}
        assert sorted(found) == sorted(f"m{number}" for number in range(12))
