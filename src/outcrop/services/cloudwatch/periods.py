"""Data summed up by period: what GetMetricStatistics and GetMetricData are made of.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from outcrop.operations import Call
from outcrop.services.cloudwatch import shapes
from outcrop.services.cloudwatch.aggregates import Aggregate
from outcrop.services.cloudwatch.series import Metric, read_data

MINUTE = 60
HIGH_RESOLUTION_PERIODS = frozenset((1, 5, 10, 20, 30))


@dataclass(frozen=True, slots=True)
class TimeRange:
    """The time that a request asks about, in seconds since 1970."""

    start: int
    """Included."""
    stop: int
    """Excluded."""

    @classmethod
    def of(cls, start: datetime, stop: datetime) -> "TimeRange":
        """Return the range between two moments."""
        return cls(int(start.timestamp()), -int(-stop.timestamp() // 1))

    def rounded(self, period: int, now: datetime) -> "TimeRange":
        """Return the range with its start rounded down, the more so the longer ago it is."""
        age = now - moment_of(self.start)
        if period < MINUTE:
            step = period
        elif age < timedelta(days=15):
            step = MINUTE
        else:
            step = 5 * MINUTE if age < timedelta(days=63) else 60 * MINUTE
        return TimeRange(self.start - self.start % step, self.stop)

    def periods(self, period: int) -> range:
        """Return the starts of the periods in the range."""
        return range(self.start, self.stop, period)


def check_period(period: int) -> None:
    """Check that a period is one that CloudWatch sums up by.

    Raises:
        InvalidParameterValueException: It is not.
    """
    if period not in HIGH_RESOLUTION_PERIODS and (period < MINUTE or period % MINUTE):
        raise shapes.InvalidParameterValueException(
            f"The value {period} for parameter Period is invalid: it must be 1, 5, 10, 20, 30 or a"
            " multiple of 60."
        )


async def by_period(
    call: Call, metric: Metric, span: TimeRange, period: int
) -> Mapping[str, Mapping[int, Aggregate]]:
    """Return a metric's data by unit and start of period; periods without data are left out."""
    data = await read_data(
        call, metric, start=span.start, stop=span.stop, with_minutes=period >= MINUTE
    )
    summed: dict[str, dict[int, Aggregate]] = {}
    for unit, moments in data.items():
        grouped: dict[int, list[Aggregate]] = {}
        for moment, aggregates in moments.items():
            start = moment - (moment - span.start) % period
            grouped.setdefault(start, []).extend(aggregates)
        summed[unit] = {
            start: first.with_others(others) for start, (first, *others) in sorted(grouped.items())
        }
    return summed


def moment_of(second: int) -> datetime:
    """Return seconds since 1970 as a moment."""
    return datetime.fromtimestamp(second, UTC)
