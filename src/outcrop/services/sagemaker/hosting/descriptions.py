"""How endpoints are told.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.hosting.deployments import in_production, shadow_of
from outcrop.storage.records.interface import Document


def shown(endpoint: Document, arn: str) -> shapes.DescribeEndpointOutput:
    """Return an endpoint as DescribeEndpoint tells it."""
    answer: dict[str, Any] = {
        "EndpointName": endpoint["name"],
        "EndpointArn": arn,
        "EndpointConfigName": endpoint["config"],
        "EndpointStatus": endpoint["status"],
        "CreationTime": endpoint["created"],
        "LastModifiedTime": endpoint["modified"],
    }
    deployment = endpoint.get("deployment")
    if deployment:
        answer |= _variants(deployment, endpoint.get("pending"))
        if deployment["capture"]:
            answer["DataCaptureConfig"] = _capture(deployment["capture"])
        if deployment["asynchronous"]:
            answer["AsyncInferenceConfig"] = deployment["asynchronous"]
    if endpoint["status"] == "Updating":
        pending = endpoint["pending"]
        answer["PendingDeploymentSummary"] = {
            "EndpointConfigName": pending["config"],
            **_variants(pending, pending),
            "StartTime": pending["planned"],
        }
    if "deployment_config" in endpoint:
        answer["LastDeploymentConfig"] = endpoint["deployment_config"]
    if "failure" in endpoint:
        answer["FailureReason"] = endpoint["failure"]
    described: shapes.DescribeEndpointOutput = answer  # pyright: ignore[reportAssignmentType] - its members are made one by one
    return described


def summary(endpoint: Document, arn: str) -> shapes.EndpointSummary:
    """Return an endpoint as ListEndpoints tells it."""
    return {
        "EndpointName": endpoint["name"],
        "EndpointArn": arn,
        "CreationTime": endpoint["created"],
        "LastModifiedTime": endpoint["modified"],
        "EndpointStatus": endpoint["status"],
    }


def _variants(deployment: Document, pending: Document | None) -> Mapping[str, Any]:
    """Return the members that tell a deployment's variants."""
    told = {
        "ProductionVariants": [
            _variant(one, deployment, pending) for one in in_production(deployment)
        ]
    }
    shadow = shadow_of(deployment)
    if shadow is not None:
        told["ShadowProductionVariants"] = [_variant(shadow, deployment, pending)]
    return told


def _variant(
    variant: Document, deployment: Document, pending: Document | None
) -> Mapping[str, Any]:
    """Return a variant as it is, and as it is to be."""
    desired = next(
        (one for one in _wanted(deployment, pending) if one["name"] == variant["name"]),
        variant,
    )
    serverless = variant["config"].get("ServerlessConfig")
    config: Mapping[str, Any] = variant["config"]
    images = [
        {"SpecifiedImage": step["container"]["Image"], "ResolutionTime": deployment["planned"]}
        for step in variant["steps"]
    ]
    capacity: Mapping[str, Any] = {
        "CurrentInstanceCount": variant["count"],
        "DesiredInstanceCount": desired["count"],
    }
    if serverless:
        capacity = {
            "CurrentServerlessConfig": serverless,
            "DesiredServerlessConfig": desired["config"]["ServerlessConfig"],
        }
    return {
        "VariantName": variant["name"],
        "CurrentWeight": variant["weight"],
        "DesiredWeight": desired["weight"],
        **({"DeployedImages": images} if images else {}),
        **capacity,
        **{
            name: config[name]
            for name in ("ManagedInstanceScaling", "RoutingConfig")
            if name in config
        },
    }


def _wanted(deployment: Document, pending: Document | None) -> list[Document]:
    """Return the variants as they are to be, unless another configuration takes their place."""
    if pending is None or pending["config"] != deployment["config"]:
        pending = deployment
    variants: list[Document] = pending["variants"]
    return variants


def _capture(given: Mapping[str, Any]) -> Mapping[str, Any]:
    is_on = given.get("EnableCapture", False)
    return {
        "EnableCapture": is_on,
        "CaptureStatus": "Started" if is_on else "Stopped",
        "CurrentSamplingPercentage": given["InitialSamplingPercentage"],
        "DestinationS3Uri": given["DestinationS3Uri"],
        "KmsKeyId": given.get("KmsKeyId", ""),
    }
