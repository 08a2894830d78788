"""What a `modelId` may be: a model's id, or the id or ARN of what stands for a model.

Source: Amazon Bedrock API Reference, "InvokeModel", parameter modelId.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from outcrop.aws.arn import Arn
from outcrop.operations import Call
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.model_families.registry import is_known

_GEOGRAPHY = re.compile(r"(?:us|us-gov|eu|apac|jp|au|ca|in|sa|global)\.(?=[a-z0-9-]+\.)")
"""Before a model's id in the id of a cross-region inference profile."""
_THROUGHPUT = re.compile(r":\d+k$|(?<=:\d):\d+$")
"""Behind a model's id where Provisioned Throughput is sold for a context length: `28k`, `512`.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prov-thru-supported.html
"""


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A foundation model, and how it was found."""

    id: str
    """Bare: `anthropic.claude-3-sonnet-20240229-v1:0`."""
    routed_to: str = ""
    """The ARN that a prompt router chose; empty where the request went by none."""


async def resolve(call: Call, model_id: str) -> ResolvedModel:
    """Return the foundation model that a `modelId` stands for.

    Raises:
        ServiceError: The id is malformed, or stands for something that does not exist.
    """
    if not model_id.startswith("arn:"):
        return ResolvedModel(_known(_bare(model_id)))
    try:
        kind, _, name = Arn.parse(model_id).resource.partition("/")
    except ValueError as error:
        raise _invalid() from error
    match kind:
        case "foundation-model" | "inference-profile" if name:
            return ResolvedModel(_known(_bare(name)))
        case "application-inference-profile":
            profile = await call.ask(
                "bedrock", "GetInferenceProfile", inferenceProfileIdentifier=model_id
            )
            return ResolvedModel(_model_of_arn(profile["models"][0]["modelArn"]))
        case "provisioned-model":
            provisioned = await call.ask(
                "bedrock", "GetProvisionedModelThroughput", provisionedModelId=model_id
            )
            return ResolvedModel(_model_of_arn(provisioned["foundationModelArn"]))
        case "prompt-router" | "default-prompt-router":
            return await _routed(call, model_id)
        case _:
            raise _invalid()


async def _routed(call: Call, router_arn: str) -> ResolvedModel:
    """Choose the router's fallback model.

    Routers foresee how well each of their models would answer. One and the same model may stand
    behind all of them here, so there is nothing to foresee.
    """
    router = await call.ask("bedrock", "GetPromptRouter", promptRouterArn=router_arn)
    arn: str = router["fallbackModel"]["modelArn"]
    return replace(await resolve(call, arn), routed_to=arn)


def _model_of_arn(arn: str) -> str:
    return _known(_bare(Arn.parse(arn).resource.partition("/")[2]))


def _bare(model_id: str) -> str:
    return _THROUGHPUT.sub("", _GEOGRAPHY.sub("", model_id))


def _known(model_id: str) -> str:
    if not is_known(model_id):
        raise _invalid()
    return model_id


def _invalid() -> Any:
    return shapes.ValidationException("The provided model identifier is invalid.")
