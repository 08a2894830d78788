"""Batches: texts that are fit go to the engine together, the others get errors of their own.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/using-api-sync.html
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.texts import SHORT_TEXT_BYTES, check_batch, checked

Analyze = Callable[[Sequence[str]], Awaitable[Sequence[Mapping[str, Any]]]]
"""Returns the members of each text's result but its index."""


async def answer_batch(texts: Sequence[str], analyze: Analyze) -> dict[str, Any]:
    """Return the output of a `BatchDetect…` operation.

    Raises:
        BatchSizeLimitExceededException: There are too many texts.
    """
    check_batch(len(texts))
    fit: dict[int, str] = {}
    errors: list[dict[str, Any]] = []
    for index, text in enumerate(texts):
        try:
            fit[index] = checked(text, limit=SHORT_TEXT_BYTES)
        except shapes.TextSizeLimitExceededException as error:
            errors.append(_error(index, "TEXT_SIZE_LIMIT_EXCEEDED", error.message))
        except shapes.InvalidRequestException as error:
            errors.append(_error(index, "INVALID_REQUEST", error.message))
    found: Sequence[Mapping[str, Any]] = await analyze(list(fit.values())) if fit else []
    results = [{"Index": index, **each} for index, each in zip(fit, found, strict=True)]
    return {"ResultList": results, "ErrorList": errors}


def _error(index: int, code: str, message: str) -> dict[str, Any]:
    return {"Index": index, "ErrorCode": code, "ErrorMessage": message}
