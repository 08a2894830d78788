"""What training jobs keep in S3 while they run, and begin with; how they are tried again."""

import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.sagemaker.test_restarts import create, printed, wait_until
from tests.services.sagemaker.test_training_jobs import Account

COUNT = """
import pathlib
folder = pathlib.Path("/opt/ml/checkpoints")
found = sorted(path.name for path in folder.iterdir())
print("found", found)
(folder / f"epoch-{len(found)}").write_text("x" * len(found))
pathlib.Path("/opt/ml/model/weights").mkdir()
pathlib.Path("/opt/ml/model/weights/first").write_text("1")
pathlib.Path("/opt/ml/output/data/report").write_text("fine")
"""
WAIT_ONCE = """
import pathlib, time
path = pathlib.Path("/opt/ml/checkpoints/half")
if path.exists():
    print("line", "after", path.read_text(), flush=True)
else:
    path.write_text("the first half")
    time.sleep(300)
"""


@pytest.fixture
def jobs(client: Callable[..., Any], account: str) -> Account:
    return Account(client, account)


def keys(jobs: Account, prefix: str) -> Mapping[str, int]:
    listed = jobs.s3.list_objects_v2(Bucket=jobs.bucket, Prefix=prefix).get("Contents", [])
    return {one["Key"]: one["Size"] for one in listed}


def test_a_job_begins_with_the_checkpoints_of_the_one_before(jobs: Account) -> None:
    jobs.s3.put_object(Bucket=jobs.bucket, Key="kept-elsewhere/epoch-9", Body=b"")
    for name in ("first", "second"):
        jobs.create(name, COUNT, CheckpointConfig={"S3Uri": jobs.uri("kept")})
        jobs.wait(name, "Completed")

    assert "found []" in jobs.log("first")
    assert "found ['epoch-0']" in jobs.log("second")
    assert keys(jobs, "kept/") == {"kept/epoch-0": 0, "kept/epoch-1": 1}


def test_a_model_may_be_uploaded_as_it_is(jobs: Account) -> None:
    output = {"S3OutputPath": jobs.uri("models"), "CompressionType": "NONE"}
    jobs.create("plain", COUNT, OutputDataConfig=output)
    job = jobs.wait("plain", "Completed")

    assert job["ModelArtifacts"] == {"S3ModelArtifacts": jobs.uri("models/plain/output/model/")}
    assert keys(jobs, "models/") == {
        "models/plain/output/data/report": 4,
        "models/plain/output/model/weights/first": 1,
    }


def test_a_spot_job_that_waits_too_long_is_stopped(jobs: Account) -> None:
    jobs.create("first", "import time; time.sleep(60)")
    jobs.wait("first", secondary="Training")
    many = {"InstanceType": "ml.m5.large", "InstanceCount": 500, "VolumeSizeInGB": 1}
    jobs.create(
        "waiting",
        COUNT,
        ResourceConfig=many,
        EnableManagedSpotTraining=True,
        StoppingCondition={"MaxRuntimeInSeconds": 1, "MaxWaitTimeInSeconds": 2},
    )
    job = jobs.wait("waiting", "Stopped")
    jobs.sagemaker.stop_training_job(TrainingJobName="first")
    jobs.wait("first", "Stopped")

    assert job["SecondaryStatus"] == "MaxWaitTimeExceeded"
    assert "TrainingStartTime" not in job


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"StoppingCondition": {"MaxRuntimeInSeconds": 1, "MaxWaitTimeInSeconds": 2}},
            "only supported when EnableManagedSpotTraining is set to true",
        ),
        (
            {
                "EnableManagedSpotTraining": True,
                "StoppingCondition": {"MaxRuntimeInSeconds": 3, "MaxWaitTimeInSeconds": 2},
            },
            "greater than or equal to MaxRuntimeInSeconds",
        ),
        (
            {"CheckpointConfig": {"S3Uri": "s3://data/c", "LocalPath": "/home/me"}},
            "must lie below /opt/ml here",
        ),
    ],
)
def test_what_cannot_be_kept_or_waited_for_is_refused(
    jobs: Account, changes: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(ClientError, match=message):
        jobs.sagemaker.create_training_job(**{**jobs.request("refused"), **changes})


def test_a_job_whose_instance_is_lost_is_tried_again_from_its_checkpoint(tmp_path: Path) -> None:
    with LocalServer(tmp_path).running() as server:
        create(
            server,
            "lost",
            WAIT_ONCE,
            CheckpointConfig={"S3Uri": "s3://data/kept"},
            RetryStrategy={"MaximumRetryAttempts": 1},
        )
        listed = client_of(server, "s3").list_objects_v2
        wait_until(server, lambda: listed(Bucket="data", Prefix="kept/")["KeyCount"] == 1)
        (keeper,) = (tmp_path / "jobs" / "runs").glob("*/keeper.json")
        os.kill(json.loads(keeper.read_text())["pid"], signal.SIGKILL)
        describe = client_of(server, "sagemaker").describe_training_job
        wait_until(
            server, lambda: describe(TrainingJobName="lost")["TrainingJobStatus"] != "InProgress"
        )
        job = describe(TrainingJobName="lost")

        assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
        states = [one["Status"] for one in job["SecondaryStatusTransitions"]]
        assert states.index("Training") < states.index("Restarting") < len(states) - 1
        assert printed(server) == ["line after the first half"]
        deadline = time.monotonic() + 30
        while list((tmp_path / "jobs" / "runs").iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert list((tmp_path / "jobs" / "files").iterdir()) == []
