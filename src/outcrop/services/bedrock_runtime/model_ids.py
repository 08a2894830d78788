"""What a `modelId` may be: a model's id, an inference profile's id, or the ARN of either.

Source: Amazon Bedrock API Reference, "InvokeModel", parameter modelId.
"""

import re

from outcrop.aws.arn import Arn
from outcrop.operations import Call
from outcrop.services.bedrock_runtime import shapes

_GEOGRAPHY = re.compile(r"(?:us|us-gov|eu|apac|jp|au|ca|sa|global)\.(?=[a-z0-9-]+\.)")
"""Before a model's id in the id of a cross-region inference profile."""


async def resolve(call: Call, model_id: str) -> str:
    """Return the id of the foundation model that a `modelId` stands for.

    Raises:
        ServiceError: The id is malformed, or stands for something that does not exist.
    """
    del call
    if not model_id.startswith("arn:"):
        return _GEOGRAPHY.sub("", model_id)
    try:
        resource = Arn.parse(model_id).resource
    except ValueError as error:
        raise shapes.ValidationException("The provided model identifier is invalid.") from error
    kind, _, name = resource.partition("/")
    if kind in ("foundation-model", "inference-profile") and name:
        return _GEOGRAPHY.sub("", name)
    raise shapes.ResourceNotFoundException(f"Could not resolve {model_id}.")
