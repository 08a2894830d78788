"""Servers that die or stop, and programs that end, while a tracking server keeps what jobs log."""

import os
import signal
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.sagemaker.mlflow_account import LOG, MlflowAccount, plugin, processes, runs

ACCOUNT = "123456789012"
RUNTIME = """
[tracked]
extends = "mlflow"
repositories = ["tracked"]
train = ["python", "/opt/ml/input/data/code/train.py"]
"""
"""What jobs run in that log to MLflow: the environment that there is already."""
LOGGED = [{"depth": "3", "name": "ä b", "loss": 0.25}]
LONGEST_SECONDS = 120


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while not is_so():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)


def train(server: LocalServer, user: MlflowAccount, arn: str) -> None:
    """Run a job that logs, in its sandbox, to the tracking server of an ARN."""
    user.s3.put_object(Bucket=user.bucket, Key="code/train.py", Body=LOG.encode())
    user.s3.put_object(Bucket=user.bucket, Key=f"code/{plugin().name}", Body=plugin().read_bytes())
    user.sagemaker.create_training_job(
        TrainingJobName="logs",
        RoleArn=user.role,
        AlgorithmSpecification={"TrainingImage": "tracked", "TrainingInputMode": "File"},
        InputDataConfig=[
            {
                "ChannelName": "code",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": f"s3://{user.bucket}/code/",
                    }
                },
            }
        ],
        OutputDataConfig={"S3OutputPath": f"s3://{user.bucket}/models"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 120},
        Environment={
            "MLFLOW_TRACKING_URI": arn,
            "PYTHONPATH": f"/opt/ml/input/data/code/{plugin().name}",
        },
    )
    told: dict[str, Any] = {}

    def has_ended() -> bool:
        told.update(user.sagemaker.describe_training_job(TrainingJobName="logs"))
        return told["TrainingJobStatus"] != "InProgress"

    until(has_ended)
    assert told["TrainingJobStatus"] == "Completed", told.get("FailureReason")


@pytest.mark.slow
def test_what_jobs_log_outlasts_a_crash_of_the_server_and_of_mlflow(tmp_path: Path) -> None:
    (tmp_path / "runtimes.toml").write_text(RUNTIME, encoding="utf-8")
    first = LocalServer(tmp_path)
    with first.running():
        user = MlflowAccount(partial(client_of, first), ACCOUNT)
        arn = user.create("kept")
        assert user.settled("kept")["TrackingServerStatus"] == "Created"
        train(first, user, arn)
        assert runs(user.describe("kept")["TrackingServerUrl"]) == LOGGED
        before = processes(tmp_path)
        first.kill()

    with LocalServer(tmp_path).running() as second:
        user = MlflowAccount(partial(client_of, second), ACCOUNT)
        url = user.describe("kept")["TrackingServerUrl"]
        assert runs(url) == LOGGED
        assert processes(tmp_path) == before
        assert [key.rpartition("/")[2] for key in user.artifacts() if "mlflow/" in key] == [
            "a note.txt"
        ]

        for process in before:
            os.kill(process, signal.SIGKILL)
        until(lambda: processes(tmp_path) not in (before, []))
        assert runs(url) == LOGGED

        asked = urllib.request.Request(f"{second.url}/_outcrop/reset", method="POST")
        urllib.request.urlopen(asked).close()
        until(
            lambda: not processes(tmp_path) and not list((tmp_path / "jobs" / "trackers").iterdir())
        )


@pytest.mark.slow
def test_a_server_that_stops_ends_its_tracking_servers_and_the_next_starts_them(
    tmp_path: Path,
) -> None:
    with LocalServer(tmp_path).running() as first:
        user = MlflowAccount(partial(client_of, first), ACCOUNT)
        user.create("kept")
        assert user.settled("kept")["IsActive"] == "Active"
        before = processes(tmp_path)
    assert (len(before), processes(tmp_path)) == (1, [])

    with LocalServer(tmp_path).running() as second:
        user = MlflowAccount(partial(client_of, second), ACCOUNT)
        until(lambda: len(processes(tmp_path)) == 1)
        user.sagemaker.delete_mlflow_tracking_server(TrackingServerName="kept")
        user.until_gone("kept")
        assert processes(tmp_path) == []


@pytest.mark.slow
def test_creations_and_deletions_go_on_after_a_crash(tmp_path: Path) -> None:
    server = LocalServer(tmp_path)
    with server.running():
        user = MlflowAccount(partial(client_of, server), ACCOUNT)
        user.create("kept")
        server.kill()
        server.start()
        assert user.settled("kept")["TrackingServerStatus"] == "Created"
        assert len(processes(tmp_path)) == 1

        user.sagemaker.delete_mlflow_tracking_server(TrackingServerName="kept")
        server.kill()
        server.start()
        user.until_gone("kept")
        until(lambda: not list((tmp_path / "jobs" / "trackers").iterdir()))
        assert processes(tmp_path) == []


def test_no_more_tracking_servers_run_than_the_machine_may(tmp_path: Path) -> None:
    settings = {"OUTCROP_JOBS_TRACKING_SERVERS": "0"}
    with LocalServer(tmp_path, settings=settings).running() as server:
        user = MlflowAccount(partial(client_of, server), ACCOUNT)

        with pytest.raises(user.sagemaker.exceptions.ResourceLimitExceeded) as caught:
            user.create("late")

    assert caught.value.response["Error"]["Message"] == (
        "At most 0 tracking servers run at once ([jobs] tracking_servers)."
    )
