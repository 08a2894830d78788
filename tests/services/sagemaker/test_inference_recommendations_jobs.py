"""Inference Recommender: models that are tried on instances, under a load that is real."""

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.services.sagemaker.endpoint_account import EndpointAccount, packed
from tests.services.sagemaker.test_endpoint_restarts import runs, user

SLOW = """
import json, os, time
def model_fn(folder):
    return float(os.environ.get("PAUSE", "0.02"))
def input_fn(content, content_type):
    return json.loads(content)
def predict_fn(data, model):
    time.sleep(model)
    return {"seen": data}
"""
PROVISIONED = {"MemorySizeInMB": 1024, "MaxConcurrency": 2, "ProvisionedConcurrency": 1}
STAIRS = {
    "TrafficType": "STAIRS",
    "Stairs": {"DurationInSeconds": 1, "NumberOfSteps": 3, "UsersPerStep": 1},
}


def create(
    endpoints: EndpointAccount, name: str, *, pauses: tuple[str, ...] = (), **more: Any
) -> None:
    """Begin an advanced job on one instance type."""
    parameters = {"CategoricalParameterRanges": [{"Name": "PAUSE", "Value": list(pauses)}]}
    configuration = {"InstanceType": "ml.m5.large"} | (
        {"EnvironmentParameterRanges": parameters} if pauses else {}
    )
    given = {
        "ModelName": "slow",
        "EndpointConfigurations": [configuration],
        "TrafficPattern": STAIRS,
        "ContainerConfig": {
            "PayloadConfig": {
                "SamplePayloadUrl": f"s3://{endpoints.bucket}/payload.tar.gz",
                "SupportedContentTypes": ["application/json"],
            }
        },
        **more.pop("given", {}),
    }
    endpoints.sagemaker.create_inference_recommendations_job(
        JobName=name,
        JobType=more.pop("JobType", "Advanced"),
        RoleArn=f"arn:aws:iam::{endpoints.id}:role/server",
        InputConfig=given,
        **more,
    )


def put(endpoints: EndpointAccount, script: str = SLOW) -> None:
    """Have a model and a payload of two requests."""
    endpoints.put_script("slow", script)
    payload = packed({"one.json": "1", "two.json": "[2]"})
    endpoints.s3.put_object(Bucket=endpoints.bucket, Key="payload.tar.gz", Body=payload)


def wait(endpoints: EndpointAccount, name: str, status: str = "COMPLETED") -> Mapping[str, Any]:
    """Wait for the end of a job, and return it."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        job = endpoints.sagemaker.describe_inference_recommendations_job(JobName=name)
        if job["Status"] in ("COMPLETED", "FAILED", "STOPPED"):
            assert job["Status"] == status, job
            return job
        time.sleep(0.1)
    raise AssertionError(f"{name} did not end")


def steps(endpoints: EndpointAccount, name: str, **filters: Any) -> list[Mapping[str, Any]]:
    found = endpoints.sagemaker.list_inference_recommendations_job_steps(JobName=name, **filters)
    return list(found["Steps"])


def test_each_candidate_is_loaded_and_measured(endpoints: EndpointAccount) -> None:
    put(endpoints)

    create(endpoints, "try", pauses=("0.02", "0.1"), JobDescription="which is faster")
    job = wait(endpoints, "try")

    fast, slow = job["InferenceRecommendations"]
    names = ["ModelConfiguration", "EndpointConfiguration"]
    told = [{name: one[name] for name in names} for one in (fast, slow)]
    endpoint = fast["EndpointConfiguration"]["EndpointName"]
    assert told[0] == {
        "ModelConfiguration": {
            "EnvironmentParameters": [{"Key": "PAUSE", "ValueType": "String", "Value": "0.02"}]
        },
        "EndpointConfiguration": {
            "EndpointName": endpoint,
            "VariantName": "AllTraffic",
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
        },
    }
    # One worker that sleeps 20 milliseconds answers 3,000 times a minute at most.
    assert 300 < fast["Metrics"]["MaxInvocations"] <= 3000
    assert fast["Metrics"]["ModelLatency"] >= 20_000
    assert slow["Metrics"]["MaxInvocations"] <= 600
    assert slow["Metrics"]["ModelLatency"] >= 100_000
    assert 0 < fast["Metrics"]["MemoryUtilization"] < 100
    assert 0 <= fast["Metrics"]["CpuUtilization"] < 200
    assert fast["InvocationStartTime"] < fast["InvocationEndTime"]
    assert fast["RecommendationId"].startswith("try/")
    assert [one["Status"] for one in steps(endpoints, "try")] == ["COMPLETED"] * 2
    events = endpoints.logs.get_log_events(
        logGroupName="/aws/sagemaker/InferenceRecommendationsJobs",
        logStreamName="try/execution",
    )["events"]
    assert events[0]["message"] == "Testing ml.m5.large (PAUSE=0.02)."
    assert events[-1]["message"] == "The job is COMPLETED."


@pytest.mark.slow
def test_a_load_test_ends_when_its_conditions_are_met(endpoints: EndpointAccount) -> None:
    put(endpoints)
    stairs = {"DurationInSeconds": 1, "NumberOfSteps": 30, "UsersPerStep": 1}
    pattern = {"TrafficPattern": {"TrafficType": "STAIRS", "Stairs": stairs}}

    # Two users wait for one worker: the second one sees twice the time of the model.
    threshold = {"Percentile": "P95", "ValueInMilliseconds": 150}
    create(
        endpoints,
        "latency",
        pauses=("0.1",),
        given=pattern,
        StoppingConditions={"ModelLatencyThresholds": [threshold], "FlatInvocations": "Continue"},
    )
    (one,) = wait(endpoints, "latency")["InferenceRecommendations"]
    assert 100_000 <= one["Metrics"]["ModelLatency"] <= 150_000

    create(endpoints, "flat", given=pattern)
    began = time.monotonic()
    wait(endpoints, "flat")
    assert time.monotonic() - began < 25

    create(endpoints, "enough", given=pattern, StoppingConditions={"MaxInvocations": 60})
    (one,) = wait(endpoints, "enough")["InferenceRecommendations"]
    assert one["EndpointConfiguration"]["InitialInstanceCount"] == 1

    create(
        endpoints,
        "never",
        given=pattern,
        StoppingConditions={
            "ModelLatencyThresholds": [{"Percentile": "P99", "ValueInMilliseconds": 1}]
        },
    )
    assert wait(endpoints, "never", "FAILED")["FailureReason"] == (
        "All tests have failed: At no time was the latency (P99) within the threshold."
    )


def test_a_model_that_cannot_answer_fails_its_test_and_says_why(
    endpoints: EndpointAccount,
) -> None:
    put(endpoints, SLOW.replace("time.sleep(model)", "raise ValueError('no')"))

    create(endpoints, "broken")
    job = wait(endpoints, "broken", "FAILED")

    assert (
        "The model answered none of the requests. The last answer was 500" in (job["FailureReason"])
    )
    (one,) = steps(endpoints, "broken", Status="FAILED", StepType="BENCHMARK")
    assert "The last answer was 500" in one["InferenceBenchmark"]["FailureReason"]


def test_a_payload_that_is_none_fails_the_job(endpoints: EndpointAccount) -> None:
    put(endpoints)
    endpoints.s3.put_object(Bucket=endpoints.bucket, Key="payload.tar.gz", Body=b"none")

    create(endpoints, "none")

    assert "is no tar.gz archive" in wait(endpoints, "none", "FAILED")["FailureReason"]


def test_a_job_that_is_stopped_leaves_no_instance(endpoints: EndpointAccount) -> None:
    put(endpoints)
    stairs = {"DurationInSeconds": 100, "NumberOfSteps": 1, "UsersPerStep": 1}
    given = {"TrafficPattern": {"TrafficType": "STAIRS", "Stairs": stairs}}
    create(endpoints, "long", given=given, pauses=("0.1", "0.2"))
    endpoints.until(lambda: len(steps(endpoints, "long", Status="IN_PROGRESS")) == 1)

    endpoints.sagemaker.stop_inference_recommendations_job(JobName="long")
    job = wait(endpoints, "long", "STOPPED")

    assert "InferenceRecommendations" not in job
    assert len(steps(endpoints, "long", Status="STOPPED")) == 2
    with pytest.raises(ClientError, match="is in status STOPPED"):
        endpoints.sagemaker.stop_inference_recommendations_job(JobName="long")


def test_jobs_are_listed_by_filters_sorts_and_pages(endpoints: EndpointAccount) -> None:
    put(endpoints)
    short = {"DurationInSeconds": 1, "NumberOfSteps": 1, "UsersPerStep": 1}
    given = {"TrafficPattern": {"TrafficType": "STAIRS", "Stairs": short}}
    for name in ("b", "a", "ab"):
        create(endpoints, name, given=given)
    for name in ("b", "a", "ab"):
        wait(endpoints, name)
    client = endpoints.sagemaker

    def names(**filters: Any) -> list[str]:
        found = client.list_inference_recommendations_jobs(**filters)
        return [one["JobName"] for one in found["InferenceRecommendationsJobs"]]

    middle = client.describe_inference_recommendations_job(JobName="a")
    assert isinstance(middle["CompletionTime"], datetime)
    assert names() == ["ab", "a", "b"]
    assert names(SortBy="Name", SortOrder="Ascending") == ["a", "ab", "b"]
    assert names(NameContains="b") == ["ab", "b"]
    assert names(StatusEquals="FAILED") == []
    assert names(ModelNameEquals="slow") == ["ab", "a", "b"]
    assert names(ModelNameEquals="other") == []
    assert names(CreationTimeAfter=middle["CreationTime"]) == ["ab"]
    assert "a" not in names(LastModifiedTimeBefore=middle["LastModifiedTime"])
    page = client.list_inference_recommendations_jobs(MaxResults=2)
    assert names(MaxResults=2, NextToken=page["NextToken"]) == ["b"]


def test_a_job_goes_on_after_the_server_was_killed(tmp_path: Path) -> None:
    first = LocalServer(tmp_path)
    with first.running():
        before = user(first)
        put(before)
        create(before, "kept", pauses=("0.02", "0.03"))
        before.until(
            lambda: [one["Status"] for one in steps(before, "kept")] == ["COMPLETED", "IN_PROGRESS"]
        )
        done = steps(before, "kept")[0]
        first.kill()

    with LocalServer(tmp_path).running() as second:
        after = user(second)
        assert len(wait(after, "kept")["InferenceRecommendations"]) == 2
        assert steps(after, "kept")[0] == done
        after.until(lambda: runs(tmp_path) == [])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"JobType": "Default"}, "EndpointConfigurations can be given for jobs of the type"),
        ({"given": {"ModelName": "none"}}, "Could not find model"),
        ({"given": {"Endpoints": [{"EndpointName": "live"}]}}, "Endpoints is not offered"),
        ({"given": {"ContainerConfig": {}}}, "SamplePayloadUrl must be given"),
        (
            {"given": {"EndpointConfigurations": [{"ServerlessConfig": PROVISIONED}]}},
            "ProvisionedConcurrency is not supported for recommendations jobs.",
        ),
        (
            {"given": {"TrafficPattern": {"TrafficType": "PHASES"}}},
            "Phases must be given for the TrafficType PHASES.",
        ),
        (
            {
                "StoppingConditions": {
                    "ModelLatencyThresholds": [{"Percentile": "P50", "ValueInMilliseconds": 1}]
                }
            },
            "Percentile must be P95 or P99, not P50.",
        ),
    ],
)
def test_what_cannot_be_tried_is_refused(
    endpoints: EndpointAccount, changes: dict[str, Any], said: str
) -> None:
    put(endpoints)

    with pytest.raises(ClientError) as error:
        create(endpoints, "refused", **changes)

    assert error.value.response["Error"]["Code"] == "ValidationException"
    assert said in error.value.response["Error"]["Message"]
