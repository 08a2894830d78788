"""Fit a PyTorch estimator by torchrun on two instances, and read its model and its metrics."""

import io
import json
import sys
import tarfile

import boto3
from sagemaker.pytorch import PyTorch
from sagemaker.s3 import S3Downloader

bucket, source = sys.argv[1:]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
s3.put_object(
    Bucket=bucket, Key="train/rows.csv", Body="\n".join(f"{2 * n},{n}" for n in range(64))
)

estimator = PyTorch(
    entry_point="train_distributed.py",
    source_dir=source,
    framework_version="2.0.0",
    py_version="py310",
    instance_type="ml.g5.xlarge",
    instance_count=2,
    hyperparameters={"epochs": 40},
    distribution={"torch_distributed": {"enabled": True}},
    metric_definitions=[{"Name": "loss", "Regex": "loss=([0-9.e-]+)"}],
)
estimator.fit({"train": f"s3://{bucket}/train/"})

packed = S3Downloader.read_bytes(estimator.model_data)
with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
    names = archive.getnames()
described = estimator.latest_training_job.describe()
metrics = {one["MetricName"]: one["Value"] for one in described["FinalMetricDataList"]}
print(json.dumps({"names": names, "metrics": metrics}))
