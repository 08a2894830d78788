"""What can be scaled here: how much of it there is, and how that is changed.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call

VARIANT_INSTANCES = "sagemaker:variant:DesiredInstanceCount"
PROVISIONED_CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"
COMPONENT_COPIES = "sagemaker:inference-component:DesiredCopyCount"
UNITS: Mapping[str, str] = {
    VARIANT_INSTANCES: "desired instance count",
    PROVISIONED_CONCURRENCY: "desired provisioned concurrency",
    COMPONENT_COPIES: "desired copy count",
}
"""How messages tell what is scaled, by the dimension; others are not scaled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How much there is of something."""

    count: int
    is_settled: bool
    """Whether nothing changes it at the moment, so that it can be changed."""
    failure: str = ""
    """Why it was not changed the last time."""


async def current(call: Call, target: Mapping[str, Any]) -> Capacity | None:
    """Return the capacity of a target; `None` if what it names is not there."""
    if target["ScalableDimension"] == COMPONENT_COPIES:
        return await _copies(call, target)
    _, endpoint, _, name = target["ResourceId"].split("/")
    try:
        found = await call.ask("sagemaker", "DescribeEndpoint", EndpointName=endpoint)
    except ServiceError:
        return None
    for variant in found.get("ProductionVariants", []):
        count = _count(variant, target["ScalableDimension"])
        if variant["VariantName"] == name and count is not None:
            return Capacity(
                count=count,
                is_settled=found["EndpointStatus"] == "InService",
                failure=found.get("FailureReason", ""),
            )
    return None


def _count(variant: Mapping[str, Any], dimension: str) -> int | None:
    """Return how much of a dimension a variant has; `None` if it is of the other kind."""
    if dimension == VARIANT_INSTANCES:
        return variant.get("CurrentInstanceCount")
    serverless: Mapping[str, int] | None = variant.get("CurrentServerlessConfig")
    return None if serverless is None else serverless.get("ProvisionedConcurrency", 0)


async def change(call: Call, target: Mapping[str, Any], count: int) -> None:
    """Have a target's capacity changed, which takes its time.

    Raises:
        ServiceError: It cannot be changed now.
    """
    if target["ScalableDimension"] == COMPONENT_COPIES:
        await call.ask(
            "sagemaker",
            "UpdateInferenceComponentRuntimeConfig",
            InferenceComponentName=_component(target),
            DesiredRuntimeConfig={"CopyCount": count},
        )
        return
    _, endpoint, _, name = target["ResourceId"].split("/")
    wanted: dict[str, Any] = {"DesiredInstanceCount": count}
    if target["ScalableDimension"] == PROVISIONED_CONCURRENCY:
        wanted = {"ServerlessUpdateConfig": {"ProvisionedConcurrency": count}}
    await call.ask(
        "sagemaker",
        "UpdateEndpointWeightsAndCapacities",
        EndpointName=endpoint,
        DesiredWeightsAndCapacities=[{"VariantName": name, **wanted}],
    )


async def _copies(call: Call, target: Mapping[str, Any]) -> Capacity | None:
    """Return how many copies an inference component has."""
    try:
        found = await call.ask(
            "sagemaker", "DescribeInferenceComponent", InferenceComponentName=_component(target)
        )
    except ServiceError:
        return None
    return Capacity(
        count=found["RuntimeConfig"]["CurrentCopyCount"],
        is_settled=found["InferenceComponentStatus"] == "InService",
        failure=found.get("FailureReason", ""),
    )


def _component(target: Mapping[str, Any]) -> str:
    name: str = target["ResourceId"].partition("/")[2]
    return name
