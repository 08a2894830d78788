"""Trial components of jobs: made with them, told from them, kept when they go."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Clients = Callable[..., Any]
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
LONGEST_SECONDS = 60
NAME = "job-aws-training-job"


@pytest.fixture
def sagemaker(client: Clients) -> Any:
    return client("sagemaker")


def create(sagemaker: Any, account: str, **more: Any) -> None:
    """Start a job that fails at once: its data are in no bucket."""
    sagemaker.create_training_job(
        TrainingJobName="job",
        AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        HyperParameters={"rate": "0.1", "kind": "tree"},
        InputDataConfig=[
            {
                "ChannelName": "train",
                "DataSource": {
                    "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://nobodys/train"}
                },
            }
        ],
        OutputDataConfig={"S3OutputPath": "s3://nobodys/models"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
        RoleArn=f"arn:aws:iam::{account}:role/trainer",
        StoppingCondition={"MaxRuntimeInSeconds": 60},
        **more,
    )


def wait(sagemaker: Any) -> str:
    """Wait for the end of the job, and return why it failed."""
    until = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < until:
        job = sagemaker.describe_training_job(TrainingJobName="job")
        if job["TrainingJobStatus"] == "Failed":
            reason: str = job["FailureReason"]
            return reason
        time.sleep(0.1)
    raise AssertionError("the job did not end")


def test_a_job_has_a_component_that_tells_what_came_of_it(sagemaker: Any, account: str) -> None:
    create(sagemaker, account)
    reason = wait(sagemaker)

    told = sagemaker.describe_trial_component(TrialComponentName=NAME)
    sagemaker.delete_training_job(TrainingJobName="job")
    after = sagemaker.describe_trial_component(TrialComponentName=NAME)

    source = {
        "SourceArn": f"arn:aws:sagemaker:us-east-1:{account}:training-job/job",
        "SourceType": "SageMakerTrainingJob",
    }
    assert told["Source"] == source
    assert told["Status"] == {"PrimaryStatus": "Failed", "Message": reason}
    assert told["Parameters"] == {
        "SageMaker.InstanceType": {"StringValue": "ml.m5.large"},
        "SageMaker.InstanceCount": {"NumberValue": 1.0},
        "SageMaker.VolumeSizeInGB": {"NumberValue": 5.0},
        "rate": {"NumberValue": 0.1},
        "kind": {"StringValue": "tree"},
    }
    assert told["InputArtifacts"] == {
        "SageMaker.ImageUri": {"Value": IMAGE},
        "train": {"Value": "s3://nobodys/train"},
    }
    assert told["OutputArtifacts"] == {}
    del told["ResponseMetadata"], after["ResponseMetadata"]
    assert after == told


def test_a_job_joins_the_trial_that_it_names(sagemaker: Any, account: str) -> None:
    sagemaker.create_experiment(ExperimentName="Churn")
    sagemaker.create_trial(TrialName="trial", ExperimentName="Churn")

    create(
        sagemaker,
        account,
        ExperimentConfig={"TrialName": "trial", "TrialComponentDisplayName": "Training"},
    )

    (summary,) = sagemaker.list_trial_components(TrialName="trial")["TrialComponentSummaries"]
    assert (summary["TrialComponentName"], summary["DisplayName"]) == (NAME, "Training")


def test_a_job_of_an_experiment_has_a_trial_of_its_own(sagemaker: Any, account: str) -> None:
    sagemaker.create_experiment(ExperimentName="Churn")

    create(sagemaker, account, ExperimentConfig={"ExperimentName": "Churn"})

    (trial,) = sagemaker.list_trials(ExperimentName="Churn")["TrialSummaries"]
    (found,) = sagemaker.search(
        Resource="ExperimentTrialComponent",
        SearchExpression={"Filters": [{"Name": "Parents.ExperimentName", "Value": "Churn"}]},
    )["Results"]
    component = found["TrialComponent"]
    assert component["Parents"] == [{"TrialName": trial["TrialName"], "ExperimentName": "Churn"}]
    assert component["SourceDetail"]["TrainingJob"]["TrainingJobName"] == "job"


def test_a_job_of_no_experiment_is_not_made(sagemaker: Any, account: str) -> None:
    with pytest.raises(ClientError) as caught:
        create(sagemaker, account, ExperimentConfig={"ExperimentName": "nobody"})

    assert caught.value.response["Error"] == {
        "Code": "ResourceNotFound",
        "Message": "Experiment 'nobody' does not exist.",
    }
    assert sagemaker.list_training_jobs()["TrainingJobSummaries"] == []


def test_a_job_that_was_forgotten_leaves_no_associations(sagemaker: Any, account: str) -> None:
    create(sagemaker, account)
    wait(sagemaker)
    component = sagemaker.describe_trial_component(TrialComponentName=NAME)["TrialComponentArn"]
    context = sagemaker.create_context(
        ContextName="endpoint", ContextType="Endpoint", Source={"SourceUri": "endpoint"}
    )["ContextArn"]
    sagemaker.add_association(SourceArn=component, DestinationArn=context)

    sagemaker.delete_trial_component(TrialComponentName=NAME)

    assert sagemaker.list_associations()["AssociationSummaries"] == []
