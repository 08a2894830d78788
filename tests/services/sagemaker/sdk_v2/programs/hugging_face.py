"""Fit a Hugging Face estimator, deploy its model by the task and by functions, ask both."""

import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from sagemaker.huggingface import HuggingFace, HuggingFaceModel

bucket, source, serving = sys.argv[1:]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
chance = random.Random(0)
words = {0: ["rain", "fog", "cold", "grey"], 1: ["sun", "warm", "blue", "light"]}
lines = [
    f"{label},{' '.join(chance.choice([*words[label], 'and', 'the']) for _ in range(8))}"
    for label in (0, 1)
    for _ in range(100)
]
s3.put_object(Bucket=bucket, Key="train/rows.csv", Body="\n".join(["label,text", *lines]))
versions = {"transformers_version": "4.49.0", "pytorch_version": "2.5.1", "py_version": "py311"}

estimator = HuggingFace(
    entry_point="train.py",
    source_dir=source,
    instance_type="ml.g5.xlarge",  # The SDK knows no image to train on processors.
    instance_count=1,
    hyperparameters={"epochs": 6, "learning_rate": 0.005},
    **versions,
)
estimator.fit({"train": f"s3://{bucket}/train/"})


def answer(question, **more):
    """Deploy the model, ask it, and take it down."""
    model = HuggingFaceModel(
        model_data=estimator.model_data,
        role=estimator.role,
        transformers_version="4.49.0",
        pytorch_version="2.6.0",
        py_version="py312",
        **more,
    )
    predictor = model.deploy(initial_instance_count=1, instance_type="ml.m5.large")
    found = predictor.predict(question)
    predictor.delete_model()
    predictor.delete_endpoint()
    return found


asked = {"inputs": ["fog and cold and rain", "the blue light and the sun"]}
with ThreadPoolExecutor() as threads:  # The SDK sleeps most of the time.
    by_task = threads.submit(
        answer, {**asked, "parameters": {"top_k": 1}}, env={"HF_TASK": "text-classification"}
    )
    by_functions = threads.submit(answer, asked, entry_point="inference.py", source_dir=serving)
print()  # The SDK has shown its waiting on the line before.
print(json.dumps({"task": by_task.result(), "functions": by_functions.result()}))
