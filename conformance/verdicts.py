"""Whether what came back is what the service model allows."""

from collections.abc import Mapping
from typing import Any, cast

from botocore.model import OperationModel, StructureShape

from conformance.answers import faults
from conformance.calls import Outcome
from conformance.recipes import Recipe

COMMON_ERRORS: Mapping[str, frozenset[int]] = {
    "AccessDenied": frozenset((403,)),
    "AccessDeniedException": frozenset((400, 403)),
    "IncompleteSignature": frozenset((400, 403)),
    "InvalidAction": frozenset((400,)),
    "InvalidParameterCombination": frozenset((400,)),
    "InvalidParameterValue": frozenset((400,)),
    "InvalidQueryParameter": frozenset((400,)),
    "MalformedInput": frozenset((400,)),
    "MalformedQueryString": frozenset((400, 404)),
    "MissingParameter": frozenset((400,)),
    "RequestEntityTooLargeException": frozenset((413,)),
    "SerializationException": frozenset((400,)),
    "ThrottlingException": frozenset((400, 429)),
    "ValidationError": frozenset((400,)),
    "ValidationException": frozenset((400,)),
}
"""Errors that any service may answer, with their statuses.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
"""

MODEL_ERROR = "ModelError"
"""Has the words of a user's own container, and its trace, as on AWS."""
MARKS_OF_A_TRACE = ("Traceback (most recent call last)", '.py", line')


def judge(operation: OperationModel, outcome: Outcome, recipe: Recipe) -> list[str]:
    """Return what is wrong with the outcome of a valid request; nothing for one that conforms."""
    if outcome.status >= 300:
        return never_right(outcome) or _judge_error(operation, outcome, recipe)
    return never_right(outcome) or [
        fault for fault in _judge_answer(operation, outcome) if not recipe.tolerates(fault)
    ]


def judge_refusal(
    operation: OperationModel, outcome: Outcome, recipe: Recipe, *, is_held: bool
) -> list[str]:
    """Return what is wrong with the outcome of a request that breaks a constraint.

    Args:
        operation: Whose outcome it is.
        outcome: What came back.
        recipe: What to know of the service beyond its model.
        is_held: Whether the service holds callers to the constraints of its model. One that does
            not may accept the request, or take it for one of another operation.
    """
    if outcome.status < 300:
        return never_right(outcome) or (
            ["accepted, though it breaks a constraint"] if is_held else []
        )
    return never_right(outcome) or _judge_error(operation, outcome, recipe)


def never_right(outcome: Outcome) -> list[str]:
    """Return what is wrong with an outcome, whatever was asked."""
    if outcome.broke is not None:
        return [outcome.broke]
    if outcome.status >= 500:
        return [f"{outcome.status} {outcome.answer.get('Error')}"]
    of_a_model = outcome.answer.get("Error", {}).get("Code") == MODEL_ERROR
    if not of_a_model and any(mark in outcome.text for mark in MARKS_OF_A_TRACE):
        return ["the answer holds a stack trace"]
    return []


def _judge_answer(operation: OperationModel, outcome: Outcome) -> list[str]:
    shape = operation.output_shape
    if shape is None:
        return []
    return list(faults(shape, {k: v for k, v in outcome.answer.items() if k != "ResponseMetadata"}))


def _judge_error(operation: OperationModel, outcome: Outcome, recipe: Recipe) -> list[str]:
    error: Mapping[str, Any] = outcome.answer.get("Error", {})
    code, status = str(error.get("Code")), outcome.status
    allowed = _modelled(operation).get(code) or COMMON_ERRORS.get(code)
    if code in recipe.errors:
        allowed = frozenset((recipe.errors[code], *(allowed or ())))
    if allowed is None:
        return [f"{code} ({status}) is no error of {operation.name}: {error.get('Message')}"]
    if status not in allowed:
        return [f"{code} came with {status}, not {sorted(allowed)}"]
    shape = _shape(operation, code)
    return list(faults(shape, _members(shape, outcome.answer))) if shape is not None else []


def _modelled(operation: OperationModel) -> Mapping[str, frozenset[int]]:
    return {
        shape.error_code: frozenset((int(_traits(shape).get("httpStatusCode", 400)),))
        for shape in _error_shapes(operation)
    }


def _error_shapes(operation: OperationModel) -> list[StructureShape]:
    return cast("list[StructureShape]", operation.error_shapes)


def _traits(shape: StructureShape) -> Mapping[str, Any]:
    return shape.metadata.get("error", {})


def _shape(operation: OperationModel, code: str) -> StructureShape | None:
    return next((shape for shape in _error_shapes(operation) if shape.error_code == code), None)


def _members(shape: StructureShape, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return an error's members; botocore keeps the message apart, under one name for all."""
    message = answer.get("Error", {}).get("Message")
    return {
        name: message if name.lower() == "message" else answer.get(name) for name in shape.members
    }
