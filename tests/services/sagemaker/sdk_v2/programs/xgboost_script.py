"""Train XGBoost by a script of one's own, deploy it with its model_fn, ask its endpoint."""

import json
import sys

import boto3
from sagemaker.xgboost import XGBoost

bucket, source = sys.argv[1:]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
lines = [f"{n % 2} 0:{n % 2 + n / 500} 1:{n / 500}" for n in range(50)]
s3.put_object(Bucket=bucket, Key="train/rows.libsvm", Body="\n".join(lines))

estimator = XGBoost(
    entry_point="boost.py",
    source_dir=source,
    framework_version="1.7-1",
    instance_count=1,
    instance_type="ml.m5.large",
    hyperparameters={"num_round": 10, "objective": "binary:logistic"},
)
estimator.fit({"train": f"s3://{bucket}/train/"}, logs=False)
predictor = estimator.deploy(initial_instance_count=1, instance_type="ml.m5.large")
told = predictor.predict("0:0.02 1:0.02\n0:1.02 1:0.02")
predictor.delete_model()
predictor.delete_endpoint()
print()  # The SDK has shown its waiting on the line before.
print(json.dumps({"labels": [float(row[0]) > 0.5 for row in told]}))
