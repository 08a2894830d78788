"""Expressions evaluated over time series."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from outcrop.services.cloudwatch.metric_math.functions import FUNCTIONS, WORDS
from outcrop.services.cloudwatch.metric_math.parsing import ExpressionError
from outcrop.services.cloudwatch.metric_math.series import TimeSeries, Value, all_moments
from outcrop.services.cloudwatch.metric_math.tree import (
    Application,
    Array,
    Name,
    Negation,
    Node,
    Number,
    Operation,
    Text,
)


def _divide(left: float, right: float) -> float | None:
    return left / right if right else None


def _power(left: float, right: float) -> float | None:
    try:
        result = left**right
    except (OverflowError, ZeroDivisionError):
        return None
    return result if isinstance(result, float) else None


OPERATORS: Mapping[str, Callable[[float, float], float | None]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "^": _power,
    "==": lambda left, right: float(left == right),
    "!=": lambda left, right: float(left != right),
    "<": lambda left, right: float(left < right),
    "<=": lambda left, right: float(left <= right),
    ">": lambda left, right: float(left > right),
    ">=": lambda left, right: float(left >= right),
    "&&": lambda left, right: float(bool(left) and bool(right)),
    "||": lambda left, right: float(bool(left) or bool(right)),
}


@dataclass(frozen=True, slots=True)
class Environment:
    """What an expression may name."""

    values: Mapping[str, Value]
    """By the id of the query: a series, or an array of them."""
    metrics: Mapping[str, TimeSeries]
    """The queries that are metrics and no expressions."""
    empty: TimeSeries
    """A series of the request's moments without values."""


def evaluate(node: Node, environment: Environment) -> Value:
    """Return what an expression comes to.

    Raises:
        ExpressionError: It does not fit its values.
    """
    match node:
        case Number(value) | Text(value):
            return value
        case Name(name):
            return _named(name, environment)
        case Array(items):
            return _array([evaluate(item, environment) for item in items])
        case Negation(operand):
            return combined("-", 0.0, evaluate(operand, environment))
        case Operation(sign, left, right):
            return combined(sign, evaluate(left, environment), evaluate(right, environment))
        case Application(name, arguments):
            return _applied(name, [evaluate(each, environment) for each in arguments], environment)


def _applied(name: str, arguments: Sequence[Value], environment: Environment) -> Value:
    if name == "METRICS":
        return _metrics(environment, arguments)
    function = FUNCTIONS.get(name)
    if function is None:
        raise ExpressionError(f"Unsupported function: {name}")
    return function(environment.empty, arguments)


def combined(sign: str, left: Value, right: Value) -> Value:
    """Return what an operator makes of two values, series by series and moment by moment.

    Raises:
        ExpressionError: They do not go together.
    """
    match left, right:
        case (list(), list()):
            if len(left) != len(right):
                raise ExpressionError("The arrays are not of the same length")
            pairs = zip(left, right, strict=True)
            return [_combined_series(sign, one, other) for one, other in pairs]
        case (list(), TimeSeries() | float()):
            return [_combined_series(sign, each, right) for each in left]
        case (TimeSeries() | float(), list()):
            return [_combined_series(sign, left, each) for each in right]
        case (TimeSeries(), TimeSeries() | float()) | (float(), TimeSeries()):
            return _combined_series(sign, left, right)
        case (float(), float()):
            result = OPERATORS[sign](left, right)
            if result is None:
                raise ExpressionError(f"{left} {sign} {right} has no value")
            return result
        case _:
            raise ExpressionError(f"The operator {sign} does not take text")


def _combined_series(sign: str, left: TimeSeries | float, right: TimeSeries | float) -> TimeSeries:
    series = [each for each in (left, right) if isinstance(each, TimeSeries)]
    results: dict[int, float] = {}
    for moment in all_moments(series):
        # A value that is missing on one side alone counts as zero.
        result = OPERATORS[sign](_at(left, moment), _at(right, moment))
        if result is not None:
            results[moment] = result
    return series[0].with_values(results)


def _at(value: TimeSeries | float, moment: int) -> float:
    return value.values.get(moment, 0.0) if isinstance(value, TimeSeries) else value


def _named(name: str, environment: Environment) -> Value:
    if name in environment.values:
        return environment.values[name]
    if name in WORDS:
        return name
    raise ExpressionError(f"Unknown identifier: {name}")


def _array(values: Sequence[Value]) -> list[TimeSeries]:
    series: list[TimeSeries] = []
    for value in values:
        if isinstance(value, TimeSeries):
            series.append(value)
        elif isinstance(value, list):
            series += value
        else:
            raise ExpressionError("An array holds time series only")
    return series


def _metrics(environment: Environment, arguments: Sequence[Value]) -> list[TimeSeries]:
    wanted = arguments[0] if arguments else ""
    if not isinstance(wanted, str):
        raise ExpressionError("METRICS takes no argument or a text")
    return [series for name, series in environment.metrics.items() if wanted in name]
