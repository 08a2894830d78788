"""What a training job may ask for here."""

import re
from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.jobs.runtimes import UnknownImageError, find_runtime
from outcrop.services.sagemaker.running.files import S3Place

NOT_OFFERED = (
    "VpcConfig",
    "ServerlessJobConfig",
    "ModelPackageConfig",
    "MlflowConfig",
    "SessionChainingConfig",
    "CheckpointConfig",
)
"""Members whose work is not done yet: a job that needs them must not run without."""


def check(given: Mapping[str, Any], account: str) -> None:
    """Refuse the input of CreateTrainingJob for a job that cannot run here.

    Raises:
        ServiceError: The message says what is missing.
    """
    for name in NOT_OFFERED:
        if name in given:
            raise ValidationError(f"{name} is not offered by this server yet.")
    for name in ("AlgorithmSpecification", "ResourceConfig"):
        if name not in given:
            raise ValidationError(f"Missing required parameter: {name}.")
    if given["RoleArn"].split(":")[4] != account:
        raise ValidationError("Cross-account pass role is not allowed.")
    _check_algorithm(given["AlgorithmSpecification"])
    _check_resources(given["ResourceConfig"])
    _check_uri("OutputDataConfig.S3OutputPath", given["OutputDataConfig"]["S3OutputPath"])
    names = [channel["ChannelName"] for channel in given.get("InputDataConfig", [])]
    if len(set(names)) < len(names):
        raise ValidationError("Duplicate channel names are not allowed in InputDataConfig.")
    for channel in given.get("InputDataConfig", []):
        _check_channel(channel, given["AlgorithmSpecification"]["TrainingInputMode"])


def _check_algorithm(algorithm: Mapping[str, Any]) -> None:
    if ("TrainingImage" in algorithm) == ("AlgorithmName" in algorithm):
        raise ValidationError(
            "You must specify either AlgorithmName or TrainingImage in AlgorithmSpecification,"
            " and not both."
        )
    if "AlgorithmName" in algorithm:
        raise ValidationError("AlgorithmName is not offered by this server yet: name an image.")
    try:
        find_runtime(algorithm["TrainingImage"])
    except UnknownImageError as error:
        raise ValidationError(str(error)) from error
    for definition in algorithm.get("MetricDefinitions", []):
        try:
            re.compile(definition["Regex"])
        except re.error as error:
            raise ValidationError(
                f"The regular expression of the metric {definition['Name']} is invalid: {error}"
            ) from error


def _check_resources(resources: Mapping[str, Any]) -> None:
    for name in ("InstanceType", "InstanceCount"):
        if not resources.get(name):
            raise ValidationError(f"ResourceConfig.{name} must be given here.")
    if "InstanceGroups" in resources:
        raise ValidationError("InstanceGroups are not offered by this server yet.")


def _check_channel(channel: Mapping[str, Any], mode: str) -> None:
    name = channel["ChannelName"]
    if channel.get("InputMode", mode) != "File":
        raise ValidationError(
            f"Channel {name}: only the input mode File is offered by this server yet."
        )
    source = channel["DataSource"].get("S3DataSource")
    if source is None:
        raise ValidationError(f"Channel {name}: only S3DataSource is offered by this server yet.")
    _check_uri(f"Channel {name}: S3Uri", source["S3Uri"])
    if source["S3DataType"] not in ("S3Prefix", "ManifestFile"):
        raise ValidationError(
            f"Channel {name}: the S3DataType {source['S3DataType']} is not offered by this server"
            " yet."
        )


def _check_uri(what: str, uri: str) -> None:
    try:
        S3Place.of(uri)
    except ValueError as error:
        raise ValidationError(f"{what} must be s3://bucket/prefix here, not {uri}.") from error
