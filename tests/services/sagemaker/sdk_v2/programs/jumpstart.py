"""List JumpStart's models, deploy a language model by its id, and ask it."""

import json

import boto3
from sagemaker.jumpstart.model import JumpStartModel
from sagemaker.jumpstart.notebook_utils import list_jumpstart_models

MODEL = "huggingface-llm-qwen2-5-coder-0-5b-instruct"

# Without a role, the SDK asks STS for one at an address of its own choice.
account = boto3.client("sts").get_caller_identity()["Account"]
role = f"arn:aws:iam::{account}:role/outcrop"
listed = list_jumpstart_models()
trained = list_jumpstart_models(filter="training_supported == true")
model = JumpStartModel(model_id=MODEL, role=role)
predictor = model.deploy(wait=False)
# The SDK looks every thirty seconds.
waiter = boto3.client("sagemaker").get_waiter("endpoint_in_service")
waiter.wait(EndpointName=predictor.endpoint_name, WaiterConfig={"Delay": 1, "MaxAttempts": 300})
example = model.retrieve_example_payload()
answer = predictor.predict(example)
whole = predictor.predict({"inputs": "1, 2, 3, 4,", "parameters": {"max_new_tokens": 3}})
image = model.image_uri
predictor.delete_model()
predictor.delete_endpoint()
print()
told = {
    "listed": [one for one in listed if one.endswith(("0-5b-instruct", "e5-small", "-linear"))],
    "trained": trained,
    "image": image.partition("/")[2].partition(":")[0],
    "type": model.instance_type,
    "prompt": example.body["inputs"],
    "answer": answer,
    "whole": whole,
}
print(json.dumps(told))
