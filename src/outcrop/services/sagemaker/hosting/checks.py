"""What models and endpoint configurations may ask for here."""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.aws.errors import ServiceError, ValidationError
from outcrop.jobs.runtimes import UnknownImageError, find_runtime
from outcrop.operations import Call
from outcrop.services.sagemaker.hosting.hosts import check_hosts, hosts_components
from outcrop.services.sagemaker.running.files import S3Place

NOT_OFFERED_OF_MODELS = ("VpcConfig",)
NOT_OFFERED_OF_CONTAINERS = (
    "AdditionalModelDataSources",
    "ImageConfig",
    "InferenceSpecificationName",
)
NOT_OFFERED_OF_CONFIGS = (
    "CrossRegionTrafficConfig",
    "ExplainerConfig",
    "VpcConfig",
)
NOT_OFFERED_OF_VARIANTS = (
    "AcceleratorPartitionLayouts",
    "AcceleratorType",
    "CapacityReservationConfig",
    "CoreDumpConfig",
    "InstancePools",
)

SERVERLESS_MEMORY_MB = 1024
"""In steps of which serverless variants have memory.

Source:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html
"""
ROUTINGS = ("LEAST_OUTSTANDING_REQUESTS", "RANDOM")
LEAST_BATCH, LARGEST_BATCH = 0.05, 0.5
"""Of a rolling update, as parts of all instances, as RollingUpdatePolicy documents."""


async def check_model(call: Call, given: Mapping[str, Any]) -> None:
    """Refuse the input of CreateModel for a model that cannot be served here.

    Raises:
        ServiceError: The message says what is missing.
    """
    _refuse(given, NOT_OFFERED_OF_MODELS)
    if ("PrimaryContainer" in given) == bool(given.get("Containers")):
        raise ValidationError(
            "You must provide exactly one of PrimaryContainer and Containers in the request."
        )
    if "ExecutionRoleArn" not in given:
        raise ValidationError("ExecutionRoleArn must be given here.")
    if given["ExecutionRoleArn"].split(":")[4] != call.account:
        raise ValidationError("Cross-account pass role is not allowed.")
    containers = containers_of(given)
    names = [one["ContainerHostname"] for one in containers if "ContainerHostname" in one]
    if len(set(names)) < len(names):
        raise ValidationError("Duplicate values of ContainerHostname are not allowed.")
    if is_direct(given) and len(names) < len(containers):
        raise ValidationError("Containers that are asked directly must have a ContainerHostname.")
    for container in containers:
        await check_container(call, container)


def check_config(call: Call, given: Mapping[str, Any]) -> None:
    """Refuse the input of CreateEndpointConfig for what cannot be deployed here.

    Args:
        call: Who asks.
        given: The input.

    Raises:
        ServiceError: The message says what is missing.
    """
    _refuse(given, NOT_OFFERED_OF_CONFIGS)
    variants: Sequence[Mapping[str, Any]] = given["ProductionVariants"]
    shadows: Sequence[Mapping[str, Any]] = given.get("ShadowProductionVariants", [])
    names = [variant["VariantName"] for variant in (*variants, *shadows)]
    if len(set(names)) < len(names):
        raise ValidationError("Duplicate variant names are not allowed in ProductionVariants.")
    if shadows:
        _check_shadows(given, variants, shadows)
    has_models = not hosts_components(given)
    for variant in (*variants, *shadows):
        _refuse(variant, NOT_OFFERED_OF_VARIANTS)
        _check_capacity(variant, has_models=has_models)
    if not has_models:
        check_hosts(call, given)
    if len(variants) > 1 and any("ServerlessConfig" in variant for variant in variants):
        raise ValidationError("A serverless endpoint has exactly one variant.")
    if not any(variant.get("InitialVariantWeight", 1.0) for variant in variants):
        raise ValidationError("At least one variant must have a weight above 0.")
    if "AsyncInferenceConfig" in given:
        _check_async(given["AsyncInferenceConfig"]["OutputConfig"])
    if "DataCaptureConfig" in given:
        check_place("DestinationS3Uri", given["DataCaptureConfig"]["DestinationS3Uri"])


def _check_shadows(
    given: Mapping[str, Any],
    variants: Sequence[Mapping[str, Any]],
    shadows: Sequence[Mapping[str, Any]],
) -> None:
    if len(variants) > 1 or len(shadows) > 1:
        raise ValidationError(
            "With ShadowProductionVariants, you can only specify one variant for"
            " ProductionVariants and one variant for ShadowProductionVariants."
        )
    if any("ServerlessConfig" in one for one in (*variants, *shadows)):
        raise ValidationError("A serverless variant cannot have or be a shadow.")
    if "AsyncInferenceConfig" in given:
        raise ValidationError("An asynchronous endpoint cannot have ShadowProductionVariants.")


def check_shadowed(model: Mapping[str, Any]) -> None:
    """Refuse a model that neither has a shadow nor is one.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests.html

    Raises:
        ServiceError: The message says why.
    """
    containers = containers_of(model)
    if len(containers) > 1 or has_many_models(containers[0]):
        raise ValidationError(
            "Models of several containers, or of the mode MultiModel, cannot have or be a shadow."
        )


def _check_async(output: Mapping[str, Any]) -> None:
    if "S3OutputPath" not in output:
        raise ValidationError("S3OutputPath must be given here.")
    for name in ("S3OutputPath", "S3FailurePath"):
        if name in output:
            check_place(name, output[name])


def _check_capacity(variant: Mapping[str, Any], *, has_models: bool) -> None:
    instances = ("InstanceType", "InitialInstanceCount")
    if "ServerlessConfig" in variant and any(name in variant for name in instances):
        raise ValidationError("A variant has a ServerlessConfig or instances, not both.")
    if "ServerlessConfig" in variant:
        check_serverless(variant["ServerlessConfig"])
    needed = () if "ServerlessConfig" in variant else instances
    for name in (*(("ModelName",) if has_models else ()), *needed):
        if name not in variant:
            raise ValidationError(f"{name} must be given for the variant here.")
    if has_models and "ManagedInstanceScaling" in variant:
        raise ValidationError(
            "ManagedInstanceScaling is offered for variants that host inference components, which"
            " name no model. Scale the instances of others by Application Auto Scaling."
        )
    routing = variant.get("RoutingConfig", {}).get("RoutingStrategy", ROUTINGS[0])
    if routing not in ROUTINGS:
        raise ValidationError(f"The routing strategy {routing} is not offered by this server.")


def check_serverless(config: Mapping[str, Any]) -> None:
    """Refuse a `ServerlessConfig` that cannot be.

    Raises:
        ServiceError: The message says why.
    """
    if config["MemorySizeInMB"] % SERVERLESS_MEMORY_MB:
        raise ValidationError(
            f"MemorySizeInMB must be a multiple of {SERVERLESS_MEMORY_MB}, and"
            f" {config['MemorySizeInMB']} is none."
        )
    if config.get("ProvisionedConcurrency", 0) > config["MaxConcurrency"]:
        raise ValidationError("ProvisionedConcurrency must not be more than MaxConcurrency.")


def check_update(given: Mapping[str, Any], *, instances: int | None = None) -> None:
    """Refuse a way of deploying that cannot be.

    Args:
        given: The input of CreateEndpoint or UpdateEndpoint.
        instances: How many there are before; `None`: none.

    Raises:
        ServiceError: The message says why.
    """
    deploying: Mapping[str, Any] = given.get("DeploymentConfig", {})
    policy = deploying.get("BlueGreenUpdatePolicy", {})
    rolling: Mapping[str, Any] | None = deploying.get("RollingUpdatePolicy")
    if policy and rolling:
        raise ValidationError(
            "You can specify either BlueGreenUpdatePolicy or RollingUpdatePolicy, not both."
        )
    if rolling and instances is not None:
        _check_batch(rolling["MaximumBatchSize"], instances)
    routing: Mapping[str, Any] = policy.get("TrafficRoutingConfiguration", {})
    for kind, size in (("CANARY", "CanarySize"), ("LINEAR", "LinearStepSize")):
        if routing.get("Type") == kind and size not in routing:
            raise ValidationError(f"{size} must be given for the traffic routing {kind}.")


def _check_batch(size: Mapping[str, Any], instances: int) -> None:
    whole = 100 if size["Type"] == "CAPACITY_PERCENT" else instances
    if not LEAST_BATCH <= size["Value"] / max(1, whole) <= LARGEST_BATCH:
        raise ValidationError(
            "MaximumBatchSize must be between 5% and 50% of the variant's total instance count."
        )


def check_desired(desired: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse what UpdateEndpointWeightsAndCapacities asks for variants, if it cannot be.

    Raises:
        ServiceError: The message says why.
    """
    for name, one in desired.items():
        if one.get("DesiredInstanceCount") == 0:
            raise ValidationError(f"The variant {name} must have at least one instance here.")


def containers_of(model: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the containers of a model's request."""
    primary: Mapping[str, Any] | None = model.get("PrimaryContainer")
    several: Sequence[Mapping[str, Any]] = model.get("Containers", [])
    return [primary] if primary else several


def container_of(model: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first container of a model's request."""
    return containers_of(model)[0]


def is_direct(model: Mapping[str, Any]) -> bool:
    """Tell whether each of a model's containers answers requests of its own."""
    mode: str = model.get("InferenceExecutionConfig", {}).get("Mode", "Serial")
    return mode == "Direct"


def has_many_models(container: Mapping[str, Any]) -> bool:
    """Tell whether requests name one of a container's models."""
    return container.get("Mode", "SingleModel") == "MultiModel"


def data_of(container: Mapping[str, Any]) -> Mapping[str, str] | None:
    """Return where a container's model data are, as `S3ModelDataSource` has it; `None`: nowhere."""
    if "ModelDataSource" in container:
        source: Mapping[str, str] | None = container["ModelDataSource"].get("S3DataSource")
        return source
    if container.get("ModelDataUrl"):
        return {
            "S3Uri": container["ModelDataUrl"],
            "S3DataType": "S3Object",
            "CompressionType": "Gzip",
        }
    return None


def check_place(what: str, uri: str) -> S3Place:
    """Return the place that a URI names.

    Raises:
        ServiceError: It names none.
    """
    try:
        return S3Place.of(uri)
    except ValueError as error:
        raise ValidationError(f"{what} must be s3://bucket/key here, not {uri}.") from error


async def check_container(call: Call, container: Mapping[str, Any]) -> None:
    """Refuse a container that cannot be served here.

    Raises:
        ServiceError: The message says why.
    """
    _refuse(container, NOT_OFFERED_OF_CONTAINERS)
    _check_image(container)
    if {"ModelDataUrl", "ModelDataSource"} <= container.keys():
        raise ValidationError("You must specify either ModelDataUrl or ModelDataSource, not both.")
    data = data_of(container)
    if data is None:
        if has_many_models(container):
            raise ValidationError("ModelDataUrl must be given for the mode MultiModel.")
        return
    if has_many_models(container):
        check_place("ModelDataUrl", data["S3Uri"])
        return
    place = check_place("The URI of model data", data["S3Uri"])
    if data["S3DataType"] == "S3Object":
        try:
            await call.ask("s3", "HeadObject", Bucket=place.bucket, Key=place.prefix)
        except ServiceError as error:
            raise ValidationError(f"Could not find model data at {data['S3Uri']}.") from error


def _check_image(container: Mapping[str, Any]) -> None:
    if "Image" not in container:
        raise ValidationError("Image must be given for the container here.")
    try:
        runtime = find_runtime(container["Image"])
    except UnknownImageError as error:
        raise ValidationError(str(error)) from error
    if (runtime.engine or runtime.image) and has_many_models(container):
        raise ValidationError(f"{container['Image']} cannot have the mode MultiModel.")
    if not (runtime.serve or runtime.engine or runtime.image):
        raise ValidationError(f"The runtime {runtime.title} of {container['Image']} cannot serve.")


def _refuse(given: Mapping[str, Any], names: Sequence[str]) -> None:
    for name in names:
        if name in given:
            raise ValidationError(f"{name} is not offered by this server yet.")
