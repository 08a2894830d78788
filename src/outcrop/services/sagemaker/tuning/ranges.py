"""The ranges that a tuning job searches: hyperparameters on the scale on which they are searched.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from outcrop.aws.errors import ValidationError

Scale: TypeAlias = Literal["Linear", "Logarithmic", "ReverseLogarithmic"]
Tuned: TypeAlias = Mapping[str, str]
"""Values of hyperparameters, as training jobs get them."""

WIDE = 100.0
"""`Auto` is logarithmic for a range whose ends are so many times apart. Our own choice."""
HINT_FACTOR = 10.0
"""How far a range that is found for a hint goes, up and down. Our own choice."""


@dataclass(frozen=True, slots=True)
class NumberRange:
    """A hyperparameter that is a number; a place in it is from 0 to 1, on its scale."""

    name: str
    low: float
    high: float
    scale: Scale
    is_integer: bool

    @property
    def size(self) -> float:
        """How many values there are."""
        return self.high - self.low + 1 if self.is_integer else math.inf

    def value(self, place: float) -> str:
        """Return the value at a place."""
        low, high = self._ends()
        found = _back(self.scale, low + place * (high - low))
        found = min(max(found, self.low), self.high)
        return str(round(found)) if self.is_integer else repr(found)

    def place(self, value: str) -> float | None:
        """Return the place of a value; `None` if it is not in the range."""
        try:
            number = float(value)
        except ValueError:
            return None
        if not self.low <= number <= self.high:
            return None
        low, high = self._ends()
        return min(max((_to(self.scale, number) - low) / (high - low or 1.0), 0.0), 1.0)

    def _ends(self) -> tuple[float, float]:
        """Return the ends on the scale; all integers have as much room as their neighbours."""
        margin = 0.5 if self.is_integer else 0.0
        return _to(self.scale, self.low - margin), _to(self.scale, self.high + margin)


@dataclass(frozen=True, slots=True)
class CategoryRange:
    """A hyperparameter that is one of some texts."""

    name: str
    values: Sequence[str]

    @property
    def size(self) -> float:
        """How many values there are."""
        return len(self.values)


Range: TypeAlias = NumberRange | CategoryRange


def read_ranges(given: Mapping[str, Any]) -> list[Range]:
    """Return the ranges of a request.

    Raises:
        ServiceError: One has no values, or a scale that it cannot have.
    """
    ranges: list[Range] = [
        *(_number(one, is_integer=True) for one in given.get("IntegerParameterRanges", [])),
        *(_number(one, is_integer=False) for one in given.get("ContinuousParameterRanges", [])),
        *(
            CategoryRange(one["Name"], list(dict.fromkeys(one["Values"])))
            for one in given.get("CategoricalParameterRanges", [])
        ),
    ]
    names = [one.name for one in ranges]
    for name in names:
        if names.count(name) > 1:
            raise ValidationError(f"The hyperparameter {name} has more than one range.")
    return ranges


def range_of_hint(name: str, hint: str) -> Range | None:
    """Return the range that is searched about an example; `None` if it is no number but 0."""
    try:
        number = float(hint)
    except ValueError:
        return None
    if number == 0 or not math.isfinite(number):
        return None
    ends = (number / HINT_FACTOR, number * HINT_FACTOR)
    if number < 0:
        return NumberRange(name, ends[1], ends[0], "Linear", is_integer=False)
    if hint.strip().isdigit():
        low, high = max(1, round(ends[0])), round(ends[1])
        return NumberRange(name, low, high, _scale_of(low, high), is_integer=True)
    if number < 1:
        ends = (ends[0], min(ends[1], 1.0))  # A rate or a share.
    return NumberRange(name, *ends, _scale_of(*ends), is_integer=False)


def combinations(ranges: Sequence[Range]) -> float:
    """Return how many combinations of values there are."""
    return math.prod(one.size for one in ranges)


def _number(given: Mapping[str, Any], *, is_integer: bool) -> NumberRange:
    name = given["Name"]
    try:
        low, high = (
            float(int(given[key]) if is_integer else given[key]) for key in ("MinValue", "MaxValue")
        )
    except ValueError as error:
        raise ValidationError(
            f"The range of the hyperparameter {name} is invalid: MinValue and MaxValue must be"
            f" {'integers' if is_integer else 'numbers'}."
        ) from error
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ValidationError(
            f"The range of the hyperparameter {name} is invalid: MinValue must be at most MaxValue."
        )
    scaling = given.get("ScalingType", "Auto")
    if scaling == "Auto":
        scaling = _scale_of(low, high)
    _check_scale(name, scaling, low, high, is_integer=is_integer)
    return NumberRange(name, low, high, scaling, is_integer)


def _check_scale(name: str, scale: Scale, low: float, high: float, *, is_integer: bool) -> None:
    if scale == "Logarithmic" and low <= 0:
        raise ValidationError(
            f"The hyperparameter {name}: Logarithmic scaling works only for ranges that have only"
            " values greater than 0."
        )
    if scale == "ReverseLogarithmic" and is_integer:
        raise ValidationError(
            f"The hyperparameter {name}: ReverseLogarithmic scaling is supported only for"
            " continuous hyperparameter ranges."
        )
    if scale == "ReverseLogarithmic" and not 0 <= low <= high < 1:
        raise ValidationError(
            f"The hyperparameter {name}: ReverseLogarithmic scaling works only for ranges that are"
            " entirely within the range 0<=x<1.0."
        )


def _scale_of(low: float, high: float) -> Scale:
    return "Logarithmic" if low > 0 and high / low >= WIDE else "Linear"


def _to(scale: Scale, value: float) -> float:
    match scale:
        case "Linear":
            return value
        case "Logarithmic":
            return math.log(value)
        case "ReverseLogarithmic":
            return -math.log1p(-value)


def _back(scale: Scale, value: float) -> float:
    match scale:
        case "Linear":
            return value
        case "Logarithmic":
            return math.exp(value)
        case "ReverseLogarithmic":
            return -math.expm1(-value)
