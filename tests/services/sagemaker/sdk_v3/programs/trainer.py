"""Train by a script with a ModelTrainer, serve its model by a ModelBuilder, and delete it all."""

import json
import sys

import boto3
from sagemaker.core.resources import Endpoint, EndpointConfig, Model, TrainingJob
from sagemaker.core.shapes import MetricDefinition
from sagemaker.core.utils.utils import configure_logging
from sagemaker.serve import ModelBuilder
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, SourceCode

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"

bucket, scripts = sys.argv[1:]
configure_logging("INFO")
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
s3.put_object(
    Bucket=bucket,
    Key="train/rows.csv",
    Body="\n".join(f"{n % 2},{n % 2 + n / 500},{n / 500}" for n in range(50)),
)

trainer = ModelTrainer(
    training_image=IMAGE,
    source_code=SourceCode(source_dir=scripts, entry_script="train.py"),
    compute=Compute(instance_type="ml.m5.large", instance_count=1),
    hyperparameters={"strength": 100.0},
    base_job_name="fitted",
).with_metric_definitions([MetricDefinition(name="accuracy", regex="accuracy=([0-9.]+)")])
trainer.train(
    input_data_config=[InputData(channel_name="train", data_source=f"s3://{bucket}/train/")],
    wait=True,
    logs=True,
)
jobs = list(TrainingJob.get_all(name_contains="fitted"))
job = TrainingJob.get(jobs[0].training_job_name)

builder = ModelBuilder(
    s3_model_data_url=job.model_artifacts.s3_model_artifacts,
    image_uri=IMAGE,
    source_code=SourceCode(source_dir=scripts, entry_script="inference.py"),
    role_arn=job.role_arn,
    instance_type="ml.m5.large",
)
model = builder.build(model_name="built")
builder.deploy(endpoint_name="built", initial_instance_count=1, wait=False)
endpoint = Endpoint.get("built")
endpoint.wait_for_status("InService", poll=1)
answer = endpoint.invoke(
    body=b"1.0,0.0\n0.0,0.0", content_type="text/csv", accept="application/json"
)
predicted = json.loads(answer.body.read())
endpoint.delete()
EndpointConfig.get("built").delete()
model.delete()

print(
    json.dumps(
        {
            "jobs": len(jobs),
            "status": job.training_job_status,
            "metrics": {one.metric_name: one.value for one in job.final_metric_data_list},
            "predicted": predicted,
            "left": [kind.__name__ for kind in (Model, EndpointConfig) if list(kind.get_all())],
        }
    )
)
