"""GetMetricStatistics: statistics of one metric, period by period.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.cloudwatch import shapes
from outcrop.services.cloudwatch.aggregates import Aggregate
from outcrop.services.cloudwatch.periods import TimeRange, by_period, check_period, moment_of
from outcrop.services.cloudwatch.series import Metric
from outcrop.services.cloudwatch.statistics import PLAIN, Statistic, statistic_of

MOST_DATAPOINTS = 1440


@operation("GetMetricStatistics")
async def get_metric_statistics(
    call: Call, request: shapes.GetMetricStatisticsInput
) -> shapes.GetMetricStatisticsOutput:
    """Answer with a datapoint per period and unit in which there were data, oldest first."""
    plain = request.get("Statistics", [])
    extended = request.get("ExtendedStatistics", [])
    if not plain and not extended:
        raise shapes.InvalidParameterCombinationException(
            "Must specify either Statistics or ExtendedStatistics"
        )
    statistics = {name: _extended(name) for name in extended}
    period = request["Period"]
    check_period(period)
    span = _span(request["StartTime"], request["EndTime"])
    asked = len(span.periods(period))
    if asked > MOST_DATAPOINTS:
        raise shapes.InvalidParameterCombinationException(
            f"You have requested up to {asked:,} datapoints, which exceeds the limit of"
            f" {MOST_DATAPOINTS:,}. You may reduce the datapoints requested by increasing Period,"
            " or decreasing the time range."
        )
    metric = Metric.of(request["Namespace"], request["MetricName"], request.get("Dimensions", []))
    units = await by_period(call, metric, span.rounded(period, call.backends.now()), period)
    wanted = request.get("Unit")
    found = sorted(
        (start, unit, aggregate)
        for unit, periods in units.items()
        if wanted in {None, unit}
        for start, aggregate in periods.items()
    )
    return {
        "Label": request["MetricName"],
        "Datapoints": [
            _datapoint(start, unit, aggregate, plain, statistics)
            for start, unit, aggregate in found
        ],
    }


def _extended(name: str) -> Statistic:
    statistic = statistic_of(name) if name not in PLAIN else None
    if statistic is None:
        raise shapes.InvalidParameterValueException(
            f"The value {name} for parameter ExtendedStatistics.member is invalid."
        )
    return statistic


def _datapoint(
    start: int,
    unit: str,
    aggregate: Aggregate,
    plain: Sequence[str],
    extended: Mapping[str, Statistic],
) -> shapes.Datapoint:
    datapoint: Any = {"Timestamp": moment_of(start), "Unit": unit}
    for name in plain:
        datapoint[name] = PLAIN[name](aggregate)
    values = {name: statistic(aggregate) for name, statistic in extended.items()}
    # Data that came as statistic sets have no percentiles.
    known = {name: value for name, value in values.items() if value is not None}
    if known:
        datapoint["ExtendedStatistics"] = known
    return datapoint


def _span(start: datetime, stop: datetime) -> TimeRange:
    if start == stop:
        raise shapes.InvalidParameterValueException(
            "The parameter StartTime must not equal parameter EndTime."
        )
    if start > stop:
        raise shapes.InvalidParameterValueException(
            "The parameter StartTime must be less than the parameter EndTime."
        )
    return TimeRange.of(start, stop)
