"""Export tasks: the events of a group in a bucket."""

import gzip
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop.aws.errors import ServiceError
from outcrop.operations.service_jobs import AT_ONCE
from tests.services.direct import Direct, error_of


def ended(logs: Any, task_id: str) -> Mapping[str, Any]:
    """Ask for a task until it has ended."""
    while True:
        [task] = logs.describe_export_tasks(taskId=task_id)["exportTasks"]
        if task["status"]["code"] not in ("PENDING", "RUNNING"):
            return task


def put(logs: Any, stream: Mapping[str, str], *events: tuple[int, str]) -> None:
    logs.put_log_events(
        **stream, logEvents=[{"timestamp": time, "message": text} for time, text in events]
    )


def test_each_stream_with_events_becomes_a_file(
    logs: Any, s3: Any, stream: dict[str, str], bucket: str, now: int
) -> None:
    start = now // 1000 * 1000 - 60_000
    group = stream["logGroupName"]
    for name in ("host/2", "empty", "other"):
        logs.create_log_stream(logGroupName=group, logStreamName=name)
    put(logs, stream, (start - 1, "early"), (start, "first"), (start + 7, "last"), (now, "late"))
    put(logs, {**stream, "logStreamName": "host/2"}, (start, "\u00e9t\u00e9"))
    put(logs, {**stream, "logStreamName": "other"}, (start, "not asked for"))

    task_id = logs.create_export_task(
        taskName="nightly",
        logGroupName=group,
        logStreamNamePrefix="host",
        fromTime=start,
        to=start + 7,
        destination=bucket,
        destinationPrefix="out",
    )["taskId"]
    task = ended(logs, task_id)

    keys = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    folder = f"out/{task_id}"
    assert keys == sorted(
        [f"{folder}/host-1/000000.gz", f"{folder}/host-2/000000.gz", "out/aws-logs-write-test"]
    )

    def lines(name: str) -> list[str]:
        body = s3.get_object(Bucket=bucket, Key=f"{folder}/{name}/000000.gz")["Body"].read()
        return gzip.decompress(body).decode().splitlines()

    assert [line.partition("Z ")[2] for line in lines("host-1")] == ["first", "last"]
    assert [line[19:24] for line in lines("host-1")] == [".000Z", ".007Z"]
    assert lines("host-2")[0].endswith("Z \u00e9t\u00e9")
    info, status = task["executionInfo"], task["status"]
    assert status == {"code": "COMPLETED", "message": "Completed successfully"}
    assert now - 60_000 < info["creationTime"] <= info["completionTime"]
    assert {name: task[name] for name in ("taskName", "from", "to", "destinationPrefix")} == {
        "taskName": "nightly",
        "from": start,
        "to": start + 7,
        "destinationPrefix": "out",
    }
    finished = error_of(logs.cancel_export_task, taskId=task_id)
    assert finished == {
        "Code": "InvalidOperationException",
        "Message": "The specified export task has already finished",
    }


def test_what_cannot_be_exported_is_refused(logs: Any, stream: dict[str, str], bucket: str) -> None:
    good = {
        "logGroupName": stream["logGroupName"],
        "fromTime": 1,
        "to": 2,
        "destination": bucket,
    }
    cases = {
        "ResourceNotFoundException": {"logGroupName": "none"},
        "InvalidParameterException": {"destination": f"{bucket}-none"},
    }

    refused = {code: error_of(logs.create_export_task, **good | it) for code, it in cases.items()}

    assert refused["ResourceNotFoundException"]["Message"] == (
        "The specified log group does not exist."
    )
    assert refused["InvalidParameterException"]["Message"] == (
        "The given bucket does not exist. Please make sure the bucket is valid."
    )
    assert {code: error["Code"] for code, error in refused.items()} == {
        code: code for code in cases
    }
    assert logs.describe_export_tasks()["exportTasks"] == []
    assert error_of(logs.cancel_export_task, taskId="none") == {
        "Code": "ResourceNotFoundException",
        "Message": "The specified export task does not exist.",
    }


@pytest.mark.anyio
async def test_one_task_is_at_work_at_a_time_and_can_be_cancelled(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await direct.ask("s3", "CreateBucket", Bucket="logs")
        await direct.ask("logs", "CreateLogGroup", logGroupName="g")
        asked = {"logGroupName": "g", "from": 1, "to": 2, "destination": "logs"}
        working = direct.backends.background.turn("logs/export-task", AT_ONCE)
        for _ in range(AT_ONCE):  # Nobody else's turn comes: the task waits.
            await working.acquire()
        first = await direct.ask("logs", "CreateExportTask", **asked)

        with pytest.raises(ServiceError) as second:
            await direct.ask("logs", "CreateExportTask", **asked)
        await direct.ask("logs", "CancelExportTask", **first)
        for _ in range(AT_ONCE):
            working.release()

        await direct.backends.background.finish()
        cancelled = await direct.ask("logs", "DescribeExportTasks", **first)
        third = await direct.ask("logs", "CreateExportTask", **asked)
        await direct.backends.background.finish()
        completed = await direct.ask("logs", "DescribeExportTasks", statusCode="COMPLETED")

    assert second.value.code == "LimitExceededException"
    assert cancelled["exportTasks"][0]["status"] == {"code": "CANCELLED"}
    assert [task["taskId"] for task in completed["exportTasks"]] == [third["taskId"]]


def test_of_tasks_that_are_asked_for_at_once_one_is_at_work(
    logs: Any, stream: dict[str, str], bucket: str, now: int
) -> None:
    put(logs, stream, (now, "event"))
    asked = {
        "logGroupName": stream["logGroupName"],
        "fromTime": now,
        "to": now,
        "destination": bucket,
    }

    def begin(_: int) -> str:
        try:
            return logs.create_export_task(**asked)["taskId"]
        except ClientError as error:
            return error.response["Error"]["Code"]

    for _ in range(20):
        with ThreadPoolExecutor(2) as clients:
            answers = list(clients.map(begin, range(2)))
        begun = [answer for answer in answers if answer != "LimitExceededException"]
        times = [ended(logs, task_id)["executionInfo"] for task_id in begun]
        # The second may come when the first has ended, but not before.
        last_begin = max(time["creationTime"] for time in times)
        assert len(begun) == 1 or last_begin >= min(time["completionTime"] for time in times)
