"""Train JumpStart's linear model on its own example, deploy it and ask it."""

import json

import boto3
from sagemaker.jumpstart.estimator import JumpStartEstimator

account = boto3.client("sts").get_caller_identity()["Account"]
role = f"arn:aws:iam::{account}:role/outcrop"
estimator = JumpStartEstimator(model_id="sklearn-classification-linear", role=role)
estimator.set_hyperparameters(alpha=0.001)
region = boto3.session.Session().region_name
data = f"s3://jumpstart-cache-prod-{region}/training-datasets/outcrop/classification/"
estimator.fit({"training": data}, logs="All")
metric = estimator.training_job_analytics.dataframe()
predictor = estimator.deploy()
answer = predictor.predict("2.0,0.0,0.0,0.0\n-2.0,0.0,0.0,0.0")
predictor.delete_model()
predictor.delete_endpoint()
told = {
    "metrics": metric["metric_name"].unique().tolist(),
    "accuracy": float(metric["value"].max()),
    "labels": answer["predicted_label"],
    "sure": [max(row) > 0.9 for row in answer["probabilities"]],
}
print()
print(json.dumps(told))
