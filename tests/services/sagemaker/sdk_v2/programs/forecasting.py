"""Forecast series by the SDK's estimator of the image of DeepAR, and ask its endpoint."""

import json
import math
import sys

import boto3
import sagemaker
from sagemaker import image_uris
from sagemaker.deserializers import JSONDeserializer
from sagemaker.estimator import Estimator
from sagemaker.serializers import JSONSerializer

bucket, *_ = sys.argv[1:]
session = sagemaker.Session(default_bucket=bucket)
boto3.client("s3").create_bucket(Bucket=bucket)
account = boto3.client("sts").get_caller_identity()["Account"]
WEEK = 7
rows = [
    {
        "start": "2024-01-01",
        "target": [(n + 1) * (10 + 5 * math.sin(2 * math.pi * day / WEEK)) for day in range(140)],
    }
    for n in range(6)
]
for channel, kept in (("train", -WEEK), ("test", 140)):
    lines = [json.dumps({**row, "target": row["target"][:kept]}) for row in rows]
    boto3.client("s3").put_object(
        Bucket=bucket, Key=f"{channel}/series.json", Body="\n".join(lines)
    )

estimator = Estimator(
    image_uri=image_uris.retrieve("forecasting-deepar", session.boto_region_name),
    role=f"arn:aws:iam::{account}:role/trainer",
    instance_count=1,
    instance_type="ml.m5.xlarge",
    sagemaker_session=session,
    hyperparameters={
        "time_freq": "D",
        "context_length": "14",
        "prediction_length": str(WEEK),
        "epochs": "10",
        "num_cells": "20",
        "num_layers": "1",
        "mini_batch_size": "32",
        "learning_rate": "0.01",
    },
)
estimator.fit({name: f"s3://{bucket}/{name}/" for name in ("train", "test")})
predictor = estimator.deploy(
    initial_instance_count=1,
    instance_type="ml.m5.large",
    serializer=JSONSerializer(),
    deserializer=JSONDeserializer(),
)
answer = predictor.predict(
    {
        "instances": [{**rows[2], "target": rows[2]["target"][:-WEEK]}],
        "configuration": {"num_samples": 50, "output_types": ["quantiles"], "quantiles": ["0.5"]},
    }
)
predictor.delete_endpoint()
job = session.sagemaker_client.describe_training_job(
    TrainingJobName=estimator.latest_training_job.name
)
print()  # The SDK has shown its waiting on the line before.
print(
    json.dumps(
        {
            "median": answer["predictions"][0]["quantiles"]["0.5"],
            "true": rows[2]["target"][-WEEK:],
            "metrics": {one["MetricName"]: one["Value"] for one in job["FinalMetricDataList"]},
        }
    )
)
