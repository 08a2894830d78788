"""InvokeEndpointWithResponseStream: a request to a model, and its answer as it comes.

Source:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

from outcrop.jobs.serving import Answer, BrokenAnswerError, NoAnswerError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker_runtime import shapes
from outcrop.services.sagemaker_runtime.asking import Invocation


@operation("InvokeEndpointWithResponseStream")
async def invoke_endpoint_with_response_stream(
    call: Call, request: shapes.InvokeEndpointWithResponseStreamInput
) -> shapes.InvokeEndpointWithResponseStreamOutput:
    """Answer with what the model says, piece by piece."""
    invocation = await Invocation.of(call, request)
    held = AsyncExitStack()
    answer = await held.enter_async_context(invocation.answer())
    output: dict[str, Any] = {"Body": Parts(answer, held), **invocation.headers_of(answer)}
    told: shapes.InvokeEndpointWithResponseStreamOutput = output  # pyright: ignore[reportAssignmentType] - its members are made one by one
    return told


class Parts:
    """The events of an answer, which lets go of it at its end, read or not."""

    def __init__(self, answer: Answer, held: AsyncExitStack) -> None:
        self._pieces = answer.pieces
        self._held = held

    def __aiter__(self) -> AsyncIterator[shapes.ResponseStream]:
        """Give the events."""
        return self

    async def __anext__(self) -> shapes.ResponseStream:
        """Return the next event.

        Raises:
            ServiceError: The answer breaks off.
        """
        try:
            piece = await anext(self._pieces)
        except StopAsyncIteration:
            await self.aclose()
            raise
        except NoAnswerError as error:
            raise shapes.ModelStreamError(
                str(error), ErrorCode="ModelInvocationTimeExceeded"
            ) from error
        except BrokenAnswerError as error:
            raise shapes.ModelStreamError(str(error), ErrorCode="StreamBroken") from error
        return {"PayloadPart": {"Bytes": piece}}

    async def aclose(self) -> None:
        """Let go of the answer."""
        await self._held.aclose()
