"""Scripts that take more than they may: ended, with the reason told, and nothing else harmed."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.sagemaker.test_processing_jobs import Account

BOMB = """
import os
while True:
    try: os.fork()
    except OSError: pass
"""
GLUTTON = """
import socket
if socket.gethostname() == "algo-1":
    data = b"x" * (6 << 30)
"""
FILLER = """
import os, time
for number in range(6):
    with open(f"/opt/ml/processing/output/{number}", "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 300 << 20)
time.sleep(300)
"""
STRAY = """
import os, pathlib
for folder in ("/", "/etc", "/usr/lib", "/opt", "/home", os.path.dirname(os.__file__)):
    try: (pathlib.Path(folder) / "outcrop-stray").write_text("stray")
    except OSError as error: print(folder, error.strerror)
"""


@pytest.fixture
def jobs(client: Callable[..., Any], account: str) -> Account:
    return Account(client, account)


@pytest.mark.parametrize(
    ("script", "instances", "reason"),
    [
        pytest.param(BOMB, 1, "started more processes than an instance may have", id="forks"),
        # Many share this machine's memory, so that it takes little time to fill one's part.
        pytest.param(GLUTTON, 16, "took more memory than its instance has", id="allocates"),
        pytest.param(FILLER, 1, "wrote more than its volume holds", id="fills its disk"),
    ],
)
def test_what_takes_more_than_its_instance_has_is_ended(
    jobs: Account, script: str, instances: int, reason: str
) -> None:
    small = {"InstanceCount": instances, "InstanceType": "ml.t3.medium", "VolumeSizeInGB": 1}
    jobs.create("greedy", script, ProcessingResources={"ClusterConfig": small})
    job = jobs.wait("greedy", "Failed")

    assert job["FailureReason"].startswith(f"ClientError: algo-1 {reason}")
    took = job["ProcessingEndTime"] - job["ProcessingStartTime"]
    assert took.total_seconds() < 60


def test_what_writes_elsewhere_is_refused(jobs: Account) -> None:
    jobs.create("stray", STRAY)
    jobs.wait("stray", "Completed")

    said = jobs.log("stray")
    assert [line.partition(" ")[2] for line in said[:3]] == ["Read-only file system"] * 3


def test_what_prints_very_much_is_kept(jobs: Account) -> None:
    jobs.create("talker", "for n in range(100_000): print('x' * 1000)\nprint('end')")
    job = jobs.wait("talker", "Completed")

    streams = jobs.logs.describe_log_streams(
        logGroupName="/aws/sagemaker/ProcessingJobs", logStreamNamePrefix="talker/"
    )["logStreams"]
    last = jobs.logs.get_log_events(
        logGroupName="/aws/sagemaker/ProcessingJobs",
        logStreamName=streams[0]["logStreamName"],
        startFromHead=False,
        limit=1,
    )["events"]
    assert [event["message"] for event in last] == ["end"]
    took = job["ProcessingEndTime"] - job["ProcessingStartTime"]
    assert took.total_seconds() < 120
