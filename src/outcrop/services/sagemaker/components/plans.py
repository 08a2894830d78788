"""What an inference component runs, as its record has it: planned when it is asked for.

A plan holds all that the model said then: the model may be deleted while it is served.
"""

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call
from outcrop.services.sagemaker.components.checks import check_model
from outcrop.services.sagemaker.hosting.checks import check_container
from outcrop.services.sagemaker.hosting.deployments import ANSWER_SECONDS, steps_for
from outcrop.services.sagemaker.hosting.placing import BINPACK, Room
from outcrop.services.sagemaker.resources import MODEL, find
from outcrop.storage.records.interface import Document

HOST = "primary"


async def plan(
    call: Call, name: str, specification: Mapping[str, Any], *, variant: Document, count: int
) -> Document:
    """Return the plan of a component's copies.

    Args:
        call: Whose it is.
        name: The component's.
        specification: As the request has it, checked.
        variant: Of the endpoint.
        count: How many copies there are to be.

    Raises:
        ServiceError: Its model is not there, or cannot be served.
    """
    model: Mapping[str, Any]
    if "ModelName" in specification:
        model = (await find(call, MODEL, specification["ModelName"])).document["request"]
        check_model(model, specification["ModelName"])
    else:
        model = {**variant["model"], "PrimaryContainer": _container(specification["Container"])}
        await check_container(call, model["PrimaryContainer"])
    steps = steps_for(model)
    (step,) = steps["steps"]
    return {
        **steps,
        **step,
        "component": name,
        "host": HOST,
        "name": variant["name"],
        "answer_seconds": ANSWER_SECONDS,
        "config": {**variant["config"], **specification.get("StartupParameters", {})},
        "count": count,
        "log_group": f"/aws/sagemaker/InferenceComponents/{name}",
        "need": _need(specification, variant["config"]["InstanceType"]),
        "planned": call.backends.now(),
        "specification": specification,
        "strategy": specification.get("SchedulingConfig", {}).get("PlacementStrategy", BINPACK),
    }


def merged(before: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a specification of which an update gives a part."""
    kept = dict(before)
    for name, other in (("ModelName", "Container"), ("Container", "ModelName")):
        if name in given:
            kept.pop(other, None)
    return {**kept, **{name: value for name, value in given.items() if value != {}}}


def _container(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a component's container as a model has it."""
    container = {name: given[name] for name in ("Image", "Environment") if name in given}
    if "ArtifactUrl" in given:
        container["ModelDataUrl"] = given["ArtifactUrl"]
    return container


def _need(specification: Mapping[str, Any], instance_type: str) -> Mapping[str, Any]:
    """Return what one copy takes of an instance."""
    given: Mapping[str, Any] = specification["ComputeResourceRequirements"]
    whole = Room.of(instance_type).memory_mib
    return {
        "cpus": float(given.get("NumberOfCpuCoresRequired", 0.0)),
        "accelerators": float(given.get("NumberOfAcceleratorDevicesRequired", 0.0)),
        "memory_mib": given["MinMemoryRequiredInMb"],
        "most_memory_mib": given.get("MaxMemoryRequiredInMb", whole),
    }
