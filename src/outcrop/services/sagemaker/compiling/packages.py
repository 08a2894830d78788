"""The model of a model package, as InputConfig would name it.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelPackageContainerDefinition.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.services.sagemaker.resources import MODEL_PACKAGE, find

NEEDED = ("ModelDataUrl", "Framework")


async def source_of(call: Call, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the InputConfig of a request, or that of the model package that it names.

    Raises:
        ServiceError: There are both, or neither, or the package lacks something.
    """
    if ("InputConfig" in given) == ("ModelPackageVersionArn" in given):
        raise ValidationError(
            "Provide either a ModelPackageVersionArn or an InputConfig object in the request."
        )
    if "InputConfig" in given:
        source: Mapping[str, Any] = given["InputConfig"]
        return source
    arn = given["ModelPackageVersionArn"]
    package = (await find(call, MODEL_PACKAGE, arn)).document["given"]
    containers = package.get("InferenceSpecification", {}).get("Containers", [])
    if len(containers) != 1 or any(name not in containers[0] for name in NEEDED):
        raise ValidationError(
            f"The model package {arn} must have one container with {' and '.join(NEEDED)}."
        )
    return _source(containers[0])


def _source(container: Mapping[str, Any]) -> Mapping[str, Any]:
    found: dict[str, Any] = {
        "S3Uri": container["ModelDataUrl"],
        "Framework": container["Framework"].upper(),
    }
    if "FrameworkVersion" in container:
        found["FrameworkVersion"] = container["FrameworkVersion"]
    shapes = container.get("ModelInput", {}).get("DataInputConfig")
    return {**found, "DataInputConfig": shapes} if shapes else found
