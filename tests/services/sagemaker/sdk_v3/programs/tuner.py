"""Tune a hyperparameter of a ModelTrainer, and find the best job."""

import json
import sys

import boto3
from sagemaker.core.parameter import ContinuousParameter
from sagemaker.core.resources import HyperParameterTuningJob
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, SourceCode
from sagemaker.train.tuner import HyperparameterTuner

bucket, scripts = sys.argv[1:]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
s3.put_object(
    Bucket=bucket,
    Key="train/rows.csv",
    Body="\n".join(f"{n % 2},{n % 2 + n / 500},{n / 500}" for n in range(50)),
)

trainer = ModelTrainer(
    training_image="683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1",
    source_code=SourceCode(source_dir=scripts, entry_script="train.py"),
    compute=Compute(instance_type="ml.m5.large", instance_count=1),
    hyperparameters={"strength": 100.0},
)
tuner = HyperparameterTuner(
    trainer,
    "accuracy",
    {"strength": ContinuousParameter(1.0, 1000.0)},
    metric_definitions=[{"Name": "accuracy", "Regex": "accuracy=([0-9.]+)"}],
    max_jobs=2,
    max_parallel_jobs=2,
    base_tuning_job_name="tuned",
)
tuner.tune(inputs=[InputData(channel_name="train", data_source=f"s3://{bucket}/train/")], wait=True)
(job,) = HyperParameterTuningJob.get_all(name_contains="tuned")
job = HyperParameterTuningJob.get(job.hyper_parameter_tuning_job_name)
best = job.best_training_job
print(
    json.dumps(
        {
            "status": job.hyper_parameter_tuning_job_status,
            "completed": job.training_job_status_counters.completed,
            "best": best.final_hyper_parameter_tuning_job_objective_metric.value,
            "is_told": tuner.best_training_job() == best.training_job_name,
        }
    )
)
