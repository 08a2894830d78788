"""Jobs of PyTorch's images: the default trainer and users' scripts, on two instances that share."""

import json
import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from outcrop import LocalServer
from tests.installed_runtimes import program_environment, runtime_python
from tests.services.sagemaker.test_restarts import ACCOUNT
from tests.services.sagemaker.test_restarts import client as client_of
from tests.services.sagemaker.test_training_jobs import Account

IMAGE = "pytorch-training:2.0-gpu"
TWO = {"InstanceType": "ml.p3.2xlarge", "InstanceCount": 2, "VolumeSizeInGB": 30}
ALGORITHM = {"TrainingImage": IMAGE, "TrainingInputMode": "File"}

WRITE = """
import csv, random, sys
from sklearn import datasets
data = getattr(datasets, "load_" + sys.argv[1])()
rows = [[int(label), *cells] for cells, label in zip(data.data.tolist(), data.target)]
random.Random(0).shuffle(rows)
csv.writer(sys.stdout).writerows(rows)
"""
PREDICT = """
import json, sys
from outcrop_runtime.default_model import load
predictions = load(sys.argv[1]).predict(json.load(sys.stdin))
json.dump([prediction.label for prediction in predictions], sys.stdout)
"""
PLAIN_DDP = """
import json, os
import torch, torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel
hosts, host = json.loads(os.environ["SM_HOSTS"]), os.environ["SM_CURRENT_HOST"]
dist.init_process_group("gloo", rank=hosts.index(host), world_size=len(hosts))
model = DistributedDataParallel(torch.nn.Linear(1, 1, bias=False))
model(torch.ones(1, 1) * (1 + dist.get_rank())).sum().backward()
print("shared gradient", model.module.weight.grad.item())  # In several pieces.
dist.destroy_process_group()
"""


def in_runtime(program: str, *arguments: str, given: str = "") -> str:
    """Run a program in the runtime's own environment and return what it prints."""
    done = subprocess.run(
        [runtime_python("pytorch"), "-c", program, *arguments],
        env=program_environment(),
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture
def jobs(client: Callable[..., Any], account: str) -> Account:
    return Account(client, account)


def losses(log: Sequence[str]) -> Sequence[float]:
    lines = [line for line in log if line.startswith("epoch=")]
    return [float(line.partition("train:loss=")[2].split()[0]) for line in lines]


@pytest.mark.parametrize("name", ["iris", "wine", "digits"])
def test_without_a_script_two_instances_learn_a_table(
    jobs: Account, name: str, tmp_path: Path
) -> None:
    rows = in_runtime(WRITE, name).splitlines()
    held_out, trained_on = rows[::5], [row for n, row in enumerate(rows) if n % 5]
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
        assert f"rows={count} of {len(trained_on)}: row {number} and every 2. row" in log[0]
    assert losses(logs[0])[-1] < losses(logs[0])[0] / 2
    assert losses(logs[1]) == []
    metrics = {one["MetricName"]: one["Value"] for one in job["FinalMetricDataList"]}
    assert set(metrics) == {"train:loss", "validation:loss", "validation:accuracy"}

    for path, content in jobs.archive(job["ModelArtifacts"]["S3ModelArtifacts"]).items():
        (tmp_path / path).write_bytes(content)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.json", "model.safetensors"]
    asked = [[float(cell) for cell in row.split(",")[1:]] for row in held_out]
    labels = json.loads(in_runtime(PREDICT, str(tmp_path), given=json.dumps(asked)))
    right = [label == int(row.split(",")[0]) for label, row in zip(labels, held_out, strict=True)]
    assert sum(right) / len(right) >= 0.9


def test_a_bad_hyperparameter_of_the_default_trainer_is_the_failure_reason(jobs: Account) -> None:
    request = {**jobs.request("bad"), "AlgorithmSpecification": ALGORITHM}
    jobs.sagemaker.create_training_job(**{**request, "HyperParameters": {"epochs": "-1"}})
    job = jobs.wait("bad", "Failed")

    assert job["FailureReason"] == (
        "AlgorithmError: The hyperparameter epochs must be a whole number of at least 1, not -1.,"
        " exit code: 1"
    )


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
