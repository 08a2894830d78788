"""Endpoint configurations whose variants name no model: they host inference components.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-deploy-models.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call


def hosts_components(given: Mapping[str, Any]) -> bool:
    """Tell whether an endpoint of this configuration serves inference components."""
    variants: Sequence[Mapping[str, Any]] = given["ProductionVariants"]
    return "ExecutionRoleArn" in given and not any("ModelName" in one for one in variants)


def check_hosts(call: Call, given: Mapping[str, Any]) -> None:
    """Refuse a configuration for inference components that asks for what they cannot have.

    Raises:
        ServiceError: The message says why.
    """
    if given["ExecutionRoleArn"].split(":")[4] != call.account:
        raise ValidationError("Cross-account pass role is not allowed.")
    for name in ("AsyncInferenceConfig", "ShadowProductionVariants"):
        if name in given:
            raise ValidationError(f"{name} cannot be given for variants that name no model.")
    for variant in given["ProductionVariants"]:
        if "ServerlessConfig" in variant:
            raise ValidationError("A serverless variant must name its model.")
        _check_managed(variant, variant.get("ManagedInstanceScaling", {}))


def _check_managed(variant: Mapping[str, Any], managed: Mapping[str, Any]) -> None:
    least, most = managed.get("MinInstanceCount", 1), managed.get("MaxInstanceCount")
    count = variant["InitialInstanceCount"]
    if managed.get("Status") != "ENABLED":
        return
    if most is None:
        raise ValidationError("MaxInstanceCount must be given for ManagedInstanceScaling.")
    if not least <= count <= most:
        raise ValidationError(
            f"InitialInstanceCount {count} must be between MinInstanceCount {least} and"
            f" MaxInstanceCount {most}."
        )
    if managed.get("ScaleInPolicy", {}).get("Strategy", "IDLE_RELEASE") != "IDLE_RELEASE":
        raise ValidationError("The scale-in strategy CONSOLIDATION is not offered by this server.")


def check_hosted(served: Mapping[str, Any], planned: Mapping[str, Any]) -> None:
    """Refuse an update between an endpoint of models and one of inference components.

    Raises:
        ServiceError: It is one.
    """
    if served.get("hosts_components", False) != planned.get("hosts_components", False):
        raise ValidationError(
            "An endpoint that serves models cannot be updated to host inference components, nor"
            " the other way round."
        )
