"""What inference components may ask for here.

Source:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InferenceComponentSpecification.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.services.sagemaker.hosting.checks import containers_of, has_many_models
from outcrop.services.sagemaker.hosting.deployments import in_production
from outcrop.storage.records.interface import Document, Record

NOT_OFFERED = ("Specifications",)
NOT_OFFERED_OF_COMPUTE = ("AcceleratorPartitionType",)
LEAST_BATCH, LARGEST_BATCH = 0.05, 0.5
"""Of a rolling update, as parts of all copies."""


def check_specification(given: Mapping[str, Any]) -> None:
    """Refuse a specification that cannot be deployed here.

    Raises:
        ServiceError: The message says why.
    """
    if "BaseInferenceComponentName" in given:
        raise ValidationError(
            "BaseInferenceComponentName is not offered by this server: no runtime here loads"
            " adapters into the model of another inference component."
        )
    if ("ModelName" in given) == ("Container" in given):
        raise ValidationError(
            "You must provide exactly one of ModelName and Container in the Specification."
        )
    container: Mapping[str, Any] = given.get("Container", {})
    if "ContainerMetricsConfig" in container:
        raise ValidationError("ContainerMetricsConfig is not offered by this server yet.")
    if "ComputeResourceRequirements" not in given:
        raise ValidationError("ComputeResourceRequirements must be given in the Specification.")
    _check_compute(given["ComputeResourceRequirements"])


def _check_compute(given: Mapping[str, Any]) -> None:
    for name in NOT_OFFERED_OF_COMPUTE:
        if name in given:
            raise ValidationError(f"{name} is not offered by this server yet.")
    least, most = given["MinMemoryRequiredInMb"], given.get("MaxMemoryRequiredInMb")
    if most is not None and most < least:
        raise ValidationError(
            f"MaxMemoryRequiredInMb {most} must not be less than MinMemoryRequiredInMb {least}."
        )
    devices = given.get("NumberOfAcceleratorDevicesRequired", 1.0)
    if devices != int(devices):
        raise ValidationError("NumberOfAcceleratorDevicesRequired must be a whole number.")


def check_given(request: Mapping[str, Any]) -> None:
    """Refuse members of a request that are not offered.

    Raises:
        ServiceError: The message says which.
    """
    for name in NOT_OFFERED:
        if name in request:
            raise ValidationError(f"{name} is not offered by this server: give one Specification.")


def check_model(model: Mapping[str, Any], name: str) -> None:
    """Refuse a model that a component cannot serve.

    Raises:
        ServiceError: It has several containers, or a container of many models.
    """
    containers = containers_of(model)
    if len(containers) > 1 or has_many_models(containers[0]):
        raise ValidationError(
            f"The model {name} has several containers, or many models: an inference component"
            " serves a model of one container."
        )


def variant_of(endpoint: Record, arn: str, name: str | None) -> Document:
    """Return the variant of an endpoint that a component is to be on.

    Raises:
        ServiceError: The endpoint does not host components, or has no such variant.
    """
    document = endpoint.document
    if document["status"] not in ("InService", "Updating"):
        raise ValidationError(
            f'Cannot create an inference component on endpoint "{arn}" in status'
            f" {document['status']}."
        )
    deployment: Document = document["deployment"]
    if not deployment.get("hosts_components"):
        raise ValidationError(
            f'Cannot create an inference component on endpoint "{arn}", whose variants name models.'
        )
    if name is None:
        raise ValidationError("VariantName must be given for the inference component.")
    for variant in in_production(deployment):
        if variant["name"] == name:
            return variant
    raise ValidationError(f'Endpoint "{arn}" has no variant {name}.')


def check_deploying(given: Mapping[str, Any], copies: int) -> None:
    """Refuse a way of updating that cannot be.

    Args:
        given: A `DeploymentConfig`; may be empty.
        copies: How many the component has.

    Raises:
        ServiceError: A batch is too small or too large.
    """
    policy: Mapping[str, Any] = given.get("RollingUpdatePolicy", {})
    sizes: Sequence[Mapping[str, Any]] = [policy["MaximumBatchSize"]] if policy else []
    for size in sizes:
        whole = 100 if size["Type"] == "CAPACITY_PERCENT" else max(1, copies)
        # Of one copy, a half would be none.
        if copies > 1 and not LEAST_BATCH <= size["Value"] / whole <= LARGEST_BATCH:
            raise ValidationError(
                "MaximumBatchSize must be between 5% and 50% of the inference component's copy"
                " count."
            )
