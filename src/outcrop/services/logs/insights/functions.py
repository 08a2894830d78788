"""The functions of expressions.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
"""

import math
from collections.abc import Callable, Mapping

from outcrop.services.logs.insights.rows import Value, as_number, as_text

UNIT_SECONDS = {
    "ms": 0.001,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86_400.0,
    "w": 604_800.0,
    "mo": 2_629_746.0,
    "q": 7_889_238.0,
    "y": 31_556_952.0,
}
"""Months, quarters and years in their mean length."""


def seconds_of(duration: str) -> float:
    """Return a duration such as `5m` in seconds."""
    unit = duration.lstrip("0123456789")
    return int(duration.removesuffix(unit)) * UNIT_SECONDS[unit]


def _numeric(compute: Callable[..., float]) -> Callable[..., Value]:
    def function(*values: Value) -> Value:
        numbers = [as_number(value) for value in values]
        if any(number is None for number in numbers):
            return None
        return float(compute(*numbers))

    return function


def _textual(compute: Callable[..., str | float | bool]) -> Callable[..., Value]:
    def function(text: Value, *values: Value) -> Value:
        if text is None:
            return None
        result = compute(as_text(text), *values)
        return float(result) if isinstance(result, int) and not isinstance(result, bool) else result

    return function


def _substring(text: str, start: Value, length: Value = None) -> str:
    first = int(as_number(start) or 0)
    size = as_number(length)
    return text[first:] if size is None else text[first : first + int(size)]


def _floor(moment: Value, step: Value) -> Value:
    time, length = as_number(moment), as_number(step)
    return None if time is None or not length else time - time % length


def _ceiling(moment: Value, step: Value) -> Value:
    time, length = as_number(moment), as_number(step)
    return None if time is None or not length else math.ceil(time / length) * length


def _round(number: float, digits: float = 0.0) -> float:
    return round(number, int(digits))


def _first_present(*values: Value) -> Value:
    return next((value for value in values if value is not None), None)


def _is_blank(value: Value) -> bool:
    return value is None or not as_text(value).strip()


def _is_present(value: Value) -> bool:
    return value is not None


def _is_empty(value: Value) -> bool:
    return value is None or not as_text(value)


def _magnitude(number: float) -> float:
    return abs(number)


def _joined(*values: Value) -> str:
    return "".join(as_text(value) for value in values)


def _replaced(text: str, old: Value, new: Value) -> str:
    return text.replace(as_text(old), as_text(new))


def _contains(text: str, sought: Value) -> float:
    return float(as_text(sought) in text)


def _starts(text: str, start: Value) -> bool:
    return text.startswith(as_text(start))


def _ends(text: str, end: Value) -> bool:
    return text.endswith(as_text(end))


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "abs": _numeric(_magnitude),
    "ceil": _numeric(math.ceil),
    "floor": _numeric(math.floor),
    "greatest": _numeric(max),
    "least": _numeric(min),
    "log": _numeric(math.log),
    "sqrt": _numeric(math.sqrt),
    "round": _numeric(_round),
    "ispresent": _is_present,
    "isempty": _is_empty,
    "isblank": _is_blank,
    "coalesce": _first_present,
    "concat": _joined,
    "strlen": _textual(len),
    "toupper": _textual(str.upper),
    "tolower": _textual(str.lower),
    "trim": _textual(str.strip),
    "ltrim": _textual(str.lstrip),
    "rtrim": _textual(str.rstrip),
    "substr": _textual(_substring),
    "replace": _textual(_replaced),
    "strcontains": _textual(_contains),
    "startswith": _textual(_starts),
    "endswith": _textual(_ends),
    "datefloor": _floor,
    "dateceil": _ceiling,
    "frommillis": as_number,
    "tomillis": as_number,
    "tonumber": as_number,
    "tostring": as_text,
}
