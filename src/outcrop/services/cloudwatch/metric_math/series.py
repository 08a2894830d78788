"""Time series: values at moments, and the moments at which there could be one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """Values by moment; where nothing was measured there is none."""

    values: Mapping[int, float]
    """Start of a period, in seconds since 1970 → value."""
    period: int
    """In seconds."""
    moments: range
    """The starts of all periods that were asked for."""
    label: str = ""
    properties: Mapping[str, str] = field(default_factory=dict[str, str])
    """What dynamic labels may name: `MetricName`, `Stat`, `Dim.InstanceId`."""

    def mapped(self, change: Callable[[float], float | None]) -> "TimeSeries":
        """Return the series with each value changed; `None` drops it."""
        changed = ((moment, change(value)) for moment, value in self.values.items())
        return self.with_values({m: value for m, value in changed if value is not None})

    def with_values(self, values: Mapping[int, float]) -> "TimeSeries":
        """Return a series of the same period and label with other values."""
        return replace(self, values=dict(sorted(values.items())))


Scalar: TypeAlias = float
Value: TypeAlias = Scalar | TimeSeries | list[TimeSeries] | str
"""What an expression comes to; text is for functions that ask for it."""


def all_moments(series: Iterable[TimeSeries]) -> list[int]:
    """Return the moments at which at least one of some series has a value."""
    return sorted({moment for each in series for moment in each.values})
