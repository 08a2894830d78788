"""Deploy two models as inference components of one endpoint, ask, update and delete them."""

import json
import sys
import tarfile
from pathlib import Path

import boto3
import sagemaker
from sagemaker.compute_resource_requirements import ResourceRequirements
from sagemaker.deserializers import JSONDeserializer
from sagemaker.enums import EndpointType
from sagemaker.predictor import Predictor
from sagemaker.serializers import JSONSerializer
from sagemaker.sklearn import SKLearnModel

bucket, folder = sys.argv[1], Path(sys.argv[2])
SCRIPT = """
import os
def model_fn(folder):
    return os.environ["NAME"]
def predict_fn(rows, name):
    return {name: len(rows)}
"""
role = f"arn:aws:iam::{boto3.client('sts').get_caller_identity()['Account']}:role/outcrop"
boto3.client("s3").create_bucket(Bucket=bucket)
(folder / "inference.py").write_text(SCRIPT)
with tarfile.open(folder / "model.tar.gz", "w:gz"):
    pass
data = sagemaker.Session().upload_data(str(folder / "model.tar.gz"), bucket, "models")


def deploy(name: str) -> Predictor:
    """Deploy a model as an inference component."""
    model = SKLearnModel(
        model_data=data,
        role=role,
        entry_point=str(folder / "inference.py"),
        framework_version="1.2-1",
        name=name,
        env={"NAME": name, "SAGEMAKER_MODEL_SERVER_WORKERS": "1"},
    )
    return model.deploy(
        initial_instance_count=1,
        instance_type="ml.m5.large",
        endpoint_type=EndpointType.INFERENCE_COMPONENT_BASED,
        endpoint_name="shared",
        inference_component_name=f"{name}-component",
        resources=ResourceRequirements(requests={"num_cpus": 0.5, "memory": 1024, "copies": 1}),
        managed_instance_scaling={"MaxInstanceCount": 2},
        serializer=JSONSerializer(),
        deserializer=JSONDeserializer(),
    )


red, blue = deploy("red"), deploy("blue")
told = [red.predict([[1, 2]]), blue.predict([[1, 2]] * 2)]
session = red.sagemaker_session
listed = session.list_and_paginate_inference_component_names_associated_with_endpoint("shared")
needs = ResourceRequirements(requests={"num_cpus": 1, "memory": 2048, "copies": 2})
red.update_predictor(resources=needs)
updated = session.describe_inference_component("red-component")
told.append(red.predict([[1, 2]] * 3))
for predictor in (red, blue):
    predictor.delete_predictor(wait=True)
red.delete_endpoint()
print()  # The SDK has shown its waiting on the line before.
print(
    json.dumps(
        {
            "told": told,
            "listed": listed,
            "copies": updated["RuntimeConfig"]["CurrentCopyCount"],
            "needs": updated["Specification"]["ComputeResourceRequirements"],
        }
    )
)
