"""What a processing job may ask for here."""

from collections.abc import Iterable, Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.jobs.runtimes import UnknownImageError, find_runtime
from outcrop.services.sagemaker.processing.paths import below_root
from outcrop.services.sagemaker.running.files import S3Place


def check(given: Mapping[str, Any], account: str) -> None:
    """Refuse the input of CreateProcessingJob for a job that cannot run here.

    Raises:
        ServiceError: The message says what is missing.
    """
    if given["RoleArn"].split(":")[4] != account:
        raise ValidationError("Cross-account pass role is not allowed.")
    if "VpcConfig" in given.get("NetworkConfig", {}):
        raise ValidationError("VpcConfig is not offered by this server yet.")
    _check_app(given["AppSpecification"])
    _check_cluster(given["ProcessingResources"]["ClusterConfig"])
    inputs = given.get("ProcessingInputs", [])
    outputs = given.get("ProcessingOutputConfig", {}).get("Outputs", [])
    _check_names("input", (one["InputName"] for one in inputs))
    _check_names("output", (one["OutputName"] for one in outputs))
    for one in inputs:
        _check_input(one)
    for one in outputs:
        _check_output(one)


def _check_app(app: Mapping[str, Any]) -> None:
    image = app["ImageUri"]
    if "spark" in image.rpartition("/")[2]:
        raise ValidationError(
            f"The image {image} needs Apache Spark, which has no runtime here: process the data"
            " with pandas in the image sagemaker-scikit-learn, or in one of the other images that"
            " `outcrop runtimes list` names."
        )
    try:
        runtime = find_runtime(image)
    except UnknownImageError as error:
        raise ValidationError(str(error)) from error
    if not (app.get("ContainerEntrypoint") or runtime.image):
        raise ValidationError(
            f"ContainerEntrypoint must be given here: the image {image} stands for a runtime that"
            " has no program of its own for processing."
        )


def _check_cluster(cluster: Mapping[str, Any]) -> None:
    if "InstancePreferences" in cluster:
        raise ValidationError(
            "InstancePreferences are not offered by this server yet: give InstanceType and"
            " InstanceCount."
        )
    for name in ("InstanceType", "InstanceCount"):
        if not cluster.get(name):
            raise ValidationError(f"ClusterConfig.{name} must be given here.")


def _check_names(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValidationError(f"Duplicate {what} name: {name}.")
        seen.add(name)


def _check_input(given: Mapping[str, Any]) -> None:
    what = f"Input {given['InputName']}"
    if "DatasetDefinition" in given:
        raise ValidationError(f"{what}: DatasetDefinition is not offered by this server yet.")
    if given.get("AppManaged"):
        return
    source = given.get("S3Input")
    if source is None:
        raise ValidationError(f"{what}: S3Input must be given.")
    if source.get("S3InputMode", "File") != "File":
        raise ValidationError(f"{what}: only the S3InputMode File is offered by this server yet.")
    _check_places(what, source)


def _check_output(given: Mapping[str, Any]) -> None:
    what = f"Output {given['OutputName']}"
    if "FeatureStoreOutput" in given:
        raise ValidationError(f"{what}: FeatureStoreOutput is not offered by this server yet.")
    if given.get("AppManaged"):
        return
    target = given.get("S3Output")
    if target is None:
        raise ValidationError(f"{what}: S3Output must be given.")
    _check_places(what, target)


def _check_places(what: str, given: Mapping[str, Any]) -> None:
    if "LocalPath" not in given:
        raise ValidationError(f"{what}: LocalPath must be given unless AppManaged is true.")
    try:
        below_root(given["LocalPath"])
    except ValueError as error:
        raise ValidationError(f"{what}: {error}") from error
    try:
        S3Place.of(given["S3Uri"])
    except ValueError as error:
        raise ValidationError(
            f"{what}: S3Uri must be s3://bucket/prefix here, not {given['S3Uri']}."
        ) from error
