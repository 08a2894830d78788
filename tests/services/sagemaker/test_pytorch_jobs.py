"""Jobs of PyTorch's images: the default trainer and users' scripts, on two instances that share."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.sagemaker.endpoint_account import EndpointAccount
from tests.services.sagemaker.tables import accuracy, table
from tests.services.sagemaker.test_restarts import ACCOUNT
from tests.services.sagemaker.test_training_jobs import Account

IMAGE = "pytorch-training:2.0-gpu"
TWO = {"InstanceType": "ml.p3.2xlarge", "InstanceCount": 2, "VolumeSizeInGB": 30}
ALGORITHM = {"TrainingImage": IMAGE, "TrainingInputMode": "File"}

PLAIN_DDP = """
import gc, json, os
import torch, torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel
hosts, host = json.loads(os.environ["SM_HOSTS"]), os.environ["SM_CURRENT_HOST"]
dist.init_process_group("gloo", rank=hosts.index(host), world_size=len(hosts))
model = DistributedDataParallel(torch.nn.Linear(1, 1, bias=False))
model(torch.ones(1, 1) * (1 + dist.get_rank())).sum().backward()
print("shared gradient", model.module.weight.grad.item())  # In several pieces.
del model  # PyTorch 2.13 may abort where one outlives its group: pytorch#190489.
gc.collect()
dist.destroy_process_group()
"""


@pytest.fixture
def jobs(client: Callable[..., Any], account: str) -> Account:
    return Account(client, account)


def first_of(log: list[str]) -> str:
    """Return the first line of the program: one about GPUs that are not here goes before it."""
    return next(line for line in log if "GPU" not in line)


def losses(log: Sequence[str]) -> Sequence[float]:
    lines = [line for line in log if line.startswith("epoch=")]
    return [float(line.partition("train:loss=")[2].split()[0]) for line in lines]


@pytest.mark.parametrize("name", ["iris", "wine", "digits"])
def test_without_a_script_two_instances_learn_a_table_and_an_endpoint_predicts_it(
    client: Callable[..., Any], account: str, name: str
) -> None:
    jobs, endpoints = Account(client, account), EndpointAccount(client, account)
    trained_on, held_out = table(name)
    jobs.s3.put_object(Bucket=jobs.bucket, Key=f"{name}/a.csv", Body="\n".join(trained_on))
    jobs.sagemaker.create_training_job(
        **{
            **jobs.request(name),
            "AlgorithmSpecification": ALGORITHM,
            "HyperParameters": {"epochs": "10"},
            "InputDataConfig": [jobs.channel(name)],
            "ResourceConfig": TWO,
        }
    )
    job = jobs.wait(name, "Completed")

    logs = [jobs.log(name, host) for host in ("algo-1", "algo-2")]
    for number, log in enumerate(logs):
        count = len(trained_on[number::2])
        what = f"rows={count} of {len(trained_on)}: row {number} and every 2. row"
        assert what in first_of(log)
    assert losses(logs[0])[-1] < losses(logs[0])[0] / 2
    assert losses(logs[1]) == []
    metrics = {one["MetricName"]: one["Value"] for one in job["FinalMetricDataList"]}
    assert set(metrics) == {"train:loss", "validation:loss", "validation:accuracy"}
    model = job["ModelArtifacts"]["S3ModelArtifacts"]
    assert sorted(jobs.archive(model)) == ["model.json", "model.safetensors"]

    endpoints.sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=f"arn:aws:iam::{account}:role/server",
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": model},
    )
    endpoints.configure(name, {"ModelName": name})
    endpoints.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    endpoints.wait(name)
    assert accuracy(endpoints.runtime, name, held_out) >= 0.9
    endpoints.sagemaker.delete_endpoint(EndpointName=name)


def test_a_bad_hyperparameter_of_the_default_trainer_is_the_failure_reason(jobs: Account) -> None:
    request = {**jobs.request("bad"), "AlgorithmSpecification": ALGORITHM}
    jobs.sagemaker.create_training_job(**{**request, "HyperParameters": {"epochs": "-1"}})
    job = jobs.wait("bad", "Failed")

    assert job["FailureReason"] == (
        "AlgorithmError: The hyperparameter epochs must be a whole number of at least 1, not -1.,"
        " exit code: 1"
    )


def test_a_command_of_the_containers_own_is_run_instead(jobs: Account) -> None:
    algorithm = {
        **ALGORITHM,
        "ContainerEntrypoint": ["/bin/sh", "-c"],
        "ContainerArguments": ["ls /opt/ml/input/data; echo made > /opt/ml/model/by-hand"],
    }
    request = {**jobs.request("own"), "AlgorithmSpecification": algorithm, "HyperParameters": {}}
    jobs.sagemaker.create_training_job(**request)
    job = jobs.wait("own", "Completed")

    assert jobs.log("own") == ["train"]
    assert jobs.archive(job["ModelArtifacts"]["S3ModelArtifacts"]) == {"by-hand": b"made\n"}
    assert "MetricDefinitions" not in job["AlgorithmSpecification"]


def test_instances_that_have_files_of_their_own_train_on_all_of_these(jobs: Account) -> None:
    request = {
        **jobs.request("sharded"),
        "AlgorithmSpecification": ALGORITHM,
        "HyperParameters": {"epochs": "1"},
        "InputDataConfig": [jobs.channel(S3DataDistributionType="ShardedByS3Key")],
        "ResourceConfig": TWO,
    }
    jobs.sagemaker.create_training_job(**request)
    jobs.wait("sharded", "Completed")

    for host in ("algo-1", "algo-2"):
        assert "rows=22 of 22: all rows of its files" in first_of(jobs.log("sharded", host))


def test_a_trainer_that_is_stopped_leaves_the_best_model_so_far(jobs: Account) -> None:
    request = {**jobs.request("endless"), "AlgorithmSpecification": ALGORITHM}
    given = {"epochs": "1000000", "patience": "0"}
    jobs.sagemaker.create_training_job(**{**request, "HyperParameters": given})
    jobs.wait("endless", secondary="Training")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if losses(jobs.log("endless")):
                break
        except (AssertionError, ClientError):  # Its log is not there yet.
            pass
        time.sleep(0.1)
    jobs.sagemaker.stop_training_job(TrainingJobName="endless")
    job = jobs.wait("endless", "Stopped")

    assert "asked to end: the best model so far is kept" in jobs.log("endless")
    archive = jobs.archive(job["ModelArtifacts"]["S3ModelArtifacts"])
    assert sorted(archive) == ["model.json", "model.safetensors"]


def test_scripts_of_two_jobs_at_once_meet_their_own_instances(tmp_path: Path) -> None:
    """Each job's instances share gradients, though all listen on one machine."""
    names = ("first", "second")
    with LocalServer(tmp_path, settings={"OUTCROP_JOBS_INSTANCES": "4"}).running() as server:
        jobs = Account(partial(client_of, server), ACCOUNT)
        for name in names:
            jobs.create(name, PLAIN_DDP, AlgorithmSpecification=ALGORITHM, ResourceConfig=TWO)
        ended = [jobs.wait(name, "Completed") for name in names]

        for name in names:
            for host in ("algo-1", "algo-2"):
                assert "shared gradient 1.5" in jobs.log(name, host)
    began, over = ("TrainingStartTime", "TrainingEndTime")
    assert max(job[began] for job in ended) < min(job[over] for job in ended)
