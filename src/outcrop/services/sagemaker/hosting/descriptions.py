"""How endpoints are told.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.services.sagemaker import shapes
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
        answer["ProductionVariants"] = [
            _variant(one, deployment, endpoint.get("pending")) for one in deployment["variants"]
        ]
        if deployment["capture"]:
            answer["DataCaptureConfig"] = _capture(deployment["capture"])
        if deployment["asynchronous"]:
            answer["AsyncInferenceConfig"] = deployment["asynchronous"]
    if endpoint["status"] == "Updating":
        pending = endpoint["pending"]
        answer["PendingDeploymentSummary"] = {
            "EndpointConfigName": pending["config"],
            "ProductionVariants": [_variant(one, pending, pending) for one in pending["variants"]],
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


def _variant(
    variant: Document, deployment: Document, pending: Document | None
) -> Mapping[str, Any]:
    """Return a variant as it is, and as it is to be."""
    desired = next(
        (one for one in (pending or deployment)["variants"] if one["steps"] == variant["steps"]),
        variant,
    )
    serverless = variant["config"].get("ServerlessConfig")
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
        "DeployedImages": [
            {"SpecifiedImage": step["container"]["Image"], "ResolutionTime": deployment["planned"]}
            for step in variant["steps"]
        ],
        "CurrentWeight": variant["weight"],
        "DesiredWeight": desired["weight"],
        **capacity,
    }


def _capture(given: Mapping[str, Any]) -> Mapping[str, Any]:
    is_on = given.get("EnableCapture", False)
    return {
        "EnableCapture": is_on,
        "CaptureStatus": "Started" if is_on else "Stopped",
        "CurrentSamplingPercentage": given["InitialSamplingPercentage"],
        "DestinationS3Uri": given["DestinationS3Uri"],
        "KmsKeyId": given.get("KmsKeyId", ""),
    }
