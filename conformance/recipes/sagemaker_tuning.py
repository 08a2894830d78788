"""Tuning jobs without data, whose training jobs end before anything is installed for them."""

import time
from collections.abc import Mapping
from typing import Any

from conformance.calls import Client
from conformance.recipes.steps import Maker

JOB = "HyperParameterTuningJobName"
OBJECTIVE = {"Type": "Minimize", "MetricName": "loss"}
RANGES = {"ContinuousParameterRanges": [{"Name": "rate", "MinValue": "0", "MaxValue": "1"}]}


def values(account: str) -> Mapping[str, Any]:
    """Return a tuning job."""
    return {
        JOB: "tuning",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": OBJECTIVE,
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
            "ParameterRanges": RANGES,
        },
        "TrainingJobDefinition": {
            "AlgorithmSpecification": {
                "TrainingImage": "sagemaker-scikit-learn:1.2-1-cpu-py3",
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
            },
            "RoleArn": f"arn:aws:iam::{account}:role/role",
            "InputDataConfig": [
                {
                    "ChannelName": "train",
                    "DataSource": {
                        "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://none/train/"}
                    },
                }
            ],
            "OutputDataConfig": {"S3OutputPath": "s3://none/output"},
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 1,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        },
    }


NEEDED = {"CreateHyperParameterTuningJob": ("TrainingJobDefinition",)}
MAKERS = {
    f"{operation}.{JOB}": Maker("CreateHyperParameterTuningJob")
    for operation in (
        "DeleteHyperParameterTuningJob",
        "DescribeHyperParameterTuningJob",
        "ListTrainingJobsForHyperParameterTuningJob",
        "StopHyperParameterTuningJob",
    )
}
BEFORE = {"ListHyperParameterTuningJobs": ("CreateHyperParameterTuningJob",)}
WITHOUT = {"CreateHyperParameterTuningJob": ("TrainingJobDefinitions", "WarmStartConfig")}


def end(client: Client) -> None:
    """Wait until the tuning job has ended, which its training jobs do for want of data."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        told = client.of("sagemaker").ask("DescribeHyperParameterTuningJob", **{JOB: "tuning"})
        if told["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping"):
            return
        time.sleep(0.1)
