"""How inference components are told.

Source:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeInferenceComponent.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.services.sagemaker import shapes
from outcrop.storage.records.interface import Document


def shown(
    component: Document, arn: str, endpoint_arn: str, instance_type: str
) -> shapes.DescribeInferenceComponentOutput:
    """Return a component as DescribeInferenceComponent tells it."""
    answer: dict[str, Any] = {
        **summary(component, arn, endpoint_arn),
        "RuntimeConfig": _copies(component, instance_type),
        "Specification": _specification(step_of(component)),
    }
    if "failure" in component:
        answer["FailureReason"] = component["failure"]
    if "deployment_config" in component:
        answer["LastDeploymentConfig"] = component["deployment_config"]
    told: shapes.DescribeInferenceComponentOutput = answer  # pyright: ignore[reportAssignmentType] - its members are made one by one
    return told


def summary(component: Document, arn: str, endpoint_arn: str) -> shapes.InferenceComponentSummary:
    """Return a component as ListInferenceComponents tells it."""
    return {
        "InferenceComponentName": component["name"],
        "InferenceComponentArn": arn,
        "EndpointName": component["endpoint"],
        "EndpointArn": endpoint_arn,
        "VariantName": component["variant"],
        "CreationTime": component["created"],
        "LastModifiedTime": component["modified"],
        "InferenceComponentStatus": component["status"],
    }


def step_of(component: Document) -> Document:
    """Return what a component runs, or was to run."""
    for name in ("current", "pending", "failed"):
        if component.get(name):
            step: Document = component[name]
            return step
    raise KeyError(component["name"])


def _copies(component: Document, instance_type: str) -> Mapping[str, Any]:
    is_up = component["status"] in ("InService", "Updating")
    current = component["current"]["count"] if is_up and component.get("current") else 0
    wanted = component.get("pending") or step_of(component)
    told: dict[str, Any] = {"DesiredCopyCount": wanted["count"], "CurrentCopyCount": current}
    if current:
        told["PlacementStatus"] = [{"InstanceType": instance_type, "CurrentCopyCount": current}]
    return told


def _specification(step: Document) -> Mapping[str, Any]:
    given: Mapping[str, Any] = step["specification"]
    told = {name: value for name, value in given.items() if name != "Container"}
    if "Container" in given:
        container: dict[str, Any] = {**given["Container"]}
        image = container.pop("Image")
        deployed = {"SpecifiedImage": image, "ResolutionTime": step["planned"]}
        told["Container"] = {**container, "DeployedImage": deployed}
    return told
