"""What a training job may ask for here."""

import re
from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.jobs.runtimes import UnknownImageError, find_runtime
from outcrop.services.sagemaker.running.files import S3Place
from outcrop.services.sagemaker.running.states import LONGEST_RUN_SECONDS
from outcrop.services.sagemaker.training.checkpoints import folder_of
from outcrop.services.sagemaker.training.modes import PIPE, Mode, mode_of

NOT_OFFERED = (
    "VpcConfig",
    "ServerlessJobConfig",
    "ModelPackageConfig",
    "MlflowConfig",
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
    _check_sessions(given)
    if given["RoleArn"].split(":")[4] != account:
        raise ValidationError("Cross-account pass role is not allowed.")
    _check_algorithm(given["AlgorithmSpecification"])
    is_spot = given.get("EnableManagedSpotTraining", False)
    _check_resources(given["ResourceConfig"], is_spot=is_spot)
    _check_uri("OutputDataConfig.S3OutputPath", given["OutputDataConfig"]["S3OutputPath"])
    _check_times(given)
    if "CheckpointConfig" in given:
        _check_checkpoints(given["CheckpointConfig"])
    names = [channel["ChannelName"] for channel in given.get("InputDataConfig", [])]
    if len(set(names)) < len(names):
        raise ValidationError("Duplicate channel names are not allowed in InputDataConfig.")
    for channel in given.get("InputDataConfig", []):
        _check_channel(channel, mode_of(channel, given))


def check_update(given: Mapping[str, Any]) -> None:
    """Refuse the input of UpdateTrainingJob for what is not done here.

    Raises:
        ServiceError: The message says what.
    """
    for name in ("ProfilerConfig", "ProfilerRuleConfigurations"):
        if name in given:
            raise ValidationError(
                f"{name} is not offered by this server yet: jobs are not profiled."
            )
    _check_sessions(given)


def _check_sessions(given: Mapping[str, Any]) -> None:
    if given.get("RemoteDebugConfig", {}).get("EnableRemoteDebug"):
        raise ValidationError(
            "EnableRemoteDebug is not offered by this server: it needs AWS Systems Manager."
        )
    if given.get("SessionChainingConfig", {}).get("EnableSessionTagChaining"):
        raise ValidationError("EnableSessionTagChaining is not offered by this server yet.")


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


def _check_times(given: Mapping[str, Any]) -> None:
    stopping = given.get("StoppingCondition", {})
    longest = stopping.get("MaxWaitTimeInSeconds")
    if not given.get("EnableManagedSpotTraining"):
        if longest is not None:
            raise ValidationError(
                "Invalid MaxWaitTimeInSeconds. It is only supported when"
                " EnableManagedSpotTraining is set to true"
            )
    elif longest is None or longest < stopping.get("MaxRuntimeInSeconds", LONGEST_RUN_SECONDS):
        raise ValidationError(
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to"
            " MaxRuntimeInSeconds"
        )


def _check_checkpoints(given: Mapping[str, Any]) -> None:
    _check_uri("CheckpointConfig.S3Uri", given["S3Uri"])
    try:
        folder_of(given)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def _check_resources(resources: Mapping[str, Any], *, is_spot: bool) -> None:
    for name in ("InstanceType", "InstanceCount"):
        if not resources.get(name):
            raise ValidationError(f"ResourceConfig.{name} must be given here.")
    if is_spot and resources.get("KeepAlivePeriodInSeconds"):
        raise ValidationError(
            "KeepAlivePeriodInSeconds is not supported when EnableManagedSpotTraining is set to"
            " true"
        )
    if "InstanceGroups" in resources:
        raise ValidationError("InstanceGroups are not offered by this server yet.")


def _check_channel(channel: Mapping[str, Any], mode: Mode) -> None:
    what = f"Channel {channel['ChannelName']}"
    source = channel["DataSource"].get("S3DataSource")
    if source is None:
        raise ValidationError(f"{what}: only S3DataSource is offered by this server yet.")
    _check_uri(f"{what}: S3Uri", source["S3Uri"])
    kind = source["S3DataType"]
    if kind not in ("S3Prefix", "ManifestFile", "AugmentedManifestFile"):
        raise ValidationError(f"{what}: the S3DataType {kind} is not offered by this server yet.")
    is_wrapped = channel.get("RecordWrapperType", "None") == "RecordIO"
    is_gzip = channel.get("CompressionType", "None") == "Gzip"
    if kind == "AugmentedManifestFile":
        _check_augmented(what, source, is_fit=mode == PIPE and is_wrapped and not is_gzip)
    if is_wrapped and (mode != PIPE or is_gzip):
        raise ValidationError(
            f"{what}: RecordIO wraps what comes through pipes, and is not compressed."
        )
    if mode == "FastFile" and is_gzip:
        raise ValidationError(f"{what}: what FastFile gives is not compressed.")


def _check_augmented(what: str, source: Mapping[str, Any], *, is_fit: bool) -> None:
    if not is_fit:
        raise ValidationError(
            f"{what}: an AugmentedManifestFile needs the input mode Pipe, the RecordWrapperType"
            " RecordIO and no compression."
        )
    if not source.get("AttributeNames"):
        raise ValidationError(f"{what}: an AugmentedManifestFile needs AttributeNames.")


def _check_uri(what: str, uri: str) -> None:
    try:
        S3Place.of(uri)
    except ValueError as error:
        raise ValidationError(f"{what} must be s3://bucket/prefix here, not {uri}.") from error
