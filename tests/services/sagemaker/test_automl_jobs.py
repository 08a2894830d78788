"""AutoML jobs through boto3: candidates that are trained, ranked and explained, and the best."""

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

LONGEST_SECONDS = 600
"""The first job of a machine waits for its runtime."""
ENDED = ("Completed", "Failed", "Stopped")
SHORT = {"MaxRuntimePerTrainingJobInSeconds": 60}


class Account:
    """What a user of one account does with AutoML jobs."""

    def __init__(self, client: Callable[..., Any], account: str) -> None:
        self.sagemaker, self.s3, self.id = client("sagemaker"), client("s3"), account
        self.bucket = f"data-{account}"
        self.s3.create_bucket(Bucket=self.bucket)
        chance = random.Random(0)
        rows = ["size,colour,noise,kind,price"]
        for _ in range(200):
            size, colour = chance.random(), chance.choice(["red", "blue"])
            kind = "large" if size > 0.5 else "small"
            price = 100 * size + (10 if colour == "red" else 0)
            rows.append(f"{size},{colour},{chance.random()},{kind},{price}")
        self.s3.put_object(Bucket=self.bucket, Key="rows/rows.csv", Body="\n".join(rows).encode())

    def request(self, name: str, **changes: Any) -> dict[str, Any]:
        source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{self.bucket}/rows/"}
        return {
            "AutoMLJobName": name,
            "AutoMLJobInputDataConfig": [
                {"ContentType": "text/csv;header=present", "DataSource": {"S3DataSource": source}}
            ],
            "AutoMLProblemTypeConfig": {
                "TabularJobConfig": {"TargetAttributeName": "kind", "CompletionCriteria": SHORT}
            },
            "OutputDataConfig": {"S3OutputPath": f"s3://{self.bucket}/out"},
            "RoleArn": f"arn:aws:iam::{self.id}:role/trainer",
            **changes,
        }

    def describe(self, name: str) -> dict[str, Any]:
        return self.sagemaker.describe_auto_ml_job_v2(AutoMLJobName=name)

    def ended(self, name: str) -> dict[str, Any]:
        until = time.monotonic() + LONGEST_SECONDS
        while (told := self.describe(name))["AutoMLJobStatus"] not in ENDED:
            assert time.monotonic() < until
            time.sleep(0.2)
        return told

    def candidates(self, name: str, **more: Any) -> list[dict[str, Any]]:
        return self.sagemaker.list_candidates_for_auto_ml_job(AutoMLJobName=name, **more)[
            "Candidates"
        ]

    def refused(self, **changes: Any) -> str:
        with pytest.raises(ClientError) as caught:
            self.sagemaker.create_auto_ml_job_v2(**self.request("refused", **changes))
        assert caught.value.response["Error"]["Code"] == "ValidationException"
        return caught.value.response["Error"]["Message"]


@pytest.fixture
def user(client: Callable[..., Any], account: str) -> Account:
    return Account(client, account)


def test_the_best_of_two_candidates_tells_classes_apart_and_why(user: Account) -> None:
    algorithms = [{"AutoMLAlgorithms": ["lightgbm", "linear-learner"]}]
    table = {
        "TargetAttributeName": "kind",
        "CompletionCriteria": {**SHORT, "MaxCandidates": 2},
        "CandidateGenerationConfig": {"AlgorithmsConfig": algorithms},
    }
    tags = [{"Key": "team", "Value": "blue"}]
    problem = {"TabularJobConfig": table}
    request = user.request("kinds", AutoMLProblemTypeConfig=problem, Tags=tags)
    arn = user.sagemaker.create_auto_ml_job_v2(**request)["AutoMLJobArn"]
    told = user.ended("kinds")

    assert told["AutoMLJobStatus"] == "Completed", told.get("FailureReason")
    assert told["AutoMLJobSecondaryStatus"] == "MaxCandidatesReached"
    assert told["AutoMLJobArn"] == arn
    assert told["AutoMLProblemTypeConfigName"] == "Tabular"
    assert told["ResolvedAttributes"]["AutoMLJobObjective"] == {"MetricName": "F1"}
    assert told["ResolvedAttributes"]["AutoMLProblemTypeResolvedAttributes"] == {
        "TabularResolvedAttributes": {"ProblemType": "BinaryClassification"}
    }
    ranked = user.candidates("kinds", SortBy="FinalObjectiveMetricValue")
    best = told["BestCandidate"]
    assert best in ranked
    objective = best["FinalAutoMLJobObjectiveMetric"]
    values = [one["FinalAutoMLJobObjectiveMetric"]["Value"] for one in ranked]
    assert values == sorted([objective["Value"], min(values)], reverse=True)
    assert objective["Value"] >= 0.9
    assert (objective["MetricName"], objective["Type"]) == ("F1", "Maximize")
    measures = best["CandidateProperties"]["CandidateMetrics"]
    assert {"Accuracy", "AUC", "F1", "LogLoss"} <= {one["StandardMetricName"] for one in measures}
    (step,) = best["CandidateSteps"]
    job = user.sagemaker.describe_training_job(TrainingJobName=step["CandidateStepName"])
    assert job["AutoMLJobArn"] == arn
    assert job["TrainingJobArn"] == step["CandidateStepArn"]
    assert user.sagemaker.list_tags(ResourceArn=arn)["Tags"] == tags
    place = best["CandidateProperties"]["CandidateArtifactLocations"]["Explainability"]
    key = f"{place.removeprefix(f's3://{user.bucket}/')}/analysis.json"
    report = json.load(user.s3.get_object(Bucket=user.bucket, Key=key)["Body"])
    importances = report["explanations"]["permutation_importance"]["global_importances"]
    assert next(iter(importances)) == "size"
    listed = user.sagemaker.list_auto_ml_jobs(NameContains="ind")["AutoMLJobSummaries"]
    assert [one["AutoMLJobArn"] for one in listed] == [arn]


def test_numbers_are_learnt_by_the_older_operation(user: Account) -> None:
    channel = user.request("")["AutoMLJobInputDataConfig"][0]
    user.sagemaker.create_auto_ml_job(
        AutoMLJobName="prices",
        InputDataConfig=[{**channel, "TargetAttributeName": "price"}],
        OutputDataConfig={"S3OutputPath": f"s3://{user.bucket}/out"},
        ProblemType="Regression",
        AutoMLJobObjective={"MetricName": "R2"},
        AutoMLJobConfig={"CompletionCriteria": {**SHORT, "MaxCandidates": 1}},
        RoleArn=f"arn:aws:iam::{user.id}:role/trainer",
    )
    user.ended("prices")
    told = user.sagemaker.describe_auto_ml_job(AutoMLJobName="prices")

    assert told["AutoMLJobStatus"] == "Completed", told.get("FailureReason")
    assert told["ProblemType"] == "Regression"
    assert told["BestCandidate"]["FinalAutoMLJobObjectiveMetric"]["Value"] > 0.8
    assert told["ResolvedAttributes"]["ProblemType"] == "Regression"


def test_a_target_that_is_not_there_fails_the_job(user: Account) -> None:
    table = {
        "TargetAttributeName": "weight",
        "CompletionCriteria": {**SHORT, "MaxCandidates": 1},
    }
    request = user.request("none", AutoMLProblemTypeConfig={"TabularJobConfig": table})
    user.sagemaker.create_auto_ml_job_v2(**request)
    told = user.ended("none")

    assert told["AutoMLJobStatus"] == "Failed"
    assert "weight is none of the columns: size, colour" in told["FailureReason"]
    assert "BestCandidate" not in told
    with pytest.raises(user.sagemaker.exceptions.ResourceNotFound):
        user.sagemaker.describe_auto_ml_job(AutoMLJobName="none")  # It tells its own jobs alone.


def test_a_job_is_stopped_with_its_candidates(user: Account) -> None:
    user.sagemaker.create_auto_ml_job_v2(**user.request("stopped"))
    user.sagemaker.stop_auto_ml_job(AutoMLJobName="stopped")
    told = user.ended("stopped")

    assert (told["AutoMLJobStatus"], told["AutoMLJobSecondaryStatus"]) == ("Stopped", "Stopped")
    assert {one["CandidateStatus"] for one in user.candidates("stopped")} <= {"Stopped"}


def test_what_cannot_be_learnt_is_refused(user: Account) -> None:
    images = {"ImageClassificationJobConfig": {}}
    assert "learn tables" in user.refused(AutoMLProblemTypeConfig=images)
    objective = {"MetricName": "F1"}
    assert "both the ProblemType" in user.refused(AutoMLJobObjective=objective)
    table = {"TargetAttributeName": "kind", "ProblemType": "Regression"}
    assert "not supported for Regression" in user.refused(
        AutoMLProblemTypeConfig={"TabularJobConfig": table}, AutoMLJobObjective=objective
    )
    algorithms = {"AlgorithmsConfig": [{"AutoMLAlgorithms": ["fastai"]}]}
    table = {"TargetAttributeName": "kind", "CandidateGenerationConfig": algorithms}
    assert "fastai is not offered" in user.refused(
        AutoMLProblemTypeConfig={"TabularJobConfig": table}
    )
