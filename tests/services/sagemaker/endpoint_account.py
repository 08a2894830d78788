"""What a user of one account does with endpoints."""

import io
import json
import tarfile
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.services.sagemaker.test_training_jobs import IMAGE

ECHO = """
import json
def model_fn(folder):
    return "{name}"
def input_fn(content, content_type):
    return json.loads(content)
def predict_fn(data, model):
    return {{"model": model, "data": data}}
"""
LONGEST_SECONDS = 300
"""The first endpoint of a machine waits for its runtime."""


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """Return a model.tar.gz."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as opened:
        for name, content in files.items():
            body = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            opened.addfile(entry, io.BytesIO(body))
    return archive.getvalue()


class EndpointAccount:
    """What a user of one account does with endpoints."""

    def __init__(self, client: Callable[..., Any], account: str) -> None:
        self.s3, self.logs, self.cloudwatch = map(client, ("s3", "logs", "cloudwatch"))
        self.sagemaker, self.runtime = client("sagemaker"), client("sagemaker-runtime")
        self.id = account
        self.bucket = f"models-{account}"
        self.s3.create_bucket(Bucket=self.bucket)

    def put_model(self, name: str, archive: bytes, **container: Any) -> None:
        """Upload an archive and create a model of it."""
        self.s3.put_object(Bucket=self.bucket, Key=f"{name}.tar.gz", Body=archive)
        self.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=f"arn:aws:iam::{self.id}:role/server",
            PrimaryContainer={
                "Image": IMAGE,
                "ModelDataUrl": f"s3://{self.bucket}/{name}.tar.gz",
                "Environment": {"SAGEMAKER_MODEL_SERVER_WORKERS": "1"},
                **container,
            },
        )

    def put_script(self, name: str, script: str = "", **container: Any) -> None:
        """Create a model that is a script alone."""
        script = script or ECHO.format(name=name)
        self.put_model(name, packed({"code/inference.py": script}), **container)

    def configure(self, name: str, *variants: Mapping[str, Any], **more: Any) -> None:
        """Create a configuration; a variant needs no more than its model's name."""
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[
                {
                    "VariantName": "AllTraffic",
                    "InstanceType": "ml.m5.large",
                    "InitialInstanceCount": 1,
                    **variant,
                }
                for variant in variants
            ],
            **more,
        )

    def deploy(self, name: str, script: str = "", **variant: Any) -> Mapping[str, Any]:
        """Create an endpoint of a script, and all that it needs; wait until it is in service."""
        self.put_script(name, script)
        self.configure(name, {"ModelName": name, **variant})
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        return self.wait(name)

    def wait(self, name: str, status: str = "InService") -> Mapping[str, Any]:
        """Wait until an endpoint has a status, and no other one that lasts."""
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            endpoint = self.sagemaker.describe_endpoint(EndpointName=name)
            if endpoint["EndpointStatus"] not in ("Creating", "Updating"):
                assert endpoint["EndpointStatus"] == status, endpoint
                return endpoint
            time.sleep(0.1)
        raise AssertionError(f"{name} did not get {status}")

    def ask(self, name: str, data: Any = None, **more: Any) -> Any:
        """Ask an endpoint in JSON."""
        answer = self.runtime.invoke_endpoint(
            EndpointName=name,
            ContentType="application/json",
            Body=json.dumps(data).encode(),
            **more,
        )
        return json.load(answer["Body"])

    def log(self, name: str) -> list[str]:
        """Return all that the instances of an endpoint have said."""
        events = self.logs.filter_log_events(logGroupName=f"/aws/sagemaker/Endpoints/{name}")
        return [event["message"] for event in events["events"]]

    def delete_all(self) -> None:
        """Delete all endpoints, whose processes would go on.

        Those that a test deleted are let be: they may be gone at any moment.
        """
        components = self.sagemaker.list_inference_components(MaxResults=100)
        for one in components["InferenceComponents"]:
            if one["InferenceComponentStatus"] != "Deleting":
                self.sagemaker.delete_inference_component(
                    InferenceComponentName=one["InferenceComponentName"]
                )
        self.until(lambda: not self.sagemaker.list_inference_components()["InferenceComponents"])
        for endpoint in self.sagemaker.list_endpoints(MaxResults=100)["Endpoints"]:
            if endpoint["EndpointStatus"] != "Deleting":
                self.sagemaker.delete_endpoint(EndpointName=endpoint["EndpointName"])

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something has come about."""
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            if is_so():
                return
            time.sleep(0.1)
        raise AssertionError("it did not come about")
