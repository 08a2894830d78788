"""Model packages: what their requests may say, and how they are told.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.services.sagemaker.entities import Entity
from outcrop.services.sagemaker.resources import MODEL_PACKAGE, MODEL_PACKAGE_GROUP, find
from outcrop.storage.records.interface import Document, Record

GROUPS = Entity(
    MODEL_PACKAGE_GROUP,
    name="ModelPackageGroupName",
    arn="ModelPackageGroupArn",
    tells_who=True,
)
PACKAGES = Entity(MODEL_PACKAGE, name="ModelPackageName", arn="ModelPackageArn", tells_who=True)
NOT_OFFERED = ("ValidationSpecification", "SourceAlgorithmSpecification")
"""Members whose work is not done yet: transform jobs that validate, and algorithms."""
MOST_SPECIFICATIONS = 15
"""Further inference specifications of one package, as the service model says."""
CLONED = ("InferenceSpecification", "AdditionalInferenceSpecifications")
"""What a package takes from the one that its `SourceUri` names, unless it says its own."""


def told_group(call: Call, group: Record) -> Any:
    """Return all that is known of a group."""
    return {**GROUPS.told(call, group), "ModelPackageGroupStatus": "Completed"}


def told_package(call: Call, package: Record) -> Any:
    """Return all that is known of a package."""
    document = package.document
    told: dict[str, Any] = {
        **PACKAGES.told(call, package),
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
    }
    if "group" in document:
        group = {"ModelPackageName": document["group"], "ModelPackageGroupName": document["group"]}
        told |= {**group, "ModelPackageVersion": document["version"]}
    return told


def check_package(given: Mapping[str, Any]) -> None:
    """Refuse a package that contradicts itself, or asks for what is not offered.

    Raises:
        ServiceError: The message says what is wrong.
    """
    for name in NOT_OFFERED:
        if name in given:
            raise ValidationError(f"{name} is not offered by this server yet.")
    if given.get("CertifyForMarketplace"):
        raise ValidationError("CertifyForMarketplace is not offered: there is no marketplace here.")
    if "InferenceSpecification" in given:
        _check_containers(given["InferenceSpecification"]["Containers"])
    more: Sequence[Mapping[str, Any]] = given.get("AdditionalInferenceSpecifications", [])
    names = [specification["Name"] for specification in more]
    if len(set(names)) < len(names):
        raise ValidationError("Names of AdditionalInferenceSpecifications must be unique.")
    if len(names) > MOST_SPECIFICATIONS:
        raise ValidationError(
            f"A model package has at most {MOST_SPECIFICATIONS} AdditionalInferenceSpecifications."
        )
    for specification in more:
        _check_containers(specification["Containers"])


async def cloned(call: Call, given: Document) -> Document:
    """Return what is given of a package with what it takes from another.

    Raises:
        ServiceError: There is no such package.
    """
    source = given.get("SourceUri", "")
    if ":model-package/" not in source:
        return given
    origin = (await find(call, MODEL_PACKAGE, source)).document["given"]
    return {**{name: origin[name] for name in CLONED if name in origin}, **given}


def _check_containers(containers: Sequence[Mapping[str, Any]]) -> None:
    for container in containers:
        if "ModelDataUrl" in container and "ModelDataSource" in container:
            raise ValidationError(
                "Only one of ModelDataUrl and ModelDataSource can be specified for a container."
            )
    names = [one["ContainerHostname"] for one in containers if "ContainerHostname" in one]
    if len(set(names)) < len(names):
        raise ValidationError("Duplicate ContainerHostname in the containers of the model package.")
