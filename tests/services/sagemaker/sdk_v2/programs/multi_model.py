"""Deploy an endpoint of many models, add models to it, and ask each of them."""

import json
import sys
import tarfile
from pathlib import Path

import boto3
import sagemaker
from sagemaker.deserializers import JSONDeserializer
from sagemaker.multidatamodel import MultiDataModel
from sagemaker.predictor import Predictor
from sagemaker.serializers import JSONSerializer

bucket, folder = sys.argv[1], Path(sys.argv[2])
SCRIPT = """
from pathlib import Path
def model_fn(folder):
    return Path(folder, "name").read_text()
def predict_fn(rows, name):
    return {name: len(rows)}
"""


def archive(name: str) -> str:
    """Write a model and return its path."""
    path = folder / f"{name}.tar.gz"
    files = {"name": name, "code/inference.py": SCRIPT}
    with tarfile.open(path, "w:gz") as packed:
        for file, content in files.items():
            place = folder / name / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)
            packed.add(place, file)
    return str(path)


boto3.client("s3").create_bucket(Bucket=bucket)
many = MultiDataModel(
    "many",
    f"s3://{bucket}/many/",
    image_uri=sagemaker.image_uris.retrieve("sklearn", "us-east-1", "1.2-1"),
    role=f"arn:aws:iam::{boto3.client('sts').get_caller_identity()['Account']}:role/outcrop",
)
many.deploy(1, "ml.m5.large", endpoint_name="many", wait=False)  # The SDK looks twice a minute.
boto3.client("sagemaker").get_waiter("endpoint_in_service").wait(
    EndpointName="many", WaiterConfig={"Delay": 1}
)
predictor = Predictor("many", serializer=JSONSerializer(), deserializer=JSONDeserializer())
for name in ("red", "blue"):
    many.add_model(archive(name), f"{name}.tar.gz")
told = [
    predictor.predict([[1, 2]] * count, target_model=f"{name}.tar.gz")
    for count, name in enumerate(("red", "blue", "red"), start=1)
]
listed = sorted(many.list_models())
predictor.delete_endpoint()
print()  # The SDK has shown its waiting on the line before.
print(json.dumps({"told": told, "listed": listed}))
