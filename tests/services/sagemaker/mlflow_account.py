"""What a user of one account does with MLflow tracking servers."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.client_environments import CACHE
from tests.installed_runtimes import runtime_python

PLUGIN = "sagemaker-mlflow==0.5.0"
LONGEST_SECONDS = 300
"""The first tracking server of a machine waits for its runtime."""
BUSY = ("Creating", "Updating", "Starting", "Stopping", "Deleting")
LOG = """
import json, sys, mlflow
mlflow.set_experiment("iris")
with mlflow.start_run(run_name="first") as run:
    mlflow.log_params({"depth": 3, "name": "ä b"})
    for step, loss in enumerate((0.5, 0.25)):
        mlflow.log_metric("loss", loss, step=step)
    mlflow.log_text("it was well", "notes/a note.txt")
text = mlflow.artifacts.load_text(run.info.artifact_uri + "/notes/a note.txt")
history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
print(json.dumps([run.info.run_id, [one.value for one in history], text]))
"""
"""Logs a run and reads it, as any program does: where, the environment says."""


def plugin() -> Path:
    """Return AWS's plugin for MLflow, a wheel, which Python imports as it is."""
    folder = CACHE / PLUGIN
    found = list(folder.glob("*.whl"))
    if not found:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", PLUGIN]
        subprocess.run([*command, "--dest", folder], check=True)
        found = list(folder.glob("*.whl"))
    return found[0]


def run_program(program: str, environment: Mapping[str, str]) -> str:
    """Run a program that has MLflow and AWS's plugin; return what it prints last."""
    done = subprocess.run(
        [runtime_python("mlflow"), "-c", program],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(plugin()), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[-1]


class MlflowAccount:
    """What a user of one account does with tracking servers."""

    def __init__(self, client: Callable[..., Any], account: str) -> None:
        self.s3, self.sagemaker = client("s3"), client("sagemaker")
        self.bucket = f"tracked-{account}"
        self.role = f"arn:aws:iam::{account}:role/tracker"
        self.s3.create_bucket(Bucket=self.bucket)

    def create(self, name: str, **more: Any) -> str:
        """Create a tracking server; return its ARN."""
        given = {"ArtifactStoreUri": f"s3://{self.bucket}/mlflow", "RoleArn": self.role, **more}
        answer = self.sagemaker.create_mlflow_tracking_server(TrackingServerName=name, **given)
        return answer["TrackingServerArn"]

    def describe(self, name: str) -> Mapping[str, Any]:
        """Return what is known of a tracking server."""
        return self.sagemaker.describe_mlflow_tracking_server(TrackingServerName=name)

    def settled(self, name: str) -> Mapping[str, Any]:
        """Wait until nothing is done to a tracking server any more."""
        until = time.monotonic() + LONGEST_SECONDS
        while (told := self.describe(name))["TrackingServerStatus"] in BUSY:
            assert time.monotonic() < until, told
            time.sleep(0.1)
        return told

    def until_gone(self, name: str) -> None:
        """Wait until a tracking server that is being deleted is not there any more."""
        until = time.monotonic() + LONGEST_SECONDS
        listing: Callable[[], Any] = self.sagemaker.list_mlflow_tracking_servers
        while any(
            one["TrackingServerName"] == name for one in listing()["TrackingServerSummaries"]
        ):
            assert time.monotonic() < until
            time.sleep(0.05)

    def artifacts(self) -> list[str]:
        """Return the keys of all artifacts."""
        listed = self.s3.list_objects_v2(Bucket=self.bucket)
        return [one["Key"] for one in listed.get("Contents", [])]


def ask(url: str, path: str, body: Any = None, **headers: str) -> Any:
    """Ask MLflow's own API in JSON."""
    content = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(
        f"{url}{path}", data=content, headers={"content-type": "application/json", **headers}
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return json.load(answer)


def runs(url: str) -> list[Any]:
    """Return the runs of the experiment `iris`: their parameters and last metrics by name."""
    named = ask(url, "/api/2.0/mlflow/experiments/get-by-name?experiment_name=iris")
    experiment = named["experiment"]["experiment_id"]
    found = ask(url, "/api/2.0/mlflow/runs/search", {"experiment_ids": [experiment]})
    return [
        {
            one["key"]: one["value"]
            for kind in ("params", "metrics")
            for one in run["data"].get(kind, [])
        }
        for run in found.get("runs", [])
    ]


def processes(data: Path) -> list[int]:
    """Return the ids of the processes of MLflow's server that have files in a data folder."""
    found: list[int] = []
    for process in Path("/proc").iterdir():
        try:
            if b"outcrop_runtime.tracking" not in (process / "cmdline").read_bytes():
                continue
            if f"{data.parent.name}/{data.name}/" in (process / "mountinfo").read_text(
                encoding="utf-8"
            ):
                found.append(int(process.name))
        except OSError:  # It is none, or has ended.
            continue
    return found
