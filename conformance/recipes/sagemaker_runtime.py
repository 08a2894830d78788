"""An endpoint in service, whose model answers `{}` to everything."""

from collections.abc import Mapping
from typing import Any

from conformance.calls import Client
from conformance.recipes import Recipe
from conformance.recipes.sagemaker_hosting import serve


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Have an endpoint in service."""
    serve(client, is_asynchronous=operation == "InvokeEndpointAsync")
    return {
        "Body": b"{}",
        "ContentType": "application/json",
        "EndpointName": "endpoint",
        # Texts for patterns that Python does not know.
        "InferenceId": "first",
        "PrefixAwareId": "prefix",
        "TargetModel": "model.tar.gz",
        "TargetVariant": "all",
    }


RECIPE = Recipe(
    prepare=prepare,
    runs_programs=True,
    without={
        "": (
            "TargetModel",
            "TargetContainerHostname",
            "InferenceComponentName",
            "EnableExplanations",
            "SessionId",
        ),
        "InvokeEndpointAsync": ("InputLocation",),
    },
    needed={"InvokeEndpointAsync": ("Body",)},
)
