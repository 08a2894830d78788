"""Jobs and endpoints of AWS's own algorithms."""

import json
from collections.abc import Callable
from typing import Any

from tests.services.sagemaker.endpoint_account import EndpointAccount
from tests.services.sagemaker.test_training_jobs import Account

IMAGE = "404615174143.dkr.ecr.us-east-2.amazonaws.com/linear-learner:1"
ROWS = [(n % 2, n % 2 * 4 + n % 5 / 5, n % 7 / 7) for n in range(120)]


def test_three_instances_bring_their_rows_together_and_an_endpoint_tells_them_apart(
    client: Callable[..., Any], account: str, endpoints: EndpointAccount
) -> None:
    jobs = Account(client, account)
    for channel in ("train", "validation"):
        for number in range(3):
            lines = [",".join(map(str, row)) for row in ROWS[number::3]]
            key = f"rows/{channel}/{number}.csv"
            jobs.s3.put_object(Bucket=jobs.bucket, Key=key, Body="\n".join(lines))
    channels = [
        {
            **jobs.channel(f"rows/{channel}/", S3DataDistributionType="ShardedByS3Key"),
            "ChannelName": channel,
            "ContentType": "text/csv",
        }
        for channel in ("train", "validation")
    ]

    jobs.sagemaker.create_training_job(
        **{
            **jobs.request("linear"),
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "HyperParameters": {"predictor_type": "binary_classifier", "feature_dim": "2"},
            "InputDataConfig": channels,
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 3,
                "VolumeSizeInGB": 1,
            },
        }
    )
    job = jobs.wait("linear", "Completed")

    assert "linear-learner: 120 rows of 2 columns" in jobs.log("linear", "algo-1")
    assert jobs.log("linear", "algo-3") == ["algo-3: its rows are with algo-1, which trains."]
    metrics = {one["MetricName"]: one["Value"] for one in job["FinalMetricDataList"]}
    assert metrics["validation:binary_classification_accuracy"] == 1

    endpoints.sagemaker.create_model(
        ModelName="linear",
        ExecutionRoleArn=f"arn:aws:iam::{account}:role/server",
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
            "Environment": {"SAGEMAKER_MODEL_SERVER_WORKERS": "1"},
        },
    )
    endpoints.configure("linear", {"ModelName": "linear"})
    endpoints.sagemaker.create_endpoint(EndpointName="linear", EndpointConfigName="linear")
    endpoints.wait("linear")
    answer = endpoints.runtime.invoke_endpoint(
        EndpointName="linear", ContentType="text/csv", Body="0.2,0.5\n4.2,0.5\n"
    )

    assert answer["ContentType"] == "application/json"
    told = json.loads(answer["Body"].read())["predictions"]
    assert [one["predicted_label"] for one in told] == [0, 1]
