"""A training job without data, which ends before anything is installed for it."""

from collections.abc import Mapping
from typing import Any

from conformance.recipes import Recipe
from conformance.recipes.steps import Maker, Steps


def values(account: str) -> Mapping[str, Any]:
    """Return names and a job."""
    return {
        "AlgorithmSpecification": {
            "TrainingImage": "sagemaker-scikit-learn:1.2-1-cpu-py3",
            "TrainingInputMode": "File",
        },
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {
                    "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://none/train/"}
                },
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://none/output"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "RoleArn": f"arn:aws:iam::{account}:role/role",
        "TagKeys": ["team"],
        "Tags": [{"Key": "team", "Value": "blue"}],
        "TrainingJobName": "job",
    }


NEEDED = {
    "CreateTrainingJob": ("AlgorithmSpecification", "InputDataConfig", "ResourceConfig"),
}

RECIPE = Recipe(
    prepare=Steps(
        values=values,
        makers={
            "ResourceArn": Maker("CreateTrainingJob", "TrainingJobArn"),
            "DescribeTrainingJob.TrainingJobName": Maker("CreateTrainingJob"),
            "StopTrainingJob.TrainingJobName": Maker("CreateTrainingJob"),
            "DeleteTrainingJob.TrainingJobName": Maker("CreateTrainingJob"),
        },
        before={"ListTrainingJobs": ("CreateTrainingJob",)},
        needed=NEEDED,
    ),
    needed=NEEDED,
    without={
        "": ("NextToken",),
        "CreateTrainingJob": (
            "CheckpointConfig",
            "MlflowConfig",
            "ModelPackageConfig",
            "ServerlessJobConfig",
            "SessionChainingConfig",
            "VpcConfig",
        ),
    },
)
