"""Fit a scikit-learn estimator on iris in S3, with logs, and read its metrics and its model."""

import io
import json
import sys
import tarfile

import boto3
from sagemaker.analytics import TrainingJobAnalytics
from sagemaker.s3 import S3Downloader
from sagemaker.sklearn import SKLearn

bucket, source = sys.argv[1:]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
s3.put_object(
    Bucket=bucket,
    Key="train/rows.csv",
    Body="\n".join(f"{n % 2},{n % 2 + n / 50},{n / 50}" for n in range(50)),
)

estimator = SKLearn(
    entry_point="train.py",
    source_dir=source,
    framework_version="1.2-1",
    instance_type="ml.m5.large",
    hyperparameters={"strength": 1.0},
    metric_definitions=[{"Name": "accuracy", "Regex": "accuracy=([0-9.]+)"}],
)
estimator.fit({"train": f"s3://{bucket}/train/"})

packed = S3Downloader.read_bytes(estimator.model_data)
with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
    names = archive.getnames()
metrics = TrainingJobAnalytics(estimator.latest_training_job.name, ["accuracy"]).dataframe(
    force_refresh=True
)
print(json.dumps({"names": names, "metrics": metrics.to_dict("records")}))
