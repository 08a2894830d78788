"""What is kept of the values of one metric in one stretch of time.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_DISTINCT_VALUES = 1000
"""Beyond so many in one stretch, values are kept to three digits: within 0.5 %."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A number of values, summed up."""

    count: float
    total: float
    least: float
    greatest: float
    values: Mapping[float, float] | None
    """Value → how often it occurred; `None` where only a statistic set is known."""

    @classmethod
    def of_values(cls, values: Sequence[float], counts: Sequence[float]) -> "Aggregate":
        """Return the aggregate of values that each occurred some number of times."""
        distribution: dict[float, float] = {}
        for value, count in zip(values, counts, strict=True):
            distribution[value] = distribution.get(value, 0.0) + count
        total = sum(value * count for value, count in distribution.items())
        return cls(sum(counts), total, min(values), max(values), distribution)

    @classmethod
    def of_statistics(
        cls, *, count: float, total: float, least: float, greatest: float
    ) -> "Aggregate":
        """Return the aggregate of a statistic set."""
        # Only here are the values themselves known: there is one, or all are the same.
        values = {least: count} if count == 1 or least == greatest else None
        return cls(count, total, least, greatest, values)

    @classmethod
    def of_document(cls, document: Sequence[Any]) -> "Aggregate":
        """Return the aggregate that `as_document` wrote."""
        count, total, least, greatest, values = document
        return cls(count, total, least, greatest, None if values is None else dict(values))

    def as_document(self) -> list[Any]:
        """Return the aggregate as JSON can hold it."""
        values = None if self.values is None else list(self.values.items())
        return [self.count, self.total, self.least, self.greatest, values]

    def with_others(self, others: Sequence["Aggregate"]) -> "Aggregate":
        """Return this and others as one."""
        parts = (self, *others)
        return Aggregate(
            sum(part.count for part in parts),
            sum(part.total for part in parts),
            min(part.least for part in parts),
            max(part.greatest for part in parts),
            _together([part.values for part in parts]),
        )


def _together(parts: Sequence[Mapping[float, float] | None]) -> Mapping[float, float] | None:
    values: dict[float, float] = {}
    for part in parts:
        if part is None:
            return None
        for value, count in part.items():
            values[value] = values.get(value, 0.0) + count
    if len(values) <= MOST_DISTINCT_VALUES:
        return values
    rounded: dict[float, float] = {}
    for value, count in values.items():
        near = float(f"{value:.2e}")
        rounded[near] = rounded.get(near, 0.0) + count
    return rounded
