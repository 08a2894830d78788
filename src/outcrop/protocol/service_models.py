"""AWS's service models, loaded when they are first needed and kept without their prose.

botocore has no model of services that only event streams both ways make useful; those are beside
this file, in botocore's form.

Sources: the `data` folder of botocore, https://github.com/boto/botocore, and, for
`added_models/transcribe-streaming`, the schemas of `aws-sdk-transcribe-streaming` 0.12.0
(Apache-2.0), https://github.com/awslabs/aws-sdk-python, with the constraints of
https://docs.aws.amazon.com/transcribe/latest/APIReference/API_streaming_StartStreamTranscription.html
"""

from pathlib import Path
from typing import Any, cast

from botocore.loaders import Loader
from botocore.model import ServiceModel

from outcrop.protocol.model_gaps import MODEL_GAPS, SHAPE_GAPS

ADDED = Path(__file__).with_name("added_models")
"""Service models that botocore lacks."""
PROSE = frozenset({"documentation", "deprecatedMessage", "deprecatedSince", "examples"})


def model_loader() -> Loader:
    """Return a loader of botocore's service models and those that were added."""
    return Loader(extra_search_paths=[str(ADDED)], include_default_search_paths=True)


class ServiceModels:
    """The service models of AWS, each loaded once."""

    def __init__(self) -> None:
        self._loaded: dict[str, ServiceModel] = {}

    def names(self) -> list[str]:
        """Return the names of all services, as botocore has them: `bedrock-runtime`, ..."""
        return model_loader().list_available_services("service-2")

    def load(self, name: str) -> ServiceModel:
        """Return the newest service model of this name.

        Raises:
            botocore.exceptions.UnknownServiceError: There is no such service.
        """
        service_model = self._loaded.get(name)
        if service_model is None:
            # A loader keeps all that it has read, prose included, so each is used once.
            description = model_loader().load_service_model(name, "service-2")
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
