"""InvokeEndpoint: a request to a model, and its answer.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.sagemaker_runtime import shapes
from outcrop.services.sagemaker_runtime.asking import Invocation


@operation("InvokeEndpoint")
async def invoke_endpoint(
    call: Call, request: shapes.InvokeEndpointInput
) -> shapes.InvokeEndpointOutput:
    """Answer with what the model says."""
    invocation = await Invocation.of(call, request)
    async with invocation.answer() as answer:
        output: dict[str, Any] = {
            "Body": await invocation.read(answer),
            **invocation.headers_of(answer),
        }
    told: shapes.InvokeEndpointOutput = output  # pyright: ignore[reportAssignmentType] - its members are made one by one
    return told
