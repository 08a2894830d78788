"""What a model package holds for a model that names it.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.services.sagemaker.resources import MODEL_PACKAGE, find

SERVED = (
    "AdditionalModelDataSources",
    "ContainerHostname",
    "Image",
    "ModelDataSource",
    "ModelDataUrl",
)
"""What a model takes of a package's container, beside its environment."""


async def unpacked(call: Call, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the input of CreateModel with the containers of the packages that it names.

    Raises:
        ServiceError: There is no such package, or nothing in it to infer with.
    """
    primary, several = given.get("PrimaryContainer"), given.get("Containers", [])
    if primary is not None:
        containers = await _containers(call, primary)
        key = "PrimaryContainer" if len(containers) == 1 else "Containers"
        others = {name: item for name, item in given.items() if name != "PrimaryContainer"}
        return {**others, key: containers[0] if len(containers) == 1 else containers}
    if not several:
        return dict(given)
    return {
        **given,
        "Containers": [one for named in several for one in await _containers(call, named)],
    }


async def _containers(call: Call, named: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a container stands for: itself, or what the package that it names holds."""
    if "ModelPackageName" not in named:
        return [dict(named)]
    package = await find(call, MODEL_PACKAGE, named["ModelPackageName"])
    specification = _specification(package.document["given"], named)
    environment = named.get("Environment", {})
    others = {
        name: item
        for name, item in named.items()
        if name not in ("Environment", "InferenceSpecificationName")
    }
    return [
        {
            **{name: held[name] for name in SERVED if name in held},
            **others,
            "Environment": {**held.get("Environment", {}), **environment},
        }
        for held in specification["Containers"]
    ]


def _specification(package: Mapping[str, Any], named: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a package's inference specification: its own, or the further one that is named."""
    wanted = named.get("InferenceSpecificationName")
    if wanted is None:
        found = package.get("InferenceSpecification")
    else:
        more = package.get("AdditionalInferenceSpecifications", [])
        found = next((one for one in more if one["Name"] == wanted), None)
    if found is None:
        what = "InferenceSpecification" if wanted is None else f"inference specification {wanted}"
        raise ValidationError(f"ModelPackage {named['ModelPackageName']} has no {what}.")
    return found
