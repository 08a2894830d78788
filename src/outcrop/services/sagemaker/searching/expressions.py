"""Search expressions: filters, nested filters and expressions in expressions.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_SearchExpression.html
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.services.sagemaker.searching.properties import Scalar, elements_of, has, values_of

MOST_CONDITIONS = 50
"""Filters, nested filters and expressions of one request together.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Search.html
"""
CONTAINING = {
    "Experiment": ("DisplayName", "ExperimentName", "Tags"),
    "ExperimentTrial": ("DisplayName", "TrialName", "Tags"),
    "ExperimentTrialComponent": (
        "DisplayName",
        "TrialComponentName",
        "Tags",
        "InputArtifacts",
        "OutputArtifacts",
    ),
}
"""Properties that an expression may ask `Contains` of more than once."""
ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}


def check_expression(resource: str, expression: Mapping[str, Any]) -> None:
    """Refuse an expression that says nothing, says too much, or compares without a value.

    Raises:
        ServiceError: The message says what is wrong.
    """
    conditions = list(_conditions(expression))
    if len(conditions) > MOST_CONDITIONS:
        raise ValidationError(
            f"A search expression has at most {MOST_CONDITIONS} filters, nested filters and"
            " subexpressions."
        )
    filters = [one for one in conditions if "Name" in one]
    for one in filters:
        if "Value" not in one and one.get("Operator") not in ("Exists", "NotExists"):
            raise ValidationError(f"The filter on {one['Name']} needs a Value.")
    containing = [
        one
        for one in filters
        if one.get("Operator") == "Contains"
        and one["Name"].partition(".")[0] not in CONTAINING.get(resource, ())
    ]
    if len(containing) > 1:
        raise ValidationError("'CONTAINS' operator usage limit of 1 exceeded.")


def satisfies(told: Mapping[str, Any], expression: Mapping[str, Any]) -> bool:
    """Tell whether a resource satisfies an expression."""
    results = (
        *(_passes(told, one) for one in expression.get("Filters", [])),
        *(_passes_nested(told, one) for one in expression.get("NestedFilters", [])),
        *(satisfies(told, one) for one in expression.get("SubExpressions", [])),
    )
    return any(results) if expression.get("Operator") == "Or" else all(results)


def is_visible(told: Mapping[str, Any], condition: Mapping[str, Any]) -> bool:
    """Tell whether a resource has no tag of a condition's key, or the one that it names."""
    values = values_of(told, condition["Key"])
    return not values or condition.get("Value") in values


def _conditions(expression: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    parts = ("Filters", "NestedFilters", "SubExpressions")
    if not any(expression.get(part) for part in parts):
        raise ValidationError(
            "A search expression needs at least one filter, nested filter or subexpression."
        )
    yield from expression.get("Filters", [])
    for nested in expression.get("NestedFilters", []):
        yield nested
        yield from nested["Filters"]
    for inner in expression.get("SubExpressions", []):
        yield inner
        yield from _conditions(inner)


def _passes_nested(told: Mapping[str, Any], nested: Mapping[str, Any]) -> bool:
    """Tell whether one element of a list passes all filters."""
    name = nested["NestedPropertyName"]
    filters = [{**one, "Name": one["Name"].removeprefix(f"{name}.")} for one in nested["Filters"]]
    return any(all(_passes(element, one) for one in filters) for element in elements_of(told, name))


def _passes(told: object, condition: Mapping[str, Any]) -> bool:
    name, wanted = condition.get("Operator", "Equals"), condition.get("Value", "")
    if name in ("Exists", "NotExists"):
        return has(told, condition["Name"]) == (name == "Exists")
    values = values_of(told, condition["Name"])
    if name == "NotEquals":
        return not any(_equals(value, wanted) for value in values)
    return any(_compares(name, value, wanted) for value in values)


def _compares(name: str, value: Scalar, wanted: str) -> bool:
    """Tell whether a value stands to the wanted one as an operator says."""
    match name:
        case "In":
            return any(_equals(value, choice.strip()) for choice in wanted.split(","))
        case "Contains":
            return isinstance(value, str) and wanted in value
        case "Equals":
            return _equals(value, wanted)
        case _:
            return _is_in_order(ORDERS[name], value, wanted)


def _equals(value: Scalar, wanted: str) -> bool:
    if isinstance(value, str):
        return value == wanted
    if isinstance(value, bool):
        return str(value).lower() == wanted.lower()
    return _is_in_order(operator.eq, value, wanted)


def _is_in_order(order: Callable[[Any, Any], bool], value: Scalar, wanted: str) -> bool:
    """Compare numbers and moments; texts compare if both are numbers, as hyperparameters may be."""
    try:
        if isinstance(value, datetime):
            moment = datetime.fromisoformat(wanted)
            return order(value, moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        return order(float(value), float(wanted))
    except ValueError:
        return False
