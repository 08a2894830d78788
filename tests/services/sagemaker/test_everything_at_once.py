"""A server that dies, again and again, while all it has begun is at work: nothing is lost.

Two training jobs, a tuning job and an endpoint run; each server listens at another port.
"""

import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.sagemaker.endpoint_account import EndpointAccount
from tests.services.sagemaker.test_restarts import ACCOUNT, JOB, create, wait_until
from tests.services.sagemaker.test_tuning_jobs import METRICS, Account, tuned

LINES = 600
SCRIPT = f"""
import os, pathlib, time
for number in range({LINES}):
    print(f"line {{number}}", f"score={{number}};" if number % 10 == 0 else "", flush=True)
    time.sleep(0.01)
pathlib.Path(os.environ["SM_MODEL_DIR"], os.environ["SM_CURRENT_HOST"]).write_text("whole")
"""
ANSWERS = """
import json, os
print("loading", flush=True)
def model_fn(folder):
    return os.getpid()
def input_fn(content, content_type):
    return json.loads(content)
def predict_fn(data, model):
    print("asked", data, flush=True)
    return model
"""
VALUES = ["0.1", "0.2", "0.3", "0.4"]
EPOCHS = 5
TRAINED = ["Starting", "Downloading", "Training", "Uploading", "Completed"]
needs_ray = [
    pytest.mark.slow,  # The cluster takes half a minute to start and to stop.
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs outcrop[ray]"),
    # Ray's own: files of its processes are left to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning"),
]


class User:
    """What the one user of a server does."""

    def __init__(self, server: LocalServer) -> None:
        self.server = server
        self.tuning = Account(lambda service: client_of(server, service), ACCOUNT)
        self.endpoints = EndpointAccount(lambda service: client_of(server, service), ACCOUNT)

    def begin(self) -> None:
        """Let all begin."""
        algorithm = {**JOB["AlgorithmSpecification"], "MetricDefinitions": METRICS}
        for name, count in (("one", 1), ("two", 2)):
            instances = {**JOB["ResourceConfig"], "InstanceCount": count}
            more = {"AlgorithmSpecification": algorithm, "ResourceConfig": instances}
            create(self.server, name, SCRIPT, **more)
        self.tuning.create(
            "tuned",
            {"Strategy": "Grid"},
            ranges={"CategoricalParameterRanges": [{"Name": "x", "Values": VALUES}]},
            static={"epochs": str(EPOCHS), "slow": "0.3"},
            most=None,
        )
        self.endpoints.deploy("served", ANSWERS)

    def job(self, name: str) -> dict[str, Any]:
        return client_of(self.server, "sagemaker").describe_training_job(TrainingJobName=name)

    def logs(self, job: str) -> Mapping[str, list[str]]:
        """Return what each instance of a job has said."""
        logs = client_of(self.server, "logs")
        said: dict[str, list[str]] = {}
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=f"{job}/"
        )
        for page in pages:
            for event in page["events"]:
                host = event["logStreamName"].partition("/")[2].rpartition("-")[0]
                said.setdefault(host, []).append(event["message"].strip())
        return said

    def lines(self, job: str) -> Mapping[str, list[str]]:
        """Return what the script of a job has said on each instance."""
        return {
            host: [line.partition(" score")[0] for line in said if line.startswith("line ")]
            for host, said in self.logs(job).items()
        }

    def data(self, job: str) -> tuple[float, float]:
        """Return how many data of a job's metric CloudWatch has, and the job's trial component."""
        name = {"Name": "TrainingJobName", "Value": job}
        created = self.job(job)["CreationTime"]
        statistics = client_of(self.server, "cloudwatch").get_metric_statistics(
            Namespace="/aws/sagemaker/TrainingJobs",
            MetricName="score",
            Dimensions=[name],
            StartTime=created.replace(minute=0),
            EndTime=created.replace(year=created.year + 1),
            Period=86_400,
            Statistics=["SampleCount"],
        )
        component = client_of(self.server, "sagemaker").describe_trial_component(
            TrialComponentName=f"{job}-aws-training-job"
        )
        counted = sum(point["SampleCount"] for point in statistics["Datapoints"])
        return counted, sum(metric["Count"] for metric in component["Metrics"])

    def check_jobs(self) -> None:
        whole = [f"line {number}" for number in range(LINES)]
        for name, hosts in (("one", ["algo-1"]), ("two", ["algo-1", "algo-2"])):
            job = self.job(name)
            assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
            assert [one["Status"] for one in job["SecondaryStatusTransitions"]] == TRAINED
            assert all("EndTime" in one for one in job["SecondaryStatusTransitions"])
            assert self.lines(name) == dict.fromkeys(hosts, whole)
            assert self.data(name) == (LINES / 10 * len(hosts), LINES / 10 * len(hosts))
            [metric] = job["FinalMetricDataList"]
            assert (metric["MetricName"], metric["Value"]) == ("score", LINES - 10)

    def check_tuning(self) -> None:
        told = self.tuning.describe("tuned")
        assert told["HyperParameterTuningJobStatus"] == "Completed", told.get("FailureReason")
        assert told["TrainingJobStatusCounters"] == {
            "Completed": len(VALUES),
            "InProgress": 0,
            "RetryableError": 0,
            "NonRetryableError": 0,
            "Stopped": 0,
        }
        trials = sorted(self.tuning.trials("tuned"), key=lambda one: one["CreationTime"])
        assert tuned(trials) == [{"x": value} for value in VALUES]
        assert told["BestTrainingJob"]["TunedHyperParameters"] == {"x": VALUES[-1]}
        for trial, value in zip(trials, VALUES, strict=True):
            name = trial["TrainingJobName"]
            said = [line for line in self.logs(name)["algo-1"] if line.startswith("score")]
            assert said == [f"score={(epoch + 1) * float(value)};" for epoch in range(EPOCHS)]
            assert self.data(name) == (EPOCHS, EPOCHS)


@pytest.fixture(params=["process", pytest.param("ray", marks=needs_ray)])
def settings(request: pytest.FixtureRequest) -> Iterator[Mapping[str, str]]:
    """Where jobs run."""
    room = {"OUTCROP_JOBS_INSTANCES": "5"}
    if request.param == "process":
        yield room
        return
    from tests.jobs.ray_nodes import nodes  # noqa: PLC0415 - Ray need not be there

    with nodes(2, cpus=4) as (address, _):
        yield {**room, "OUTCROP_JOBS_RUNNER": "ray", "OUTCROP_JOBS_RAY_ADDRESS": address}


def test_all_that_runs_goes_on_over_the_deaths_of_servers(
    tmp_path: Path, settings: Mapping[str, str]
) -> None:
    first = LocalServer(tmp_path, settings=settings)
    with first.running():
        user = User(first)
        user.begin()
        process = user.endpoints.ask("served", 1)
        wait_until(first, lambda: len(user.lines("two").get("algo-1", ())) > LINES / 10)
        first.kill()
    for _ in range(2):  # One dies as soon as it listens, the other a moment later.
        dying = LocalServer(tmp_path, settings=settings)
        with dying.running():
            dying.kill()

    last = LocalServer(tmp_path, settings=settings)
    with last.running():
        user = User(last)
        assert user.endpoints.ask("served", 2) == process
        for name in ("one", "two"):
            wait_until(last, lambda name=name: user.job(name)["TrainingJobStatus"] != "InProgress")
        user.tuning.ended("tuned")

        user.check_jobs()
        user.check_tuning()
        said = user.endpoints.log("served")
        assert [line for line in said if line.startswith("asked")] == ["asked 1", "asked 2"]
        assert said.count("loading") == 1
        left = tmp_path / "jobs" / "files"
        user.endpoints.until(lambda: list(left.iterdir()) == [])
