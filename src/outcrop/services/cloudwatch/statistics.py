"""Statistics of aggregates: the five plain ones, percentiles, trimmed and winsorised means.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from outcrop.services.cloudwatch.aggregates import Aggregate

Statistic = Callable[[Aggregate], float | None]
"""Gives a value, or `None` where the values themselves would be needed and are not known."""
Weighted = Sequence[tuple[float, float]]
"""Values in their order, each with how often it occurred."""

PLAIN: dict[str, Statistic] = {
    "SampleCount": lambda aggregate: aggregate.count,
    "Average": lambda aggregate: aggregate.total / aggregate.count if aggregate.count else None,
    "Sum": lambda aggregate: aggregate.total,
    "Minimum": lambda aggregate: aggregate.least,
    "Maximum": lambda aggregate: aggregate.greatest,
}
SHORT = re.compile(r"(p|tm|wm|tc|ts)(\d{1,2}(?:\.\d{1,10})?|100)")
RANGE = re.compile(r"(TM|WM|TC|TS|PR)\(([\d.]*%?):([\d.]*%?)\)")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which of an aggregate's values count: from a lower to an upper bound."""

    lower: str
    """A percentile such as `10%`, a value, or nothing."""
    upper: str

    def within(self, values: Weighted) -> Weighted:
        """Return the values between the bounds, those at them included."""
        least, greatest = self.limits(values)
        return [(value, count) for value, count in values if least <= value <= greatest]

    def limits(self, values: Weighted) -> tuple[float, float]:
        """Return the bounds as values."""
        return (
            _limit(self.lower, values) if self.lower else values[0][0],
            _limit(self.upper, values) if self.upper else values[-1][0],
        )


def statistic_of(name: str) -> Statistic | None:
    """Return the statistic of a name such as `Average`, `p99.9` or `TM(10%:90%)`, or `None`."""
    if name in PLAIN:
        return PLAIN[name]
    if name == "IQM":
        return _of_values(lambda values: _mean(Bounds("25%", "75%").within(values)))
    if short := SHORT.fullmatch(name):
        kind, percent = short.groups()
        if kind == "p":
            return _of_values(lambda values: percentile(values, float(percent)))
        return _ranged(kind.upper(), Bounds("", f"{percent}%"))
    if ranged := RANGE.fullmatch(name):
        kind, lower, upper = ranged.groups()
        is_percentile_rank = kind == "PR" and "%" in lower + upper
        if not is_percentile_rank and (lower or upper):
            return _ranged(kind, Bounds(lower, upper))
    return None


def percentile(values: Weighted, percent: float) -> float:
    """Return the least value that so many percent of all values do not exceed."""
    wanted = percent / 100 * sum(count for _, count in values)
    reached = 0.0
    for value, count in values:
        reached += count
        if reached >= wanted:
            return value
    return values[-1][0]


def _ranged(kind: str, bounds: Bounds) -> Statistic:
    match kind:
        case "TM":
            return _of_values(lambda values: _mean(bounds.within(values)))
        case "TC":
            return _of_values(lambda values: sum(count for _, count in bounds.within(values)))
        case "TS":
            return _of_values(lambda values: sum(v * count for v, count in bounds.within(values)))
        case "WM":
            return _of_values(lambda values: _winsorised_mean(values, bounds))
        case _:
            return _of_values(lambda values: _rank(values, bounds))


def _of_values(compute: Callable[[Weighted], float | None]) -> Statistic:
    def statistic(aggregate: Aggregate) -> float | None:
        return compute(sorted(aggregate.values.items())) if aggregate.values else None

    return statistic


def _mean(values: Weighted) -> float | None:
    count = sum(count for _, count in values)
    return sum(value * times for value, times in values) / count if count else None


def _winsorised_mean(values: Weighted, bounds: Bounds) -> float | None:
    least, greatest = bounds.limits(values)
    return _mean([(min(max(value, least), greatest), count) for value, count in values])


def _rank(values: Weighted, bounds: Bounds) -> float:
    """Return how many percent of the values lie between two of them."""
    inside = sum(count for _, count in bounds.within(values))
    return 100 * inside / sum(count for _, count in values)


def _limit(bound: str, values: Weighted) -> float:
    if bound.endswith("%"):
        return percentile(values, float(bound[:-1]))
    return float(bound)
