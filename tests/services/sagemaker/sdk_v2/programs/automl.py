"""Let AutoML find a model for a table, deploy the best candidate, ask its endpoint."""

import json
import random
import sys

import boto3
from sagemaker import AutoML, AutoMLInput
from sagemaker.automl.automlv2 import AutoMLDataChannel, AutoMLTabularConfig, AutoMLV2

bucket, version, account = sys.argv[1:]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
chance = random.Random(0)
places = [(chance.random() * 3, chance.random()) for _ in range(200)]
rows = ["x,y,kind", *(f"{x},{y},kind-{int(x)}" for x, y in places)]
s3.put_object(Bucket=bucket, Key="train/rows.csv", Body="\n".join(rows))
uri, role = f"s3://{bucket}/train/", f"arn:aws:iam::{account}:role/trainer"

if version == "1":
    automl = AutoML(
        role,
        "kind",
        output_path=f"s3://{bucket}/out",
        max_candidates=2,
        max_runtime_per_training_job_in_seconds=60,
    )
    automl.fit(AutoMLInput(uri, "kind"), wait=True, logs=False)
else:
    config = AutoMLTabularConfig(
        "kind",
        algorithms_config=["randomforest"],
        max_candidates=1,
        max_runtime_per_training_job_in_seconds=60,
    )
    automl = AutoMLV2(problem_config=config, role=role, output_path=f"s3://{bucket}/out")
    automl.fit(
        AutoMLDataChannel("S3Prefix", uri, content_type="text/csv;header=present"), wait=True
    )

best = automl.best_candidate()
automl.deploy(
    initial_instance_count=1,
    instance_type="ml.m5.large",
    endpoint_name=f"{bucket}-{version}",
    inference_response_keys=["predicted_label", "probability"],
)
answer = boto3.client("sagemaker-runtime").invoke_endpoint(
    EndpointName=f"{bucket}-{version}", ContentType="text/csv", Body="0.5,0.5\n2.5,0.5\n"
)
print()  # The SDK has shown its waiting on the line before.
print(
    json.dumps(
        {
            "best": best["CandidateName"],
            "candidates": [one["CandidateName"] for one in automl.list_candidates()],
            "rows": [line.split(",") for line in answer["Body"].read().decode().split()],
        }
    )
)
