"""Endpoints of many models: loaded when they are first asked, unloaded for others."""

import hashlib
import os
import time
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.services.sagemaker.endpoint_account import EndpointAccount, packed

SCRIPT = """
import json, os
from names import NAME
def model_fn(folder):
    with open(os.path.join(folder, "weights")) as file:
        return file.read(), b"x" * {bytes}
def input_fn(content, content_type):
    return json.loads(content)
def predict_fn(data, model):
    return {{"model": NAME, "weights": model[0], "process": os.getpid()}}
"""


def put(endpoints: EndpointAccount, name: str, *, takes_bytes: int = 0) -> None:
    """Put a model below the prefix of all."""
    files = {
        "code/inference.py": SCRIPT.format(bytes=takes_bytes),
        "code/names.py": f"NAME = {name!r}",
        "weights": f"weights of {name}",
    }
    endpoints.s3.put_object(Bucket=endpoints.bucket, Key=f"many/{name}.tar.gz", Body=packed(files))


def deploy(endpoints: EndpointAccount, config: Mapping[str, Any], **container: Any) -> None:
    """Create an endpoint of all models below the prefix."""
    endpoints.put_script(
        "many", Mode="MultiModel", ModelDataUrl=f"s3://{endpoints.bucket}/many/", **container
    )
    endpoints.configure("many", {"ModelName": "many", **config})
    endpoints.sagemaker.create_endpoint(EndpointName="many", EndpointConfigName="many")
    endpoints.wait("many")


def test_each_request_names_its_model(endpoints: EndpointAccount) -> None:
    deploy(endpoints, {})
    for name in ("red", "green/dark"):
        put(endpoints, name)

    red, green, again = (
        endpoints.ask("many", TargetModel=f"{name}.tar.gz") for name in ("red", "green/dark", "red")
    )
    assert (red["model"], red["weights"]) == ("red", "weights of red")
    assert (green["model"], green["weights"]) == ("green/dark", "weights of green/dark")
    assert again == red
    assert green["process"] == red["process"]
    endpoints.until(lambda: sum("Loaded model" in line for line in endpoints.log("many")) == 2)
    assert endpoints.sagemaker.describe_model(ModelName="many")["PrimaryContainer"]["Mode"] == (
        "MultiModel"
    )

    with pytest.raises(ClientError) as caught:
        endpoints.ask("many", TargetModel="blue.tar.gz")
    assert caught.value.response["Error"] == {
        "Code": "ValidationError",
        "Message": f"Failed to download model data(bucket: {endpoints.bucket}, key:"
        " many/blue.tar.gz). Please ensure that there is an object located at the URL and that the"
        " role passed to CreateModel has permissions to download the model.",
    }
    put(endpoints, "blue")
    assert endpoints.ask("many", TargetModel="blue.tar.gz")["model"] == "blue"
    with pytest.raises(ClientError, match="is a multi-model endpoint and needs"):
        endpoints.ask("many")


def test_models_that_are_not_to_be_cached_leave_the_disk_for_others(
    endpoints: EndpointAccount, server: LocalServer
) -> None:
    deploy(endpoints, {}, MultiModelConfig={"ModelCacheSetting": "Disabled"})
    names = ("red", "green", "blue")
    folders = {name: hashlib.sha256(f"{name}.tar.gz".encode()).hexdigest()[:32] for name in names}

    def ask(name: str) -> str:
        return endpoints.ask("many", TargetModel=f"{name}.tar.gz")["model"]

    def kept() -> set[str]:
        return {name for name in names if list(fleets.glob(f"*/models/{folders[name]}"))}

    fleets = server.data / "jobs" / "fleets"
    for name in names:
        put(endpoints, name)
    assert [ask("red"), ask("green")] == ["red", "green"]
    [red] = fleets.glob(f"*/models/{folders['red']}")
    long_ago = time.time() - 1000
    os.utime(red, (long_ago, long_ago))

    assert ask("blue") == "blue"
    assert kept() == {"green", "blue"}
    assert ask("red") == "red"
    assert kept() == {"red", "green", "blue"}

    endpoints.sagemaker.delete_endpoint(EndpointName="many")
    endpoints.until(lambda: kept() == set())


def test_an_endpoint_of_one_model_takes_no_target(endpoints: EndpointAccount) -> None:
    endpoints.deploy("one")

    with pytest.raises(ClientError) as caught:
        endpoints.ask("one", TargetModel="red.tar.gz")

    assert caught.value.response["Error"] == {
        "Code": "ValidationError",
        "Message": "Endpoint one is not a multi-model endpoint and does not support target model"
        " header.",
    }


def test_a_transform_job_of_many_models_is_refused(endpoints: EndpointAccount) -> None:
    endpoints.put_script("many", Mode="MultiModel", ModelDataUrl=f"s3://{endpoints.bucket}/many/")

    with pytest.raises(ClientError, match="cannot be used by transform jobs"):
        endpoints.sagemaker.create_transform_job(
            TransformJobName="job",
            ModelName="many",
            TransformInput={
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": f"s3://{endpoints.bucket}/rows/",
                    }
                }
            },
            TransformOutput={"S3OutputPath": f"s3://{endpoints.bucket}/told/"},
            TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
        )


def test_the_model_goes_that_nobody_asked_for_the_longest_time(endpoints: EndpointAccount) -> None:
    serverless = {"MemorySizeInMB": 1024, "MaxConcurrency": 1}
    endpoints.put_script("many", Mode="MultiModel", ModelDataUrl=f"s3://{endpoints.bucket}/many/")
    endpoints.sagemaker.create_endpoint_config(
        EndpointConfigName="many",
        ProductionVariants=[
            {"VariantName": "AllTraffic", "ModelName": "many", "ServerlessConfig": serverless}
        ],
    )
    endpoints.sagemaker.create_endpoint(EndpointName="many", EndpointConfigName="many")
    endpoints.wait("many")
    for name in ("first", "second", "third"):
        put(endpoints, name, takes_bytes=300 << 20)

    asked = ("first", "second", "first", "third", "second")
    answers = [endpoints.ask("many", TargetModel=f"{name}.tar.gz") for name in asked]

    assert [one["model"] for one in answers] == list(asked)
    assert len({one["process"] for one in answers}) == 1
    endpoints.until(lambda: sum("Loaded model" in line for line in endpoints.log("many")) == 4)
    told = [
        line.split(":")[0].rsplit(" in ")[0] for line in endpoints.log("many") if "model" in line
    ]
    names = {line.split()[-1].rstrip("."): None for line in told if line.startswith("Loaded")}
    first, second, third = names
    assert told == [
        f"Loaded model {first}",
        f"Loaded model {second}",
        f"Unloaded model {second}.",
        f"Loaded model {third}",
        f"Unloaded model {first}.",
        f"Loaded model {second}",
    ]
