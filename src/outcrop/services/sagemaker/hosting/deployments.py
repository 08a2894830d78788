"""What an endpoint serves: its variants, each with its model and its fleet, as records have it.

A deployment holds all that its configuration and models said when it was planned: they may be
deleted while it is served.
"""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.services.sagemaker.hosting.checks import check_serverless, containers_of
from outcrop.services.sagemaker.hosting.hosts import hosts_components
from outcrop.services.sagemaker.resources import ENDPOINT_CONFIG, MODEL, find
from outcrop.storage.records.interface import Document

ANSWER_SECONDS, ASYNCHRONOUS_SECONDS = 60.0, 3600.0
"""Within which a container must answer at most."""


async def plan(call: Call, config_name: str) -> Document:
    """Return the deployment that a configuration asks for.

    Raises:
        ServiceError: The configuration, or one of its models, is not there.
    """
    config = await find(call, ENDPOINT_CONFIG, config_name)
    given: Mapping[str, Any] = config.document["request"]
    answer_seconds = ASYNCHRONOUS_SECONDS if "AsyncInferenceConfig" in given else ANSWER_SECONDS
    variants = [
        {
            "name": variant["VariantName"],
            "answer_seconds": answer_seconds,
            "config": variant,
            **await _served(call, given, variant),
            "weight": variant["InitialVariantWeight"],
            "count": variant.get("InitialInstanceCount", 1),
            "is_shadow": member == "ShadowProductionVariants",
        }
        for member in ("ProductionVariants", "ShadowProductionVariants")
        for variant in given.get(member, [])
    ]
    return {
        "config": config.name,
        "variants": variants,
        "capture": given.get("DataCaptureConfig"),
        "asynchronous": given.get("AsyncInferenceConfig"),
        "hosts_components": hosts_components(given),
        "planned": call.backends.now(),
    }


async def _served(call: Call, config: Mapping[str, Any], variant: Mapping[str, Any]) -> Document:
    """Return a variant's model and its containers; none for one that hosts components."""
    if "ModelName" in variant:
        return steps_for((await find(call, MODEL, variant["ModelName"])).document["request"])
    given = ("ExecutionRoleArn", "EnableNetworkIsolation")
    return {"model": {name: config[name] for name in given if name in config}, "steps": []}


def in_production(deployment: Document) -> list[Document]:
    """Return the variants of a deployment whose answers count."""
    return [variant for variant in deployment["variants"] if not variant.get("is_shadow")]


def shadow_of(deployment: Document) -> Document | None:
    """Return the variant that is asked what another one is, if there is one."""
    return next((one for one in deployment["variants"] if one.get("is_shadow")), None)


def fleets_of(*deployments: Document | None) -> set[str]:
    """Return the ids of the fleets of some deployments."""
    return {
        step["fleet"]
        for one in deployments
        if one
        for variant in one["variants"]
        for step in variant["steps"]
    }


def steps_of(variant: Document) -> list[Document]:
    """Return what is known of each of a variant's containers: the variant, its fleet and itself."""
    return [{**variant, **step} for step in variant["steps"]]


def steps_without_endpoint(model: Mapping[str, Any], *, instance_type: str) -> list[Document]:
    """Return the steps of a model's containers, for who serves it without an endpoint."""
    config = {"InstanceType": instance_type}
    return steps_of({**steps_for(model), "config": config, "answer_seconds": ASYNCHRONOUS_SECONDS})


def steps_for(model: Mapping[str, Any]) -> Document:
    """Return a model, and its containers with a fleet each."""
    containers = containers_of(model)
    steps = [
        {
            "fleet": uuid.uuid4().hex,
            "container": container,
            "host": container.get("ContainerHostname", f"container_{number}"),
        }
        for number, container in enumerate(containers, start=1)
    ]
    return {"model": model, "steps": steps}


def retained(new: Document, old: Document, *, excluded: Iterable[str] = ()) -> Document:
    """Return a deployment whose variants keep the weights and counts that they have in another."""
    before = {variant["name"]: variant for variant in old["variants"]}
    kept = {
        member
        for kind, member in (("DesiredInstanceCount", "count"), ("DesiredWeight", "weight"))
        if kind not in excluded
    }
    variants = [
        {**variant, **{name: before.get(variant["name"], variant)[name] for name in kept}}
        for variant in new["variants"]
    ]
    capture = new["capture"] if "DataCaptureConfig" in excluded else old["capture"]
    return {**new, "variants": variants, "capture": capture}


def resized(old: Document, desired: Mapping[str, Mapping[str, Any]]) -> Document:
    """Return a deployment of the same fleets, with other weights and counts of instances.

    The way in which it was deployed is not that of the change, which happens at once.
    A variant whose serverless configuration changes gets a new fleet, which takes the place of its
    own once it is ready.

    Raises:
        ServiceError: There is no such variant, or it cannot be so.
    """
    missing = desired.keys() - {variant["name"] for variant in old["variants"]}
    if missing:
        raise ValidationError(f"The endpoint has no variant {min(missing)}.")
    variants: list[Document] = []
    for variant in old["variants"]:
        wanted = desired.get(variant["name"], {})
        variants.append(
            {
                **variant,
                "weight": wanted.get("DesiredWeight", variant["weight"]),
                "count": wanted.get("DesiredInstanceCount", variant["count"]),
                **_reconfigured(variant, wanted),
            }
        )
    return {**old, "deploying": {}, "variants": variants}


def _reconfigured(variant: Document, wanted: Mapping[str, Any]) -> Document:
    """Return what changes of a variant with what is wanted of its serverless configuration."""
    before: Mapping[str, Any] | None = variant["config"].get("ServerlessConfig")
    if before is None:
        if "ServerlessUpdateConfig" in wanted:
            raise ValidationError(f"The variant {variant['name']} is not serverless.")
        return {}
    if "DesiredInstanceCount" in wanted:
        raise ValidationError(f"The variant {variant['name']} is serverless: it has no instances.")
    after = {**before, **wanted.get("ServerlessUpdateConfig", {})}
    if after == before:
        return {}
    check_serverless(after)
    return {
        "config": {**variant["config"], "ServerlessConfig": after},
        "steps": [{**step, "fleet": uuid.uuid4().hex} for step in variant["steps"]],
    }
