"""Fit a TensorFlow estimator, deploy it, and ask its endpoint."""

import json
import sys

import boto3
from sagemaker.tensorflow import TensorFlow

bucket, source = sys.argv[1:]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
lines = "\n".join(f"{3 * n / 10 + 1},{n / 10}" for n in range(-30, 30))
s3.put_object(Bucket=bucket, Key="train/rows.csv", Body=lines)

estimator = TensorFlow(
    entry_point="train.py",
    source_dir=source,
    framework_version="2.19",
    py_version="py312",
    instance_type="ml.m5.large",
    instance_count=1,
    hyperparameters={"epochs": 60},
)
estimator.fit({"train": f"s3://{bucket}/train/"})
predictor = estimator.deploy(initial_instance_count=1, instance_type="ml.m5.large")
rows = predictor.predict({"instances": [[0.0], [2.0]]})
columns = predictor.predict({"inputs": {"x": [[2.0]]}})
predictor.delete_model()
predictor.delete_endpoint()
print()  # The SDK has shown its waiting on the line before.
print(json.dumps({"rows": rows, "columns": columns}))
