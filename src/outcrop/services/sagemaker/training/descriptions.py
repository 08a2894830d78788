"""How a training job is told.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
"""

from typing import Any

from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.training.places import model_uri
from outcrop.storage.records.interface import Document


def shown(job: Document, arn: str) -> shapes.DescribeTrainingJobResponse:
    """Return a job as DescribeTrainingJob tells it."""
    answer: dict[str, Any] = {
        **job["request"],
        "TrainingJobArn": arn,
        "TrainingJobStatus": job["status"],
        "SecondaryStatus": job["secondary"],
        "SecondaryStatusTransitions": job["transitions"],
        "CreationTime": job["created"],
        "LastModifiedTime": job["modified"],
        # The SDK's `attach` counts on a key, even if it is empty.
        "OutputDataConfig": {"KmsKeyId": "", **job["request"]["OutputDataConfig"]},
        "ModelArtifacts": {"S3ModelArtifacts": model_uri(job)},
    }
    for flag in (
        "EnableNetworkIsolation",
        "EnableInterContainerTrafficEncryption",
        "EnableManagedSpotTraining",
    ):
        answer.setdefault(flag, False)
    if "automl" in job:
        answer["AutoMLJobArn"] = job["automl"]["arn"]
    if "tuning" in job:
        answer["TuningJobArn"] = job["tuning"]["arn"]
    if job.get("failure"):
        answer["FailureReason"] = job["failure"]
    if "started" in job:
        answer["TrainingStartTime"] = job["started"]
    if "ended" in job:
        answer["TrainingEndTime"] = job["ended"]
        seconds = max(1, round((job["ended"] - job["started"]).total_seconds()))
        answer["TrainingTimeInSeconds"] = seconds
        answer["BillableTimeInSeconds"] = seconds
    if job["metrics"]:
        answer["FinalMetricDataList"] = [
            {"MetricName": name, **metric} for name, metric in job["metrics"].items()
        ]
    described: shapes.DescribeTrainingJobResponse = answer  # pyright: ignore[reportAssignmentType] - its members are the request's own
    return described


def summary(job: Document, arn: str) -> shapes.TrainingJobSummary:
    """Return a job as ListTrainingJobs tells it."""
    told: shapes.TrainingJobSummary = {
        "TrainingJobName": job["name"],
        "TrainingJobArn": arn,
        "CreationTime": job["created"],
        "LastModifiedTime": job["modified"],
        "TrainingJobStatus": job["status"],
        "SecondaryStatus": job["secondary"],
    }
    if "ended" in job:
        told["TrainingEndTime"] = job["ended"]
    return told
