"""What a user of one account does with inference components."""

import json
import time
from collections.abc import Mapping
from typing import Any

from tests.services.sagemaker.endpoint_account import ECHO, LONGEST_SECONDS, EndpointAccount

VARIANT = "AllTraffic"
WHO = """
import json, uuid
def model_fn(folder):
    return uuid.uuid4().hex
def input_fn(content, content_type):
    return json.loads(content)
def predict_fn(data, model):
    return model
"""
"""Each worker answers with a name of its own."""


class ComponentAccount:
    """Inference components of one account, on an endpoint that has no models."""

    def __init__(self, user: EndpointAccount) -> None:
        self.user = user
        self.sagemaker = user.sagemaker

    def host(self, name: str = "host", **variant: Any) -> None:
        """Have an endpoint that hosts inference components."""
        self.configure(name, **variant)
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        self.user.wait(name)

    def configure(self, name: str, **variant: Any) -> None:
        """Create a configuration that names no model."""
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ExecutionRoleArn=f"arn:aws:iam::{self.user.id}:role/server",
            ProductionVariants=[
                {
                    "VariantName": VARIANT,
                    "InstanceType": "ml.m5.large",
                    "InitialInstanceCount": 1,
                    **variant,
                }
            ],
        )

    def create(
        self, name: str, *, copies: int = 1, model: str = "", endpoint: str = "host", **needs: Any
    ) -> None:
        """Create a component of a model; a copy needs 1 GiB and one processor."""
        self.sagemaker.create_inference_component(
            InferenceComponentName=name,
            EndpointName=endpoint,
            VariantName=VARIANT,
            Specification={
                "ModelName": model or name,
                "ComputeResourceRequirements": needs_of(**needs),
            },
            RuntimeConfig={"CopyCount": copies},
        )

    def deploy(self, name: str, script: str = "", **more: Any) -> Mapping[str, Any]:
        """Create a model of a script and a component of it; wait until it is in service."""
        self.user.put_script(name, script or ECHO.format(name=name))
        self.create(name, **more)
        return self.wait(name)

    def wait(self, name: str, status: str = "InService") -> Mapping[str, Any]:
        """Wait until a component has a status, and no other one that lasts."""
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            found = self.sagemaker.describe_inference_component(InferenceComponentName=name)
            if found["InferenceComponentStatus"] not in ("Creating", "Updating"):
                assert found["InferenceComponentStatus"] == status, found
                return found
            time.sleep(0.1)
        raise AssertionError(f"{name} did not get {status}")

    def resize(self, name: str, copies: int) -> Mapping[str, Any]:
        """Give a component so many copies."""
        self.sagemaker.update_inference_component_runtime_config(
            InferenceComponentName=name, DesiredRuntimeConfig={"CopyCount": copies}
        )
        return self.wait(name)

    def delete(self, name: str) -> None:
        """Delete a component and wait until it has gone."""
        self.sagemaker.delete_inference_component(InferenceComponentName=name)
        self.user.until(lambda: name not in self.names())

    def names(self, **filters: Any) -> list[str]:
        """Return the names of the components that pass some filters."""
        found = self.sagemaker.list_inference_components(**filters)["InferenceComponents"]
        return [one["InferenceComponentName"] for one in found]

    def ask(self, name: str, data: Any = None, *, endpoint: str = "host") -> Any:
        """Ask a component in JSON."""
        return self.user.ask(endpoint, data, InferenceComponentName=name)

    def instances(self, endpoint: str = "host") -> int:
        """Return how many instances an endpoint has."""
        found = self.sagemaker.describe_endpoint(EndpointName=endpoint)
        (variant,) = found["ProductionVariants"]
        return int(variant["CurrentInstanceCount"])

    def streamed(self, name: str) -> Any:
        """Return a component's answer, piece by piece."""
        answer = self.user.runtime.invoke_endpoint_with_response_stream(
            EndpointName="host",
            InferenceComponentName=name,
            ContentType="application/json",
            Body=b"null",
        )
        return json.loads(b"".join(one["PayloadPart"]["Bytes"] for one in answer["Body"]))


def needs_of(*, memory: int = 1024, cpus: float = 1.0, accelerators: float = 0) -> Any:
    """Return what a copy needs, as requests have it."""
    needs: dict[str, Any] = {"MinMemoryRequiredInMb": memory, "NumberOfCpuCoresRequired": cpus}
    if accelerators:
        needs["NumberOfAcceleratorDevicesRequired"] = accelerators
    return needs
