"""DetectSyntax and its batch.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_DetectSyntax.html
"""

from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.analyses import syntax_of
from outcrop.services.comprehend.batches import answer_batch
from outcrop.services.comprehend.texts import SHORT_TEXT_BYTES, checked


@operation("DetectSyntax")
async def detect_syntax(
    call: Call, request: shapes.DetectSyntaxRequest
) -> shapes.DetectSyntaxResponse:
    """Answer with the words of a text and their parts of speech."""
    text = checked(request["Text"], limit=SHORT_TEXT_BYTES)
    found: Any = (await syntax_of(call, [text], request["LanguageCode"]))[0]
    return found


@operation("BatchDetectSyntax")
async def batch_detect_syntax(
    call: Call, request: shapes.BatchDetectSyntaxRequest
) -> shapes.BatchDetectSyntaxResponse:
    """Do the same for up to 25 texts."""
    answer: Any = await answer_batch(
        request["TextList"], lambda texts: syntax_of(call, texts, request["LanguageCode"])
    )
    return answer
