"""Jobs without data, which end before anything is installed for them."""

from collections.abc import Mapping
from typing import Any

from conformance.calls import Client
from conformance.recipes import (
    Recipe,
    sagemaker_automl,
    sagemaker_compilation,
    sagemaker_components,
    sagemaker_hosting,
    sagemaker_mlflow,
    sagemaker_recommender,
    sagemaker_records,
    sagemaker_tuning,
)
from conformance.recipes.steps import Maker, Steps


def values(account: str) -> Mapping[str, Any]:
    """Return names and a job."""
    return {
        **sagemaker_hosting.values(account),
        **sagemaker_recommender.VALUES,
        **sagemaker_records.values(account),
        **sagemaker_tuning.values(account),
        **sagemaker_automl.values(account),
        **sagemaker_mlflow.values(account),
        **sagemaker_compilation.values(account),
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
        "AppSpecification": {
            "ImageUri": "sagemaker-scikit-learn:1.2-1-cpu-py3",
            "ContainerEntrypoint": ["python3", "run.py"],
        },
        "OutputDataConfig": {"S3OutputPath": "s3://none/output"},
        "ProcessingInputs": [
            {
                "InputName": "data",
                "S3Input": {
                    "S3Uri": "s3://none/data/",
                    "LocalPath": "/opt/ml/processing/input",
                    "S3DataType": "S3Prefix",
                },
            }
        ],
        "ProcessingJobName": "job",
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "out",
                    "S3Output": {
                        "S3Uri": "s3://none/out/",
                        "LocalPath": "/opt/ml/processing/output",
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ]
        },
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "VolumeSizeInGB": 1,
            }
        },
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "RoleArn": f"arn:aws:iam::{account}:role/role",
        "TagKeys": ["team"],
        "Tags": [{"Key": "team", "Value": "blue"}],
        "CheckpointConfig": {"S3Uri": "s3://none/checkpoints"},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "TrainingJobName": "job",
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://none/rows/"}}
        },
        "TransformJobName": "job",
        "TransformOutput": {"S3OutputPath": "s3://none/predictions"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    }


NEEDED = {
    **sagemaker_components.NEEDED,
    **sagemaker_hosting.NEEDED,
    **sagemaker_records.NEEDED,
    **sagemaker_tuning.NEEDED,
    **sagemaker_automl.NEEDED,
    **sagemaker_compilation.NEEDED,
    "CreateProcessingJob": ("ProcessingInputs",),
    "CreateTrainingJob": ("AlgorithmSpecification", "InputDataConfig", "ResourceConfig"),
}

STEPS = Steps(
    values=values,
    makers={
        **sagemaker_hosting.MAKERS,
        **sagemaker_recommender.MAKERS,
        **sagemaker_records.MAKERS,
        **sagemaker_tuning.MAKERS,
        **sagemaker_automl.MAKERS,
        **sagemaker_mlflow.MAKERS,
        **sagemaker_compilation.MAKERS,
        "ResourceArn": Maker("CreateTrainingJob", "TrainingJobArn"),
        "DescribeProcessingJob.ProcessingJobName": Maker("CreateProcessingJob"),
        "StopProcessingJob.ProcessingJobName": Maker("CreateProcessingJob"),
        "DeleteProcessingJob.ProcessingJobName": Maker("CreateProcessingJob"),
        "CreateTransformJob.ModelName": Maker("CreateModel"),
        "DescribeTransformJob.TransformJobName": Maker("CreateTransformJob"),
        "StopTransformJob.TransformJobName": Maker("CreateTransformJob"),
        "DescribeTrainingJob.TrainingJobName": Maker("CreateTrainingJob"),
        "StopTrainingJob.TrainingJobName": Maker("CreateTrainingJob"),
        "UpdateTrainingJob.TrainingJobName": Maker("CreateTrainingJob"),
        "DeleteTrainingJob.TrainingJobName": Maker("CreateTrainingJob"),
    },
    before={
        **sagemaker_hosting.BEFORE,
        **sagemaker_recommender.BEFORE,
        **sagemaker_records.BEFORE,
        **sagemaker_tuning.BEFORE,
        **sagemaker_automl.BEFORE,
        **sagemaker_mlflow.BEFORE,
        **sagemaker_compilation.BEFORE,
        "ListProcessingJobs": ("CreateProcessingJob",),
        "ListTrainingJobs": ("CreateTrainingJob",),
        "ListTransformJobs": ("CreateTransformJob",),
    },
    needed=NEEDED,
)


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Make what an operation needs."""
    if operation in sagemaker_components.ASKED:
        return sagemaker_components.host(client, operation)
    if operation == "StopInferenceRecommendationsJob":
        sagemaker_recommender.put_payload(client)
    if operation in sagemaker_hosting.ASKED:
        sagemaker_hosting.serve(client)
    made = STEPS(client, operation)
    sagemaker_mlflow.settle(client, operation, made)
    if operation == "DeleteHyperParameterTuningJob":
        sagemaker_tuning.end(client)
    if operation == "DeleteCompilationJob":
        sagemaker_compilation.end(client)
    return made


RECIPE = Recipe(
    prepare=prepare,
    runs_programs=True,
    needed=NEEDED,
    without={
        **sagemaker_components.WITHOUT,
        **sagemaker_hosting.WITHOUT,
        **sagemaker_records.WITHOUT,
        **sagemaker_tuning.WITHOUT,
        **sagemaker_automl.WITHOUT,
        **sagemaker_compilation.WITHOUT,
        "": ("NextToken",),
        "CreateProcessingJob": ("NetworkConfig",),
        "CreateTransformJob": (
            "DataCaptureConfig",
            "DataProcessing",
            "ExperimentConfig",
            "MaxPayloadInMB",
        ),
        "CreateTrainingJob": (
            "EnableManagedSpotTraining",
            "ExperimentConfig",
            "MlflowConfig",
            "ModelPackageConfig",
            "RemoteDebugConfig",
            "ServerlessJobConfig",
            "SessionChainingConfig",
            "VpcConfig",
        ),
        # A job that fails so early leaves no warm pool.
        "UpdateTrainingJob": (
            "ProfilerConfig",
            "ProfilerRuleConfigurations",
            "RemoteDebugConfig",
            "ResourceConfig",
        ),
    },
)
