"""Train by torchrun on two instances, each with a process, with a ModelTrainer."""

import json
import sys

import boto3
from sagemaker.core.shapes import MetricDefinition
from sagemaker.core.utils.utils import configure_logging
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, SourceCode
from sagemaker.train.distributed import Torchrun

bucket, scripts = sys.argv[1:]
configure_logging("INFO")
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
s3.put_object(
    Bucket=bucket, Key="train/rows.csv", Body="\n".join(f"{2 * n},{n}" for n in range(64))
)

trainer = ModelTrainer(
    training_image="763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.5-cpu-py311",
    source_code=SourceCode(source_dir=scripts, entry_script="train_distributed.py"),
    compute=Compute(instance_type="ml.g5.xlarge", instance_count=2),
    distributed=Torchrun(process_count_per_node=1),
    hyperparameters={"epochs": 40},
    base_job_name="parallel",
).with_metric_definitions([MetricDefinition(name="loss", regex="loss=([0-9.e-]+)")])
trainer.train(
    input_data_config=[InputData(channel_name="train", data_source=f"s3://{bucket}/train/")],
    wait=True,
    logs=True,
)

jobs = boto3.client("sagemaker")
(job,) = jobs.list_training_jobs(NameContains="parallel")["TrainingJobSummaries"]
described = jobs.describe_training_job(TrainingJobName=job["TrainingJobName"])
metrics = {one["MetricName"]: one["Value"] for one in described["FinalMetricDataList"]}
print(json.dumps({"status": described["TrainingJobStatus"], "metrics": metrics}))
