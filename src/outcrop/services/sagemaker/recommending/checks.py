"""What recommendations jobs may ask for here.

Source:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateInferenceRecommendationsJob.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.services.sagemaker.hosting.checks import check_place, containers_of, has_many_models
from outcrop.services.sagemaker.recommending.measures import PERCENTILES

LONGEST_JOB_SECONDS = 18_000
NOT_OFFERED = ("Endpoints", "VpcConfig")
OF_ADVANCED_JOBS = ("EndpointConfigurations", "TrafficPattern", "ResourceLimit")


def check_job(call: Call, request: Mapping[str, Any]) -> None:
    """Refuse the input of CreateInferenceRecommendationsJob for what cannot be done here.

    Raises:
        ServiceError: The message says what.
    """
    given: Mapping[str, Any] = request["InputConfig"]
    for name in NOT_OFFERED:
        if name in given:
            raise ValidationError(f"{name} is not offered by this server yet.")
    if ("ModelName" in given) == ("ModelPackageVersionArn" in given):
        raise ValidationError(
            "You must provide exactly one of ModelName and ModelPackageVersionArn in InputConfig."
        )
    if request["RoleArn"].split(":")[4] != call.account:
        raise ValidationError("Cross-account pass role is not allowed.")
    _check_type(request["JobType"], given)
    if given.get("JobDurationInSeconds", 1) > LONGEST_JOB_SECONDS:
        raise ValidationError(f"JobDurationInSeconds must be at most {LONGEST_JOB_SECONDS}.")
    _check_traffic(given.get("TrafficPattern", {}))
    for one in request.get("StoppingConditions", {}).get("ModelLatencyThresholds", []):
        _check_threshold(one)
    for one in given.get("EndpointConfigurations", []):
        _check_configuration(one)


def _check_type(kind: str, given: Mapping[str, Any]) -> None:
    if kind == "Default":
        for name in OF_ADVANCED_JOBS:
            if name in given:
                raise ValidationError(f"{name} can be given for jobs of the type Advanced alone.")
    elif "EndpointConfigurations" not in given:
        raise ValidationError("EndpointConfigurations must be given for the job type Advanced.")


def check_model(model: Mapping[str, Any]) -> None:
    """Refuse a model that cannot be tried.

    Raises:
        ServiceError: It has several containers, or a container of many models.
    """
    containers = containers_of(model)
    if len(containers) > 1 or has_many_models(containers[0]):
        raise ValidationError("A model of several containers, or of many models, cannot be tried.")


def payload_of(given: Mapping[str, Any], package: Mapping[str, Any]) -> tuple[str, str]:
    """Return where a job's sample payload is, and its content type, which may be empty.

    Args:
        given: The job's `InputConfig`.
        package: What the model's package was made of; may be empty.

    Raises:
        ServiceError: There is none.
    """
    container: Mapping[str, Any] = given.get("ContainerConfig", {})
    payload: Mapping[str, Any] = container.get("PayloadConfig", {})
    uri = payload.get("SamplePayloadUrl") or package.get("SamplePayloadUrl")
    if not uri:
        raise ValidationError(
            "SamplePayloadUrl must be given in ContainerConfig.PayloadConfig, or in the model"
            " package."
        )
    check_place("SamplePayloadUrl", uri)
    types: Sequence[str] = payload.get("SupportedContentTypes") or package.get(
        "InferenceSpecification", {}
    ).get("SupportedContentTypes", [])
    return uri, types[0] if types else ""


def _check_traffic(given: Mapping[str, Any]) -> None:
    if "Phases" in given and "Stairs" in given:
        raise ValidationError("Specify either the Phases or the Stairs traffic pattern, not both.")
    kind = given.get("TrafficType")
    for name, other in (("PHASES", "Phases"), ("STAIRS", "Stairs")):
        if kind == name and other not in given:
            raise ValidationError(f"{other} must be given for the TrafficType {name}.")
    needed = {
        "Phases": ("InitialNumberOfUsers", "DurationInSeconds"),
        "Stairs": ("DurationInSeconds", "NumberOfSteps", "UsersPerStep"),
    }
    for one in given.get("Phases", []):
        _check_all(one, needed["Phases"], "a phase")
    if "Stairs" in given:
        _check_all(given["Stairs"], needed["Stairs"], "Stairs")


def _check_all(given: Mapping[str, Any], names: Sequence[str], what: str) -> None:
    for name in names:
        if name not in given:
            raise ValidationError(f"{name} must be given for {what}.")


def _check_threshold(given: Mapping[str, Any]) -> None:
    _check_all(given, ("Percentile", "ValueInMilliseconds"), "a latency threshold")
    if given["Percentile"] not in PERCENTILES:
        raise ValidationError(f"Percentile must be P95 or P99, not {given['Percentile']}.")


def _check_configuration(given: Mapping[str, Any]) -> None:
    if ("InstanceType" in given) == ("ServerlessConfig" in given):
        raise ValidationError(
            "An endpoint configuration has either an InstanceType or a ServerlessConfig."
        )
    if "ProvisionedConcurrency" in given.get("ServerlessConfig", {}):
        raise ValidationError("ProvisionedConcurrency is not supported for recommendations jobs.")
    if "InferenceSpecificationName" in given:
        raise ValidationError("InferenceSpecificationName is not offered by this server yet.")
