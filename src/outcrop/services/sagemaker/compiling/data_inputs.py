"""DataInputConfig: the names and shapes of a model's inputs.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InputConfig.html
"""

from collections.abc import Mapping
from typing import Any, cast

from outcrop.aws.errors import ValidationError
from outcrop.services.sagemaker.compiling.options import read_loosely

MOST_ELEMENTS = 1 << 28
"""Of all inputs together: a gigabyte of 32-bit numbers."""
UNNAMED = ("PYTORCH", "SKLEARN")
"""Frameworks whose inputs may be a list of shapes."""
OPTIONAL = ("ONNX", "PYTORCH", "SKLEARN", "XGBOOST")
"""Frameworks whose models may tell their inputs themselves."""


def inputs_of(source: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the inputs of an InputConfig: each with its `name`, perhaps empty, and `shape`.

    Raises:
        ServiceError: It declares none that can be.
    """
    text: str | None = source.get("DataInputConfig")
    if text is None:
        return []
    value = read_loosely(text, "DataInputConfig")
    framework = source["Framework"]
    if isinstance(value, dict):
        named = cast("Mapping[str, Any]", value)
    elif isinstance(value, list) and framework in UNNAMED:
        named = None
    else:
        raise ValidationError(
            f"DataInputConfig must be a dictionary of names and shapes for {framework}: {text}"
        )
    pairs: list[tuple[str, Any]] = (
        list(named.items())
        if named is not None
        else [("", shape) for shape in cast("list[Any]", value)]
    )
    if not pairs:
        raise ValidationError("DataInputConfig declares no input.")
    inputs = [{"name": name, "shape": _shape(name, shape)} for name, shape in pairs]
    _check_size(inputs)
    return inputs


def _shape(name: str, given: Any) -> list[int]:
    sides = cast("list[Any]", given) if isinstance(given, list) else []
    is_shape = all(type(side) is int and side > 0 for side in sides)
    if not sides or not is_shape:
        raise ValidationError(
            f"DataInputConfig: the shape{f' of {name}' if name else ''} must be a list of positive"
            f" integers, not {given!r}."
        )
    return sides


def _check_size(inputs: list[dict[str, Any]]) -> None:
    elements = 0
    for one in inputs:
        size = 1
        for side in one["shape"]:
            size = min(size * side, MOST_ELEMENTS + 1)
        elements += size
    if elements > MOST_ELEMENTS:
        raise ValidationError(
            f"DataInputConfig: the inputs have more than {MOST_ELEMENTS} elements together."
        )
