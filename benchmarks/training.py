"""What a job adds to its script's start, and what a second instance takes off an epoch.

Goals: from CreateTrainingJob to the script's first line at most 1 s more than `python script.py`
takes; with two instances of one processor at most 0.6 of the seconds of one.

The runtimes are there before; the model is a perceptron in PyTorch's DistributedDataParallel, which
computes long between two exchanges of gradients.
"""

import argparse
import asyncio
import io
import re
import statistics
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import WaiterError

from outcrop.jobs.runtimes import RuntimeStore, load_runtimes
from outcrop.local import LocalServer
from outcrop.settings import load

SCIKIT_LEARN = "sagemaker-scikit-learn:1.2-1-cpu-py3"
PYTORCH = "pytorch-training:2.0-cpu-py310"
FIRST_LINE = "import time; print(f'began={time.time()}', flush=True)"
EPOCHS = 4
TRAIN = f"""
import gc, json, os, time, torch
from torch import distributed, nn
torch.set_num_threads(1)
torch.manual_seed(0)
hosts = json.loads(os.environ["SM_HOSTS"])
rank, world = hosts.index(os.environ["SM_CURRENT_HOST"]), len(hosts)
distributed.init_process_group("gloo", rank=rank, world_size=world)
rows, labels = torch.randn(16384, 512)[rank::world], torch.randint(0, 10, (16384,))[rank::world]
layers = [nn.Linear(512, 512), nn.ReLU()] * 3
model = nn.parallel.DistributedDataParallel(nn.Sequential(*layers, nn.Linear(512, 10)))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range({EPOCHS}):
    distributed.barrier()
    began = time.perf_counter()
    for part, wanted in zip(rows.split(512), labels.split(512)):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(part), wanted).backward()
        optimizer.step()
    distributed.barrier()
    print(f"seconds={{time.perf_counter() - began}}", flush=True)
del model, optimizer  # PyTorch 2.13 may abort where one outlives its group: pytorch#190489.
gc.collect()
distributed.destroy_process_group()
"""


class Jobs:
    """Training jobs of one script each."""

    def __init__(self, server: LocalServer) -> None:
        self._s3, self._sagemaker, self._logs, sts = (
            _client(server, name) for name in ("s3", "sagemaker", "logs", "sts")
        )
        self._role = f"arn:aws:iam::{sts.get_caller_identity()['Account']}:role/bench"
        self._number = 0
        self._s3.create_bucket(Bucket="bench")

    def run(self, script: str, *, image: str, instances: int = 1) -> tuple[float, str]:
        """Run a script and return when the job was asked for, and what the first instance said."""
        self._number += 1
        name = f"bench-{self._number}"
        self._s3.put_object(Bucket="bench", Key=f"{name}.tar.gz", Body=_packed(script))
        began = time.time()
        self._sagemaker.create_training_job(
            TrainingJobName=name,
            AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
            RoleArn=self._role,
            HyperParameters={
                "sagemaker_program": '"script.py"',
                "sagemaker_submit_directory": f'"s3://bench/{name}.tar.gz"',
            },
            OutputDataConfig={"S3OutputPath": "s3://bench/output"},
            ResourceConfig={
                "InstanceType": "ml.m5.large",
                "InstanceCount": instances,
                "VolumeSizeInGB": 1,
            },
            StoppingCondition={"MaxRuntimeInSeconds": 900},
        )
        try:
            self._sagemaker.get_waiter("training_job_completed_or_stopped").wait(
                TrainingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 900}
            )
        except WaiterError as error:
            told = error.last_response.get("FailureReason", "")
            raise SystemExit(f"{name}: {told}\n{self._said(name)}") from error
        return began, self._said(name, "algo-1-")

    def _said(self, name: str, instance: str = "") -> str:
        events = self._logs.filter_log_events(
            logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=f"{name}/{instance}"
        )["events"]
        return "\n".join(event["message"] for event in events)


def main() -> None:
    """Measure both and print them beside their goals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of which the median counts")
    arguments = parser.parse_args()
    python = _install("scikit-learn")
    _install("pytorch")
    with (
        tempfile.TemporaryDirectory(prefix="outcrop-bench-") as folder,
        LocalServer(Path(folder)).running() as server,
    ):
        jobs = Jobs(server)
        jobs.run(FIRST_LINE, image=SCIKIT_LEARN)
        starts = [
            (_plain_start(python), _start(*jobs.run(FIRST_LINE, image=SCIKIT_LEARN)))
            for _ in range(arguments.rounds)
        ]
        plain, job = (statistics.median(each) for each in zip(*starts, strict=True))
        print(
            f"To a script's first line: {job:.2f} s from CreateTrainingJob, {plain:.2f} s by"
            f" python; {job - plain:.2f} s more (goal: at most 1)"
        )
        ratios = [
            _epoch(jobs.run(TRAIN, image=PYTORCH, instances=2)[1])
            / _epoch(jobs.run(TRAIN, image=PYTORCH)[1])
            for _ in range(arguments.rounds)
        ]
        print(
            f"An epoch of two instances takes {statistics.median(ratios):.2f} of one's"
            f" ({min(ratios):.2f} to {max(ratios):.2f}; goal: at most 0.6)"
        )


def _client(server: LocalServer, name: str) -> Any:
    any_boto3: Any = boto3
    return any_boto3.client(
        name,
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
    )


def _install(runtime: str) -> Path:
    """Return the Python of a runtime, made if it is missing."""
    store = RuntimeStore(load().jobs.runtimes)
    made = asyncio.run(store.install(load_runtimes()[runtime], say=lambda _: None))
    return made / "bin" / "python"


def _packed(script: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo("script.py")
        entry.size = len(script.encode())
        archive.addfile(entry, io.BytesIO(script.encode()))
    return packed.getvalue()


def _plain_start(python: Path) -> float:
    began = time.time()
    said = subprocess.run([python, "-c", FIRST_LINE], capture_output=True, text=True, check=True)
    return _start(began, said.stdout)


def _start(began: float, said: str) -> float:
    return _told(said, "began")[0] - began


def _epoch(said: str) -> float:
    """Return the median seconds of an epoch but the first."""
    seconds = _told(said, "seconds")
    if len(seconds) != EPOCHS:
        raise SystemExit(said)
    return statistics.median(seconds[1:])


def _told(said: str, name: str) -> list[float]:
    return [float(number) for number in re.findall(rf"^{name}=([\d.]+)$", said, re.MULTILINE)]


if __name__ == "__main__":
    main()
