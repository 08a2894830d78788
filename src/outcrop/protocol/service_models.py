"""AWS's service models, loaded when they are first needed and kept without their prose.

Source: the `data` folder of botocore, https://github.com/boto/botocore
"""

from typing import Any, cast

from botocore.loaders import Loader
from botocore.model import ServiceModel

from outcrop.protocol.model_gaps import MODEL_GAPS, SHAPE_GAPS

PROSE = frozenset({"documentation", "deprecatedMessage", "deprecatedSince", "examples"})


class ServiceModels:
    """The service models that botocore ships, each loaded once."""

    def __init__(self) -> None:
        self._loaded: dict[str, ServiceModel] = {}

    def names(self) -> list[str]:
        """Return botocore's names of all services: `bedrock-runtime`, `s3`, ..."""
        return Loader().list_available_services("service-2")

    def load(self, name: str) -> ServiceModel:
        """Return the newest service model of this name.

        Raises:
            botocore.exceptions.UnknownServiceError: botocore has no such service.
        """
        service_model = self._loaded.get(name)
        if service_model is None:
            # A loader keeps all that it has read, prose included, so each is used once.
            description = Loader().load_service_model(name, "service-2")
            for shape, traits in SHAPE_GAPS.get(name, {}).items():
                description["shapes"][shape].update(traits)
            service_model = ServiceModel(prepared(cast("dict[str, Any]", description)), name)
            service_model.metadata.update(MODEL_GAPS.get(name, {}))
            self._loaded[name] = service_model
        return service_model


def prepared(description: dict[str, Any]) -> dict[str, Any]:
    """Return a service description without prose, its server faults told by their status."""
    for section in ("operations", "shapes"):
        description[section] = without_prose(description.get(section, {}), names_follow=True)
    for shape in description["shapes"].values():
        if shape.get("fault"):
            shape["error"] = {"httpStatusCode": 500, **shape.get("error", {})}
    description.pop("documentation", None)
    return description


def without_prose(node: Any, *, names_follow: bool = False) -> Any:
    """Return a copy without documentation.

    Args:
        node: Any part of a service description.
        names_follow: The keys of `node` are names of members, shapes or operations, of which one
            may well be called `documentation`.
    """
    if isinstance(node, dict):
        entries = cast("dict[str, Any]", node).items()
        return {
            key: without_prose(value, names_follow=key == "members" and not names_follow)
            for key, value in entries
            if names_follow or key not in PROSE
        }
    if isinstance(node, list):
        return [without_prose(item) for item in cast("list[Any]", node)]
    return node
