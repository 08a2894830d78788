"""Warm pools: what a job keeps for the next one that is like it, and for how long."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.sagemaker.test_restarts import ACCOUNT, create, printed
from tests.services.sagemaker.test_training_jobs import JOB, Account, jobs

__all__ = ["jobs"]

KEEP = """
import os, pathlib
cache = pathlib.Path(os.environ["SAGEMAKER_MANAGED_WARMPOOL_CACHE_DIRECTORY"])
assert str(cache) == "/opt/ml/sagemaker/warmpoolcache"
print("line", sorted(path.name for path in cache.iterdir()))
(cache / os.environ["TRAINING_JOB_NAME"]).touch()
"""


def resources(seconds: int, **changes: Any) -> dict[str, Any]:
    return {**JOB["ResourceConfig"], "KeepAlivePeriodInSeconds": seconds, **changes}


def pool(jobs: Account, name: str) -> Mapping[str, Any]:
    job = jobs.sagemaker.describe_training_job(TrainingJobName=name)
    status: Mapping[str, Any] = job["WarmPoolStatus"]
    return status


def in_pools(jobs: Account, status: str) -> list[str]:
    found = jobs.sagemaker.list_training_jobs(WarmPoolStatusEquals=status)["TrainingJobSummaries"]
    return sorted(job["TrainingJobName"] for job in found)


def test_the_next_job_that_is_alike_finds_what_the_one_before_kept(jobs: Account) -> None:
    jobs.create("first", KEEP, ResourceConfig=resources(600))
    assert pool(jobs, "first") == {"Status": "InUse"}
    jobs.wait("first", "Completed")
    assert pool(jobs, "first")["Status"] == "Available"
    jobs.create("other", KEEP, ResourceConfig=resources(600, InstanceType="ml.m5.xlarge"))
    jobs.create("second", KEEP, ResourceConfig=resources(600))
    jobs.wait("other", "Completed")
    jobs.wait("second", "Completed")

    assert [line for line in jobs.log("second") if "line" in line] == ["line ['first']"]
    assert [line for line in jobs.log("other") if "line" in line] == ["line []"]
    assert pool(jobs, "first")["Status"] == "Reused"
    assert pool(jobs, "first")["ReusedByJob"] == "second"
    assert (in_pools(jobs, "Available"), in_pools(jobs, "Reused")) == (
        ["other", "second"],
        ["first"],
    )


def test_a_job_that_keeps_nothing_ends_the_pool(jobs: Account) -> None:
    jobs.create("first", KEEP, ResourceConfig=resources(600))
    jobs.wait("first", "Completed")
    jobs.create("last", KEEP)
    jobs.wait("last", "Completed")

    assert pool(jobs, "last") == {
        "Status": "Terminated",
        "ResourceRetainedBillableTimeInSeconds": 0,
    }
    jobs.create("after", "pass")
    jobs.wait("after", "Completed")
    after = jobs.sagemaker.describe_training_job(TrainingJobName="after")
    assert "WarmPoolStatus" not in after


def test_a_pool_is_ended_by_an_update(jobs: Account) -> None:
    update = jobs.sagemaker.update_training_job
    jobs.create("kept", KEEP, ResourceConfig=resources(600))
    jobs.wait("kept", "Completed")

    answer = update(TrainingJobName="kept", ResourceConfig={"KeepAlivePeriodInSeconds": 1200})
    job = jobs.sagemaker.describe_training_job(TrainingJobName="kept")
    assert answer["TrainingJobArn"] == job["TrainingJobArn"]
    assert job["ResourceConfig"]["KeepAlivePeriodInSeconds"] == 1200
    assert job["WarmPoolStatus"]["Status"] == "Available"

    update(TrainingJobName="kept", ResourceConfig={"KeepAlivePeriodInSeconds": 0})
    assert pool(jobs, "kept")["Status"] == "Terminated"
    with pytest.raises(ClientError, match="has a warm pool in status Terminated"):
        update(TrainingJobName="kept", ResourceConfig={"KeepAlivePeriodInSeconds": 60})


def test_a_pool_waits_no_longer_than_it_is_kept_alive(jobs: Account) -> None:
    jobs.create("short", KEEP, ResourceConfig=resources(1))
    jobs.wait("short", "Completed")
    until = time.monotonic() + 30
    while pool(jobs, "short")["Status"] != "Terminated" and time.monotonic() < until:
        time.sleep(0.1)

    assert pool(jobs, "short") == {
        "Status": "Terminated",
        "ResourceRetainedBillableTimeInSeconds": 1,
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {
                "ResourceConfig": resources(60),
                "EnableManagedSpotTraining": True,
                "StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60},
            },
            "KeepAlivePeriodInSeconds is not supported when EnableManagedSpotTraining",
        ),
        ({"RemoteDebugConfig": {"EnableRemoteDebug": True}}, "needs AWS Systems Manager"),
        (
            {"SessionChainingConfig": {"EnableSessionTagChaining": True}},
            "EnableSessionTagChaining is not offered",
        ),
    ],
)
def test_what_is_not_done_here_is_refused(
    jobs: Account, changes: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(ClientError, match=message):
        jobs.create("refused", KEEP, **changes)


def test_an_update_without_a_pool_or_of_a_profiler_is_refused(jobs: Account) -> None:
    update = jobs.sagemaker.update_training_job
    jobs.create("plain", "pass")

    with pytest.raises(ClientError, match="the training job has no warm pool"):
        update(TrainingJobName="plain", ResourceConfig={"KeepAlivePeriodInSeconds": 60})
    with pytest.raises(ClientError, match="jobs are not profiled"):
        update(TrainingJobName="plain", ProfilerConfig={"DisableProfiler": True})
    with pytest.raises(ClientError, match="Requested resource not found"):
        update(TrainingJobName="none")
    jobs.wait("plain", "Completed")


def test_a_pool_outlives_the_server(tmp_path: Path) -> None:
    first = LocalServer(tmp_path)
    with first.running():
        create(first, "before", KEEP, ResourceConfig=resources(600))
        ended(first, "before")
        first.kill()
    pools = tmp_path / "jobs" / "warm-pools" / ACCOUNT / "us-east-1"
    kept = {path.name for path in pools.iterdir()}
    (pools / "nobodys" / "algo-1").mkdir(parents=True)

    with LocalServer(tmp_path).running() as second:
        create(second, "after", KEEP, ResourceConfig=resources(600))
        ended(second, "after")

        assert printed(second) == ["line []", "line ['before']"]
        assert {path.name for path in pools.iterdir()} == kept


def ended(server: LocalServer, name: str) -> None:
    describe = client_of(server, "sagemaker").describe_training_job
    until = time.monotonic() + 60
    while time.monotonic() < until:
        job = describe(TrainingJobName=name)
        if job["TrainingJobStatus"] != "InProgress":
            assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
            return
        time.sleep(0.1)
    raise AssertionError(f"{name} did not end")
