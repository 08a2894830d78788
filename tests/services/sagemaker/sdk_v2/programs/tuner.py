"""Tune a script of one's own, tell of it, deploy the best model, ask its endpoint."""

import json
import sys

import boto3
from sagemaker.sklearn import SKLearn
from sagemaker.tuner import CategoricalParameter, ContinuousParameter, HyperparameterTuner

bucket, source = sys.argv[1:]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
rows = [f"{n % 2},{n % 2 + n / 100},{n / 100}" for n in range(60)]
s3.put_object(Bucket=bucket, Key="train/rows.csv", Body="\n".join(rows))

estimator = SKLearn(
    entry_point="classify.py",
    source_dir=source,
    framework_version="1.2-1",
    instance_type="ml.m5.large",
    output_path=f"s3://{bucket}/models",
    code_location=f"s3://{bucket}/code",
)
tuner = HyperparameterTuner(
    estimator,
    "accuracy",
    {
        "strength": ContinuousParameter(0.0001, 10.0, scaling_type="Logarithmic"),
        "intercept": CategoricalParameter(["yes", "no"]),
    },
    [{"Name": "accuracy", "Regex": r"accuracy=([0-9.]+);"}],
    max_jobs=4,
    max_parallel_jobs=2,
)
tuner.fit({"train": f"s3://{bucket}/train/"}, wait=True)
table = tuner.analytics().dataframe()
attached = HyperparameterTuner.attach(tuner.latest_tuning_job.name)
best = tuner.best_estimator()
predictor = tuner.deploy(initial_instance_count=1, instance_type="ml.m5.large")
labels = predictor.predict([[0.1, 0.1], [1.1, 0.1]])
predictor.delete_model()
predictor.delete_endpoint()
print()  # The SDK has shown its waiting on the line before.
print(
    json.dumps(
        {
            "best": tuner.best_training_job(),
            "attached": attached.best_training_job(),
            "jobs": list(table["TrainingJobName"]),
            "values": list(table["FinalObjectiveValue"]),
            "strength": float(best.hyperparameters()["strength"].strip('"')),
            "labels": [int(label) for label in labels],
        }
    )
)
