"""The XGBoost algorithm's jobs and endpoints, and scripts on its image."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.installed_runtimes import program_environment, runtime_python
from tests.services.sagemaker.endpoint_account import EndpointAccount
from tests.services.sagemaker.test_training_jobs import Account

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
WRITE = """
import csv, random, sys
from sklearn.datasets import load_breast_cancer
data = load_breast_cancer()
rows = [[int(label), *cells] for cells, label in zip(data.data.tolist(), data.target)]
random.Random(0).shuffle(rows)
csv.writer(sys.stdout, lineterminator="\\n").writerows(rows)
"""
HYPERPARAMETERS = {
    "num_round": "20",
    "objective": "binary:logistic",
    "eval_metric": "auc,error",
    "max_depth": "3",
}


@pytest.fixture(scope="module")
def table() -> Mapping[str, Sequence[str]]:
    """Lines of a table, label first: to train on, to validate by, to ask for."""
    command = [runtime_python("xgboost"), "-c", WRITE]
    written = subprocess.run(
        command, env=program_environment(), capture_output=True, text=True, check=True
    )
    lines = written.stdout.splitlines()
    return {"train": lines[:350], "validation": lines[350:450], "test": lines[450:]}


def request(jobs: Account, name: str, table: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Put a table into S3, in two files for training, and return a job that learns it."""
    for number in (0, 1):
        body = "\n".join(table["train"][number::2])
        jobs.s3.put_object(Bucket=jobs.bucket, Key=f"cells/train/{number}.csv", Body=body)
    body = "\n".join(table["validation"])
    jobs.s3.put_object(Bucket=jobs.bucket, Key="cells/validation/a.csv", Body=body)
    channels = [
        {
            **jobs.channel(f"cells/{channel}", S3DataDistributionType=distribution),
            "ChannelName": channel,
            "ContentType": "text/csv",
        }
        for channel, distribution in (
            ("train", "ShardedByS3Key"),
            ("validation", "FullyReplicated"),
        )
    ]
    return {
        **jobs.request(name),
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "HyperParameters": HYPERPARAMETERS,
        "InputDataConfig": channels,
    }


def test_the_algorithm_learns_a_table_on_two_instances_and_an_endpoint_predicts_it(
    client: Callable[..., Any], account: str, table: Mapping[str, Sequence[str]]
) -> None:
    jobs, endpoints = Account(client, account), EndpointAccount(client, account)
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1}

    jobs.sagemaker.create_training_job(
        **{**request(jobs, "cells", table), "ResourceConfig": resources}
    )
    job = jobs.wait("cells", "Completed")

    logs = [jobs.log("cells", host) for host in ("algo-1", "algo-2")]
    assert "Train matrix has 175 rows and 30 columns (algo-1, 350 rows in all)" in logs[0]
    assert "Train matrix has 175 rows and 30 columns (algo-2, 350 rows in all)" in logs[1]
    rounds = [[line for line in log if line.startswith("[") and "#011" in line] for log in logs]
    assert [len(lines) for lines in rounds] == [20, 0]
    metrics = {one["MetricName"]: one["Value"] for one in job["FinalMetricDataList"]}
    assert set(metrics) == {"train:auc", "train:error", "validation:auc", "validation:error"}
    assert metrics["validation:auc"] > 0.97
    model = job["ModelArtifacts"]["S3ModelArtifacts"]
    assert list(jobs.archive(model)) == ["xgboost-model"]

    endpoints.sagemaker.create_model(
        ModelName="cells",
        ExecutionRoleArn=f"arn:aws:iam::{account}:role/server",
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": model,
            "Environment": {"SAGEMAKER_MODEL_SERVER_WORKERS": "1"},
        },
    )
    endpoints.configure("cells", {"ModelName": "cells"})
    endpoints.sagemaker.create_endpoint(EndpointName="cells", EndpointConfigName="cells")
    endpoints.wait("cells")
    asked = "\n".join(line.partition(",")[2] for line in table["test"])
    answer = endpoints.runtime.invoke_endpoint(
        EndpointName="cells", ContentType="text/csv", Body=asked
    )
    assert answer["ContentType"] == "text/csv"
    told = [float(one) for one in answer["Body"].read().decode().split(",")]
    right = [(one > 0.5) == (line[0] == "1") for one, line in zip(told, table["test"], strict=True)]
    assert sum(right) / len(right) >= 0.93

    with pytest.raises(ClientError) as caught:
        endpoints.runtime.invoke_endpoint(EndpointName="cells", ContentType="text/csv", Body="1,2")
    error: Mapping[str, Any] = {**caught.value.response}
    assert error["OriginalStatusCode"] == 400
    assert error["OriginalMessage"].startswith(
        "Unable to evaluate payload provided: Feature size of csv inference data 2 is not"
        " consistent with feature size of trained model 30."
    )
    endpoints.sagemaker.delete_endpoint(EndpointName="cells")


def test_a_hyperparameter_that_is_not_allowed_is_the_failure_reason(
    client: Callable[..., Any], account: str, table: Mapping[str, Sequence[str]]
) -> None:
    jobs = Account(client, account)

    jobs.sagemaker.create_training_job(
        **{**request(jobs, "bad", table), "HyperParameters": {"num_round": "0"}}
    )

    assert jobs.wait("bad", "Failed")["FailureReason"] == (
        "AlgorithmError: Hyperparameter num_round: 0 is not in [1, +inf), exit code: 1"
    )


def test_a_file_that_one_instance_cannot_read_fails_the_job(
    client: Callable[..., Any], account: str, table: Mapping[str, Sequence[str]]
) -> None:
    jobs = Account(client, account)
    asked = request(jobs, "one-bad", table)
    jobs.s3.put_object(Bucket=jobs.bucket, Key="cells/train/1.csv", Body="label,x\n1,2\n")
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1}

    jobs.sagemaker.create_training_job(**{**asked, "ResourceConfig": resources})

    assert jobs.wait("one-bad", "Failed")["FailureReason"].startswith(
        "AlgorithmError: Failed to load csv data with exception:\nFirst line 'label,x...' of file"
        " '1.csv': could not convert string to float: 'label'."
    )
