"""Batch inference, really run by a small model."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from outcrop import LocalServer
from tests.conftest import CHAT_MODEL
from tests.own_clients import client_of
from tests.services.direct import error_of

SONNET = "anthropic.claude-3-sonnet-20240229-v1:0"
ENDED = ("Completed", "PartiallyCompleted", "Failed", "Stopped", "Expired")
PATIENCE_SECONDS = 240


def message(number: int, *, max_tokens: int = 4) -> dict[str, Any]:
    """Return a record for InvokeModel."""
    return {
        "recordId": f"RECORD{number:05d}",
        "modelInput": {
            "messages": [{"role": "user", "content": f"Count from {number}."}],
            "max_tokens": max_tokens,
        },
    }


def upload(s3: Any, bucket: str, key: str, *lines: Any) -> str:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    s3.put_object(Bucket=bucket, Key=key, Body=text.encode())
    return f"s3://{bucket}/{key}"


def create(bedrock: Any, source: str, target: str, **members: Any) -> str:
    given: Any = {
        "jobName": "job",
        "roleArn": "arn:aws:iam::123456789012:role/batch",
        "modelId": SONNET,
        "inputDataConfig": {"s3InputDataConfig": {"s3Uri": source}},
        "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": target}},
        **members,
    }
    return str(bedrock.create_model_invocation_job(**given)["jobArn"])


def wait(bedrock: Any, arn: str, until: Callable[[Any], bool] | None = None) -> dict[str, Any]:
    """Look at a job, as a user would, until it has ended or is as far as asked for."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        job = bedrock.get_model_invocation_job(jobIdentifier=arn)
        if job["status"] in ENDED or (until is not None and until(job)):
            return dict(job)
        assert time.monotonic() < give_up, f"{arn} is still {job['status']}"
        time.sleep(0.05)


def output(s3: Any, bucket: str, key: str) -> list[dict[str, Any]]:
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return [json.loads(line) for line in body.splitlines()]


def counts(job: Any) -> tuple[int, int, int, int]:
    return (
        job["totalRecordCount"],
        job["processedRecordCount"],
        job["successRecordCount"],
        job["errorRecordCount"],
    )


def test_records_are_answered_in_the_model_s_own_form(bedrock: Any, s3: Any, bucket: str) -> None:
    bad = {"recordId": "BAD", "modelInput": {"messages": 3}}
    source = upload(s3, bucket, "in/a.jsonl", message(1), message(2), bad, "no JSON", "")

    arn = create(bedrock, source, f"s3://{bucket}/out/")
    job = wait(bedrock, arn)

    assert (job["status"], counts(job)) == ("Completed", (4, 4, 2, 2))
    folder = f"out/{arn.rpartition('/')[2]}"
    first, second, third, fourth = output(s3, bucket, f"{folder}/a.jsonl.out")
    assert [it["modelInput"] for it in (first, second)] == [
        message(1)["modelInput"],
        message(2)["modelInput"],
    ]
    assert [it["recordId"] for it in (first, second)] == ["RECORD00001", "RECORD00002"]
    assert first["modelOutput"]["content"][0]["text"]
    assert third.pop("error")["errorCode"] == 400
    assert third == bad
    assert fourth == {
        "recordId": "RECORD00004",
        "error": {
            "errorCode": 400,
            "errorMessage": (
                "The record is malformed: each line must be a JSON object with a modelInput object."
            ),
        },
    }
    usages = [it["modelOutput"]["usage"] for it in (first, second)]
    assert output(s3, bucket, f"{folder}/manifest.json.out") == [
        {
            "totalRecordCount": 4,
            "processedRecordCount": 4,
            "successRecordCount": 2,
            "errorRecordCount": 2,
            "inputTokenCount": sum(usage["input_tokens"] for usage in usages),
            "outputTokenCount": sum(usage["output_tokens"] for usage in usages),
        }
    ]


def test_a_folder_of_conversations_gives_a_folder_of_answers(
    bedrock: Any, s3: Any, bucket: str
) -> None:
    talk = {
        "modelInput": {
            "messages": [{"role": "user", "content": [{"text": "Hi."}]}],
            "inferenceConfig": {"maxTokens": 4},
        }
    }
    wrong = {"modelInput": {"messages": [], "inferenceConfig": {"maxTokens": 0}}}
    upload(s3, bucket, "in/a.jsonl", talk)
    upload(s3, bucket, "in/deep/b.jsonl", wrong)
    upload(s3, bucket, "in/notes.txt", "not an input")

    arn = create(bedrock, f"s3://{bucket}/in", f"s3://{bucket}", modelInvocationType="Converse")
    job = wait(bedrock, arn)

    assert (job["status"], counts(job)) == ("Completed", (2, 2, 1, 1))
    folder = arn.rpartition("/")[2]
    [answered] = output(s3, bucket, f"{folder}/a.jsonl.out")
    assert answered["modelInput"] == talk["modelInput"]
    assert answered["recordId"] == "RECORD00001"
    assert answered["modelOutput"]["output"]["message"]["role"] == "assistant"
    assert answered["modelOutput"]["usage"]["outputTokens"] <= 4
    [refused] = output(s3, bucket, f"{folder}/deep/b.jsonl.out")
    assert refused["error"] == {
        "errorCode": 400,
        "errorMessage": (
            "1 validation error detected: Value '0' at 'inferenceConfig.maxTokens' failed to"
            " satisfy constraint: Member must have value greater than or equal to 1"
        ),
    }


def test_a_job_tells_what_it_was_given(bedrock: Any, s3: Any, bucket: str) -> None:
    source = upload(s3, bucket, "a.jsonl", {"modelInput": 1})
    vpc = {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]}

    arn = create(
        bedrock,
        source,
        f"s3://{bucket}/out",
        clientRequestToken="once",
        timeoutDurationInHours=48,
        vpcConfig=vpc,
        tags=[{"key": "a", "value": "1"}],
    )
    job = wait(bedrock, arn)

    del job["ResponseMetadata"]
    expires = job.pop("jobExpirationTime") - job["submitTime"]
    assert abs(expires.total_seconds() - 48 * 3600) < 1
    assert job.pop("submitTime") <= job.pop("endTime") <= job.pop("lastModifiedTime")
    assert job == {
        "jobArn": arn,
        "jobName": "job",
        "modelId": SONNET,
        "clientRequestToken": "once",
        "roleArn": "arn:aws:iam::123456789012:role/batch",
        "status": "Completed",
        "inputDataConfig": {"s3InputDataConfig": {"s3Uri": source}},
        "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": f"s3://{bucket}/out"}},
        "vpcConfig": vpc,
        "timeoutDurationInHours": 48,
        "modelInvocationType": "InvokeModel",
        "totalRecordCount": 1,
        "processedRecordCount": 1,
        "successRecordCount": 0,
        "errorRecordCount": 1,
    }
    assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == [{"key": "a", "value": "1"}]


def test_the_same_request_makes_one_job(bedrock: Any, s3: Any, bucket: str) -> None:
    source = upload(s3, bucket, "a.jsonl", {"modelInput": 1})
    target = f"s3://{bucket}/out"

    first = create(bedrock, source, target, clientRequestToken="once")
    second = create(bedrock, source, target, clientRequestToken="once")

    assert first == second
    with pytest.raises(bedrock.exceptions.ConflictException) as caught:
        create(bedrock, source, target, clientRequestToken="twice")
    assert caught.value.response["Error"]["Message"] == (
        "The provided job name is currently in use."
    )


@pytest.mark.parametrize(
    ("lines", "key", "words"),
    [
        ([], "a.jsonl", "contains less records (0) than the required minimum of: 1"),
        ([message(1)], "b.jsonl", "The specified key does not exist."),
    ],
)
def test_a_job_without_records_fails(
    bedrock: Any, s3: Any, bucket: str, lines: list[Any], key: str, words: str
) -> None:
    upload(s3, bucket, "a.jsonl", *lines)

    job = wait(bedrock, create(bedrock, f"s3://{bucket}/{key}", f"s3://{bucket}/out"))

    assert job["status"] == "Failed"
    assert words in job["message"]


def test_a_stopped_job_leaves_what_it_has(bedrock: Any, s3: Any, bucket: str) -> None:
    records = [message(number, max_tokens=200) for number in range(20)]
    source = upload(s3, bucket, "a.jsonl", {"modelInput": 1}, *records)
    arn = create(bedrock, source, f"s3://{bucket}/out")
    wait(bedrock, arn, until=lambda job: job["processedRecordCount"] > 0)

    bedrock.stop_model_invocation_job(jobIdentifier=arn)
    job = wait(bedrock, arn)

    assert job["status"] == "Stopped"
    assert 0 < job["processedRecordCount"] < 21
    folder = f"out/{arn.rpartition('/')[2]}"
    written = output(s3, bucket, f"{folder}/a.jsonl.out")
    assert len(written) == job["processedRecordCount"]
    [manifest] = output(s3, bucket, f"{folder}/manifest.json.out")
    assert manifest["processedRecordCount"] == job["processedRecordCount"]
    assert error_of(bedrock.stop_model_invocation_job, jobIdentifier=arn) == {
        "Code": "ConflictException",
        "Message": "The job cannot be stopped: its status is Stopped.",
    }


def test_jobs_are_filtered_sorted_and_paged(bedrock: Any, s3: Any, bucket: str) -> None:
    source = upload(s3, bucket, "a.jsonl", {"modelInput": 1})
    made = [
        create(bedrock, source, f"s3://{bucket}/out", jobName=name) for name in ("a1", "b1", "a2")
    ]
    middle = [wait(bedrock, arn) for arn in made][1]["submitTime"]

    def listed(**filters: Any) -> list[str]:
        answer = bedrock.list_model_invocation_jobs(**filters)
        return [job["jobName"] for job in answer["invocationJobSummaries"]]

    paginator = bedrock.get_paginator("list_model_invocation_jobs")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["invocationJobSummaries"]) for page in pages] == [2, 1]
    assert listed() == ["a2", "b1", "a1"]
    assert listed(sortBy="CreationTime", sortOrder="Ascending") == ["a1", "b1", "a2"]
    assert listed(nameContains="1") == ["b1", "a1"]
    assert listed(submitTimeAfter=middle) == ["a2"]
    assert listed(submitTimeBefore=middle) == ["a1"]
    assert listed(statusEquals="Completed", nameContains="a2") == ["a2"]
    assert listed(statusEquals="Failed") == []


def test_what_a_job_needs_must_exist(bedrock: Any, s3: Any, bucket: str) -> None:
    source = upload(s3, bucket, "a.jsonl", message(1))

    def refusal(*places: str, **members: Any) -> str:
        with pytest.raises(bedrock.exceptions.ValidationException) as caught:
            create(bedrock, *places, **members)
        return str(caught.value.response["Error"]["Message"])

    assert refusal(source, f"s3://{bucket}/out", modelId="acme.model-v1") == (
        "The provided model identifier is invalid."
    )
    assert refusal("s3://none-of-ours/a.jsonl", f"s3://{bucket}/out") == (
        "Could not validate GetObject permissions to access Amazon S3 bucket: none-of-ours at key"
        " a.jsonl."
    )
    assert refusal(source, "s3://none-of-ours/out") == (
        "Could not validate PutObject permissions to access Amazon S3 bucket: none-of-ours at key"
        " out."
    )
    many = [{"key": f"k{number}", "value": ""} for number in range(51)]
    assert refusal(source, f"s3://{bucket}/out", tags=many).startswith("The request contains more")


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[LocalServer]:
    """A server that this test may kill."""
    server = LocalServer(tmp_path / "data", settings={"OUTCROP_CHAT_MODEL": CHAT_MODEL})
    try:
        yield server
    finally:
        server.stop()


def test_a_killed_server_goes_on_where_it_was(own_server: LocalServer) -> None:
    own_server.start()
    s3 = client_of(own_server, "s3")
    s3.create_bucket(Bucket="batch")
    records = [message(number, max_tokens=24) for number in range(12)]
    source = upload(s3, "batch", "a.jsonl", *records)
    arn = create(client_of(own_server, "bedrock"), source, "s3://batch/out")
    before = wait(
        client_of(own_server, "bedrock"), arn, until=lambda job: job["processedRecordCount"] >= 2
    )
    own_server.kill()
    own_server.start()
    job = wait(client_of(own_server, "bedrock"), arn)

    assert before["status"] == "InProgress"
    assert (job["status"], counts(job)) == ("Completed", (12, 12, 12, 0))
    folder = f"out/{arn.rpartition('/')[2]}"
    answers = output(client_of(own_server, "s3"), "batch", f"{folder}/a.jsonl.out")
    assert [it["recordId"] for it in answers] == [it["recordId"] for it in records]
    [manifest] = output(client_of(own_server, "s3"), "batch", f"{folder}/manifest.json.out")
    # Tokens that were counted twice, or lost, would show here.
    told = sum(it["modelOutput"]["usage"]["output_tokens"] for it in answers)
    assert manifest["outputTokenCount"] == told
