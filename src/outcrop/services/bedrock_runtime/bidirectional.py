"""InvokeModelWithBidirectionalStream: speech to speech, for which no model here answers.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithBidirectionalStream.html
"""

from outcrop.operations import Call, operation
from outcrop.services.bedrock_runtime import shapes


@operation("InvokeModelWithBidirectionalStream")
async def invoke_model_with_bidirectional_stream(
    call: Call, request: shapes.InvokeModelWithBidirectionalStreamRequest
) -> shapes.InvokeModelWithBidirectionalStreamResponse:
    """Refuse: say which operations stream answers."""
    del call
    raise shapes.ValidationException(
        f"The model {request['modelId']} does not support bidirectional streaming here: no model "
        "that hears and speaks is routed to it. ConverseStream and "
        "InvokeModelWithResponseStream stream answers in text."
    )
