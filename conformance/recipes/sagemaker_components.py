"""Inference components: one without copies, on an endpoint whose variants name no model."""

import time
from collections.abc import Mapping
from typing import Any

from conformance.calls import Client, account_in_force
from conformance.recipes.sagemaker_hosting import IN_SERVICE_WITHIN_SECONDS, VARIANT, values

ASKED = (
    "CreateInferenceComponent",
    "DescribeInferenceComponent",
    "ListInferenceComponents",
    "UpdateInferenceComponent",
    "UpdateInferenceComponentRuntimeConfig",
    "DeleteInferenceComponent",
)
SPECIFICATION = {
    "ModelName": "model",
    "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128},
}
GIVEN: Mapping[str, Any] = {
    "InferenceComponentName": "component",
    "EndpointName": "hosts",
    "VariantName": VARIANT["VariantName"],
    "Specification": SPECIFICATION,
    "RuntimeConfig": {"CopyCount": 0},
    "DesiredRuntimeConfig": {"CopyCount": 0},
}
NEEDED = {
    "CreateInferenceComponent": ("VariantName", "Specification", "RuntimeConfig"),
    "UpdateInferenceComponent": ("Specification",),
}
WITHOUT = {
    "CreateInferenceComponent": ("Specifications",),
    "UpdateInferenceComponent": ("Specifications", "DeploymentConfig"),
}


def host(client: Client, operation: str) -> Mapping[str, Any]:
    """Have an endpoint in service, and a component unless the operation makes one."""
    sagemaker = client.of("sagemaker")
    given = values(account_in_force())
    role = given["ExecutionRoleArn"]
    sagemaker.ask(
        "CreateModel",
        ModelName="model",
        ExecutionRoleArn=role,
        PrimaryContainer=given["PrimaryContainer"],
    )
    variant = {name: value for name, value in VARIANT.items() if name != "ModelName"}
    sagemaker.ask(
        "CreateEndpointConfig",
        EndpointConfigName="hosts",
        ExecutionRoleArn=role,
        ProductionVariants=[variant],
    )
    sagemaker.ask("CreateEndpoint", EndpointName="hosts", EndpointConfigName="hosts")
    _wait(sagemaker, "DescribeEndpoint", "EndpointStatus", EndpointName="hosts")
    if operation != "CreateInferenceComponent":
        sagemaker.ask(
            "CreateInferenceComponent",
            **{name: value for name, value in GIVEN.items() if name != "DesiredRuntimeConfig"},
        )
        _wait(
            sagemaker,
            "DescribeInferenceComponent",
            "InferenceComponentStatus",
            InferenceComponentName="component",
        )
    return GIVEN


def _wait(sagemaker: Client, operation: str, member: str, **which: str) -> None:
    until = time.monotonic() + IN_SERVICE_WITHIN_SECONDS
    while time.monotonic() < until:
        state = sagemaker.ask(operation, **which)
        if state[member] == "InService":
            return
        assert state[member] == "Creating", state
        time.sleep(0.05)
    raise AssertionError(f"{which} is not in service.")
