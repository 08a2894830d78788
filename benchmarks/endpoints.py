"""What an endpoint adds to its model: InvokeEndpoint against a direct call to the model's process.

Goals at 1 client: p50 at most 3 ms over the direct call, p99 at most 10 ms.

The model is scikit-learn's logistic regression on iris, asked for one row in JSON. Both ways are
asked turn about by the same client, over connections that are kept.
"""

import argparse
import asyncio
import http.client
import io
import os
import socket
import statistics
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from rich.console import Console
from rich.table import Table

from benchmarks.calls import signed
from outcrop.jobs.runtimes import RuntimeStore, load_runtimes
from outcrop.local import LocalServer
from outcrop.settings import load

IMAGE = "sagemaker-scikit-learn:1.2-1-cpu-py3"
ROW = b"[[5.1,3.5,1.4,0.2]]"
TYPE = {"Content-Type": "application/json"}
TRAIN = """
import sys, joblib
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
joblib.dump(LogisticRegression(max_iter=500).fit(*load_iris(return_X_y=True)), sys.argv[1])
"""
SERVE = b"""
import os, joblib
def model_fn(folder):
    return joblib.load(os.path.join(folder, "model.joblib"))
"""
WARM_UP = 200


class UnixConnection(http.client.HTTPConnection):
    """HTTP on a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        """Connect to the socket; its path may be too long for one."""
        folder = os.open(self._path.parent, os.O_PATH)
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(f"/proc/self/fd/{folder}/{self._path.name}")
        os.close(folder)


def main() -> None:
    """Measure both ways and print what lies between them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=3000, help="by each way")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="outcrop-bench-") as folder,
        LocalServer(Path(folder)).running() as server,
    ):
        deploy(server, workers=1)
        (path,) = Path(folder).glob("jobs/fleets/*/0/sockets/0.sock")
        direct = UnixConnection(path)
        through = http.client.HTTPConnection("127.0.0.1", server.port)
        ways: dict[str, Callable[[], float]] = {
            "direct": lambda: timed(direct, "/invocations", TYPE),
            "InvokeEndpoint": lambda: timed(
                through, "/endpoints/iris/invocations", {**signed("sagemaker"), **TYPE}
            ),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(arguments.requests + WARM_UP):
            for name, ask in ways.items():
                seconds = ask()
                if number >= WARM_UP:
                    times[name].append(seconds)
    show(times)


def deploy(server: LocalServer, *, workers: int) -> None:
    """Have an endpoint of the model in service."""
    any_boto3: Any = boto3
    s3, sagemaker = (
        any_boto3.client(
            name,
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="secret",
        )
        for name in ("s3", "sagemaker")
    )
    account = any_boto3.client(
        "sts",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
    ).get_caller_identity()["Account"]
    s3.create_bucket(Bucket="models")
    s3.put_object(Bucket="models", Key="iris.tar.gz", Body=model_archive())
    sagemaker.create_model(
        ModelName="iris",
        ExecutionRoleArn=f"arn:aws:iam::{account}:role/server",
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": "s3://models/iris.tar.gz",
            "Environment": {"SAGEMAKER_MODEL_SERVER_WORKERS": str(workers)},
        },
    )
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": "iris",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    sagemaker.create_endpoint_config(EndpointConfigName="iris", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="iris", EndpointConfigName="iris")
    sagemaker.get_waiter("endpoint_in_service").wait(
        EndpointName="iris", WaiterConfig={"Delay": 1, "MaxAttempts": 600}
    )


def train(path: Path) -> None:
    """Write the model to a file, in the runtime that serves it."""
    store = RuntimeStore(load().jobs.runtimes)
    runtime = load_runtimes()["scikit-learn"]
    python = asyncio.run(store.install(runtime, say=lambda _: None)) / "bin" / "python"
    subprocess.run([str(python), "-c", TRAIN, str(path)], check=True)


def model_archive() -> bytes:
    """Return model.tar.gz."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.joblib"
        train(model)
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            archive.add(model, model.name)
            entry = tarfile.TarInfo("code/inference.py")
            entry.size = len(SERVE)
            archive.addfile(entry, io.BytesIO(SERVE))
        return packed.getvalue()


def timed(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> float:
    """Ask once and return the seconds it took."""
    began = time.perf_counter()
    connection.request("POST", path, ROW, headers)
    response = connection.getresponse()
    body = response.read()
    seconds = time.perf_counter() - began
    if response.status != 200 or body != b"[0]":
        raise SystemExit(f"{response.status}: {body.decode(errors='replace')}")
    return seconds


def show(times: dict[str, list[float]]) -> None:
    """Print both ways and what the longer one adds."""
    table = Table(title="One row of iris, 1 client, ms", caption="goals: 3 and 10 ms added")
    for column in ("", "p50", "p99"):
        table.add_column(column, justify="right")
    figures = {name: (percentile(all_, 50), percentile(all_, 99)) for name, all_ in times.items()}
    (p50, p99), (direct_p50, direct_p99) = figures["InvokeEndpoint"], figures["direct"]
    figures["added"] = (p50 - direct_p50, p99 - direct_p99)
    for name, (p50, p99) in figures.items():
        table.add_row(name, f"{1000 * p50:.2f}", f"{1000 * p99:.2f}")
    Console(width=100).print(table)


def percentile(values: list[float], at: int) -> float:
    """Return a percentile."""
    return statistics.quantiles(values, n=100)[at - 1]


if __name__ == "__main__":
    main()
