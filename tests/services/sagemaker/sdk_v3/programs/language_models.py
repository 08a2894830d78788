"""Find models of the public hub, and serve one by the image of TGI and the SDK's own resources."""

import json

import boto3
from sagemaker.core import image_uris
from sagemaker.core.jumpstart.search import search_public_hub_models
from sagemaker.core.resources import Endpoint, EndpointConfig, Model
from sagemaker.core.shapes import ContainerDefinition, ProductionVariant

NAME, TYPE = "coder", "ml.g5.2xlarge"
account = boto3.client("sts").get_caller_identity()["Account"]

(found, *_) = search_public_hub_models("@task:text-generation AND NOT @framework:meta")
document = json.loads(
    found.get(
        hub_name="SageMakerPublicHub",
        hub_content_type="Model",
        hub_content_name=found.hub_content_name,
    ).hub_content_document
)
(variable,) = document["InferenceEnvironmentVariables"]
image = image_uris.retrieve("huggingface-llm", "us-east-1", version="3.3.6", instance_type=TYPE)
Model.create(
    model_name=NAME,
    execution_role_arn=f"arn:aws:iam::{account}:role/outcrop",
    primary_container=ContainerDefinition(
        image=image, environment={"HF_MODEL_ID": "Qwen/Qwen2.5-Coder-0.5B-Instruct"}
    ),
)
EndpointConfig.create(
    endpoint_config_name=NAME,
    production_variants=[
        ProductionVariant(
            variant_name="AllTraffic",
            model_name=NAME,
            instance_type=TYPE,
            initial_instance_count=1,
        )
    ],
)
endpoint = Endpoint.create(endpoint_name=NAME, endpoint_config_name=NAME)
endpoint.wait_for_status("InService", poll=1)
asked = {"inputs": "1, 2, 3, 4,", "parameters": {"max_new_tokens": 2, "return_full_text": False}}
said = endpoint.invoke(body=json.dumps(asked), content_type="application/json")
endpoint.delete()
print()
told = {
    "found": found.hub_content_name,
    "variable": variable["Name"],
    "answer": json.loads(said.body.read()),
}
print(json.dumps(told))
