"""Serve a model that this program has fitted as an inference component, by a ModelBuilder."""

import io
import json
import sys

import boto3
import numpy
from sagemaker.core.inference_config import ResourceRequirements
from sagemaker.core.resources import Endpoint, InferenceComponent
from sagemaker.serve import ModelBuilder, ModelServer
from sagemaker.serve.builder.schema_builder import SchemaBuilder
from sklearn.linear_model import LogisticRegression

(folder,) = sys.argv[1:]
role = f"arn:aws:iam::{boto3.client('sts').get_caller_identity()['Account']}:role/outcrop"
rows = numpy.array([[n % 2 + n / 500, n / 500] for n in range(50)])
labels = numpy.arange(50) % 2
builder = ModelBuilder(
    model=LogisticRegression(C=100.0).fit(rows, labels),
    model_path=folder,
    schema_builder=SchemaBuilder(rows[:2], labels[:2]),
    model_server=ModelServer.TORCHSERVE,
    image_uri="683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
    role_arn=role,
    instance_type="ml.m5.large",
    dependencies={"auto": False, "custom": ["sagemaker-serve==1.27.0"]},
)
builder.build(model_name="fitted")
builder.deploy(
    endpoint_name="shared",
    initial_instance_count=1,
    inference_config=ResourceRequirements(
        requests={"num_cpus": 1, "memory": 1024, "copies": 1}, limits={"memory": 4096}
    ),
    inference_component_name="fitted-component",
)
component = InferenceComponent.get("fitted-component")
component.wait_for_status("InService", poll=1)
endpoint = Endpoint.get("shared")
body = io.BytesIO()
numpy.save(body, numpy.array([[1.0, 0.0], [0.0, 0.0]]))
answer = endpoint.invoke(
    body=body.getvalue(),
    content_type="application/x-npy",
    accept="application/x-npy",
    inference_component_name="fitted-component",
)
predicted = numpy.load(io.BytesIO(answer.body.read())).tolist()
needs = component.specification.compute_resource_requirements
component.delete()
component.wait_for_delete(poll=1)
endpoint.delete()
print()  # The SDK has shown its waiting on the line before.
print(json.dumps({"predicted": predicted, "memory": needs.max_memory_required_in_mb}))
