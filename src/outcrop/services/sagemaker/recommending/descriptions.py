"""How recommendations jobs and their tests are told.

Source:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeInferenceRecommendationsJob.html
"""

import math
from collections.abc import Mapping
from typing import Any

from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.recommending.candidates import VARIANT, endpoint_of
from outcrop.storage.records.interface import Document

MOST_RECOMMENDATIONS = 10


def shown(job: Document, arn: str) -> shapes.DescribeInferenceRecommendationsJobResponse:
    """Return a job as DescribeInferenceRecommendationsJob tells it."""
    request: Mapping[str, Any] = job["request"]
    answer: dict[str, Any] = {**_common(job, arn), "InputConfig": request["InputConfig"]}
    for name in ("JobDescription", "StoppingConditions"):
        if name in request:
            answer[name] = request[name]
    done = [one for one in job["tests"] if one["status"] == "COMPLETED"]
    done.sort(key=lambda one: -one["metrics"]["MaxInvocations"])
    if done:
        answer["InferenceRecommendations"] = [
            _recommendation(job, one) for one in done[:MOST_RECOMMENDATIONS]
        ]
    told: shapes.DescribeInferenceRecommendationsJobResponse = answer  # pyright: ignore[reportAssignmentType] - its members are made one by one
    return told


def summary(job: Document, arn: str) -> shapes.InferenceRecommendationsJob:
    """Return a job as ListInferenceRecommendationsJobs tells it."""
    request: Mapping[str, Any] = job["request"]
    answer: dict[str, Any] = {
        **_common(job, arn),
        "JobDescription": request.get("JobDescription", ""),
        "SamplePayloadUrl": job["payload"],
    }
    for name in ("ModelName", "ModelPackageVersionArn"):
        if name in request["InputConfig"]:
            answer[name] = request["InputConfig"][name]
    told: shapes.InferenceRecommendationsJob = answer  # pyright: ignore[reportAssignmentType] - its members are made one by one
    return told


def step(job: Document, test: Document) -> shapes.InferenceRecommendationsJobStep:
    """Return a test as ListInferenceRecommendationsJobSteps tells it."""
    benchmark: dict[str, Any] = {**_configured(job, test), **_times(test)}
    if "metrics" in test:
        benchmark["Metrics"] = test["metrics"]
    if "failure" in test:
        benchmark["FailureReason"] = test["failure"]
    told: Any = {
        "StepType": "BENCHMARK",
        "JobName": job["name"],
        "Status": test["status"],
        "InferenceBenchmark": benchmark,
    }
    return told


def _common(job: Document, arn: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "JobName": job["name"],
        "JobArn": arn,
        "JobType": job["request"]["JobType"],
        "RoleArn": job["request"]["RoleArn"],
        "Status": job["status"],
        "CreationTime": job["created"],
        "LastModifiedTime": job["modified"],
    }
    for name, member in (("completed", "CompletionTime"), ("failure", "FailureReason")):
        if name in job:
            told[member] = job[name]
    return told


def _recommendation(job: Document, test: Document) -> Mapping[str, Any]:
    return {
        "RecommendationId": f"{job['name']}/{test['id']}",
        "Metrics": test["metrics"],
        **_configured(job, test),
        **_times(test),
    }


def _configured(job: Document, test: Document) -> Mapping[str, Any]:
    """Return the members that tell what was tried."""
    where: dict[str, Any] = {"EndpointName": endpoint_of(test), "VariantName": VARIANT}
    if "ServerlessConfig" in test:
        where["ServerlessConfig"] = test["ServerlessConfig"]
    else:
        where["InstanceType"] = test["InstanceType"]
        where["InitialInstanceCount"] = _instances(job, test)
    environment = [
        {"Key": name, "ValueType": "String", "Value": value}
        for name, value in test["environment"].items()
    ]
    model = {"EnvironmentParameters": environment} if environment else {}
    return {"EndpointConfiguration": where, "ModelConfiguration": model}


def _instances(job: Document, test: Document) -> int:
    """Return how many instances answer what the job expects a minute; one if it says nothing."""
    wanted = job["request"].get("StoppingConditions", {}).get("MaxInvocations", 1)
    each = test.get("metrics", {}).get("MaxInvocations", 0)
    return max(1, math.ceil(wanted / each)) if each else 1


def _times(test: Document) -> Mapping[str, Any]:
    members = (("began", "InvocationStartTime"), ("ended", "InvocationEndTime"))
    return {member: test[name] for name, member in members if name in test}
