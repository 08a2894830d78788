"""Jobs of instance types with GPUs, where there are some by the operator's word, and none."""

from pathlib import Path
from typing import Any

import pytest

from outcrop import LocalServer
from outcrop.services.sagemaker.running.gpus import Gpus, gpus_of, shared
from tests.own_clients import client_of
from tests.services.sagemaker.test_restarts import wait_until
from tests.services.sagemaker.test_training_jobs import JOB, LOG_GROUP, Account

P3 = {**JOB["ResourceConfig"], "InstanceType": "ml.p3.2xlarge"}


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("ml.p3.2xlarge", 1),
        ("ml.p3.16xlarge", 8),
        ("ml.g5.12xlarge", 4),
        ("ml.m5.large", 0),
        ("ml.inf2.48xlarge", 0),
        ("ml.trn1.32xlarge", 0),
        ("", 0),
    ],
)
def test_a_type_has_so_many_gpus(name: str, count: int) -> None:
    assert gpus_of(name) == count


def test_instances_get_what_there_is() -> None:
    p3, p3_16 = "ml.p3.2xlarge", "ml.p3.16xlarge"

    assert shared(p3, instances=2, there=8) == Gpus(each=1, together=2)
    assert shared(p3_16, instances=2, there=4) == Gpus(
        each=2,
        together=4,
        notice="An instance gets 2 of the 8 GPUs that ml.p3.16xlarge has on AWS.",
    )
    assert shared(p3, instances=2, there=1) == Gpus(
        each=1,
        together=1,
        are_shared=True,
        notice="This machine has 1 GPU for 2 instances of ml.p3.2xlarge, so that they share it,"
        " which NCCL refuses and gloo allows.",
    )


def seen(user: Account, name: str) -> list[str]:
    """Return what the one instance of a job has said by now."""
    found = user.logs.filter_log_events(logGroupName=LOG_GROUP, logStreamNamePrefix=f"{name}/")
    return [event["message"] for event in found["events"]]


def says(command: str) -> dict[str, Any]:
    entry = {"ContainerEntrypoint": ["sh", "-c", command]}
    return {"AlgorithmSpecification": {**JOB["AlgorithmSpecification"], **entry}}


def create(user: Account, name: str, command: str, **changes: Any) -> None:
    request = {**user.request(name), **says(command), "ResourceConfig": P3, **changes}
    user.sagemaker.create_training_job(**request)


def test_a_job_for_gpus_that_are_not_here_says_so_and_runs_on_processors(tmp_path: Path) -> None:
    with LocalServer(tmp_path, settings={"OUTCROP_JOBS_GPUS": "none"}).running() as server:
        user = Account(lambda service: client_of(server, service), "123456789012")
        create(user, "none", "echo $SM_NUM_GPUS")
        user.wait("none", "Completed")

        assert user.log("none") == [
            "ml.p3.2xlarge has 1 GPU on AWS, and this machine has none: the job runs on its"
            " processors.",
            "0",
        ]


def test_jobs_wait_for_gpus_and_have_them_alone(tmp_path: Path) -> None:
    settings = {"OUTCROP_JOBS_GPUS": "1050,1051", "OUTCROP_JOBS_INSTANCES": "8"}
    here = "echo $CUDA_VISIBLE_DEVICES $SM_NUM_GPUS; trap 'exit 0' TERM; sleep 100 & wait"
    first = LocalServer(tmp_path, settings=settings)
    with first.running():
        user = Account(lambda service: client_of(first, service), "123456789012")
        for name in ("b", "c", "a"):  # The next server hears of them by their names.
            create(user, name, here)
            if name != "a":
                wait_until(first, lambda name=name: len(seen(user, name)) == 1)
        create(
            user, "plain", 'echo "[$CUDA_VISIBLE_DEVICES]"', ResourceConfig=JOB["ResourceConfig"]
        )
        user.wait("plain", "Completed")
        assert [seen(user, name) for name in ("b", "c", "plain")] == [
            ["1050 1"],
            ["1051 1"],
            ["[]"],
        ]
        assert user.sagemaker.describe_training_job(TrainingJobName="a")["SecondaryStatus"] == (
            "Starting"
        )
        first.kill()

    with LocalServer(tmp_path, settings=settings).running() as second:
        user = Account(lambda service: client_of(second, service), "123456789012")
        user.sagemaker.stop_training_job(TrainingJobName="b")
        user.wait("b", "Stopped")
        wait_until(second, lambda: seen(user, "a") == ["1050 1"])
        for name in ("a", "c"):
            user.sagemaker.stop_training_job(TrainingJobName=name)
            user.wait(name, "Stopped")
