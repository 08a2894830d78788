"""Serve a language model as Hugging Face's and AWS's guides do, and hear it token by token."""

import json

import boto3
from sagemaker.djl_inference import DJLModel
from sagemaker.huggingface import HuggingFaceModel, get_huggingface_llm_image_uri

NAME, TYPE = "Qwen/Qwen2.5-Coder-0.5B-Instruct", "ml.g5.2xlarge"
ASKED = {"inputs": "1, 2, 3, 4,", "parameters": {"max_new_tokens": 2, "return_full_text": False}}
runtime = boto3.client("sagemaker-runtime")
waiter = boto3.client("sagemaker").get_waiter("endpoint_in_service")


def deployed(model):
    predictor = model.deploy(initial_instance_count=1, instance_type=TYPE, wait=False)
    # The SDK looks every thirty seconds.
    waiter.wait(EndpointName=predictor.endpoint_name, WaiterConfig={"Delay": 1, "MaxAttempts": 300})
    return predictor


def streamed(predictor):
    answer = runtime.invoke_endpoint_with_response_stream(
        EndpointName=predictor.endpoint_name,
        Body=json.dumps({**ASKED, "stream": True}),
        ContentType="application/json",
    )
    return b"".join(part["PayloadPart"]["Bytes"] for part in answer["Body"]).decode()


image = get_huggingface_llm_image_uri("huggingface", version="3.3.6")
tgi = deployed(HuggingFaceModel(image_uri=image, env={"HF_MODEL_ID": NAME, "SM_NUM_GPUS": "1"}))
lmi = deployed(DJLModel(model_id=NAME))
events = [line[5:] for line in streamed(tgi).splitlines() if line.startswith("data:")]
told = {
    "tgi": tgi.predict(ASKED),
    "lmi": lmi.predict(ASKED),
    "events": [json.loads(event)["token"]["text"] for event in events],
    "lines": [json.loads(line)["token"]["text"] for line in streamed(lmi).splitlines()],
}
for predictor in (tgi, lmi):
    predictor.delete_model()
    predictor.delete_endpoint()
print()
print(json.dumps(told))
