"""What the data of an alarm's metric make of its state.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outcrop.operations import Call
from outcrop.services.cloudwatch.aggregates import Aggregate
from outcrop.services.cloudwatch.metric_queries import Queries
from outcrop.services.cloudwatch.periods import TimeRange, by_period, moment_of
from outcrop.services.cloudwatch.series import Metric
from outcrop.services.cloudwatch.statistics import statistic_of

COMPARISONS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (lambda v, t: v > t, "greater than"),
    "GreaterThanOrEqualToThreshold": (lambda v, t: v >= t, "greater than or equal to"),
    "LessThanThreshold": (lambda v, t: v < t, "less than"),
    "LessThanOrEqualToThreshold": (lambda v, t: v <= t, "less than or equal to"),
}
"""By operator: whether a value breaches a threshold, and how that is told."""
TREATMENTS = {"breaching": "Breaching", "notBreaching": "NonBreaching", "ignore": "Ignored"}


@dataclass(frozen=True, slots=True)
class AlarmState:
    """A state and its reason."""

    value: str
    """`OK`, `ALARM` or `INSUFFICIENT_DATA`."""
    reason: str
    data: str = ""
    """JSON that tells the datapoints."""


@dataclass(frozen=True, slots=True)
class Datapoint:
    """The value of one evaluated period; `None` where there were no data."""

    start: int
    value: float | None
    count: float | None = None


async def evaluated(call: Call, alarm: Mapping[str, Any], now: datetime) -> AlarmState | None:
    """Return the state of a metric alarm; `None`: it stays as it is."""
    datapoints = await _datapoints(call, alarm, now)
    present = [each for each in datapoints if each.value is not None]
    missing = len(datapoints) - len(present)
    treatment = alarm.get("TreatMissingData", "missing")
    data = _reason_data(alarm, datapoints, now)
    if not present and treatment == "ignore":
        return None
    if not present and treatment == "missing":
        reason = f"Insufficient Data: {_counted(missing, 'datapoint')} {_was(missing)} unknown."
        return AlarmState("INSUFFICIENT_DATA", reason, data)
    breaches, _ = COMPARISONS[alarm["ComparisonOperator"]]
    breaching = [each for each in present if breaches(each.value or 0.0, alarm["Threshold"])]
    count = len(breaching) + (missing if treatment == "breaching" else 0)
    needed = alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"])
    is_alarm = count >= needed
    if not present:
        reason = _reason_of_missing(missing, treatment)
    else:
        quiet = [each for each in present if each not in breaching]
        reason = _reason(alarm, breaching if is_alarm else quiet or present, is_alarm=is_alarm)
    return AlarmState("ALARM" if is_alarm else "OK", reason, data)


async def _datapoints(call: Call, alarm: Mapping[str, Any], now: datetime) -> Sequence[Datapoint]:
    """Return the periods that count, the latest first; the one under way does not."""
    period = period_of(alarm)
    stop = int(now.timestamp()) // period * period
    span = TimeRange(stop - period * alarm["EvaluationPeriods"], stop)
    if "Metrics" in alarm:
        return await _computed(call, alarm, span, period)
    metric = Metric.of(alarm["Namespace"], alarm["MetricName"], alarm.get("Dimensions", []))
    units = await by_period(call, metric, span, period)
    wanted = alarm.get("Unit")
    chosen: Mapping[int, Aggregate] = (
        units.get(wanted, {}) if wanted else units[min(units)] if units else {}
    )
    statistic = statistic_of(alarm.get("Statistic") or alarm["ExtendedStatistic"])
    found: list[Datapoint] = []
    for start in reversed(span.periods(period)):
        aggregate = chosen.get(start)
        value = statistic(aggregate) if statistic and aggregate else None
        found.append(Datapoint(start, value, aggregate.count if aggregate else None))
    return found


async def _computed(
    call: Call, alarm: Mapping[str, Any], span: TimeRange, period: int
) -> Sequence[Datapoint]:
    queries = Queries.of(call, alarm["Metrics"], span)
    (watched,) = [query["Id"] for query in alarm["Metrics"] if query.get("ReturnData", True)]
    answer = await queries.answer(watched)
    values: Mapping[int, float] = answer.series[0].values if len(answer.series) == 1 else {}
    return [Datapoint(start, values.get(start)) for start in reversed(span.periods(period))]


def period_of(alarm: Mapping[str, Any]) -> int:
    """Return the period of an alarm, in seconds; that of its metrics if it has many."""
    if "Period" in alarm:
        return alarm["Period"]
    periods = [query["MetricStat"]["Period"] for query in alarm["Metrics"] if "MetricStat" in query]
    periods += [query["Period"] for query in alarm["Metrics"] if "Period" in query]
    return max(periods, default=60)


def _reason(alarm: Mapping[str, Any], datapoints: Sequence[Datapoint], *, is_alarm: bool) -> str:
    _, words = COMPARISONS[alarm["ComparisonOperator"]]
    told = ", ".join(
        f"{each.value} ({moment_of(each.start):%d/%m/%y %H:%M:%S})" for each in datapoints
    )
    number = len(datapoints)
    sense = words if is_alarm else f"not {words}"
    threshold = float(alarm["Threshold"])
    needed = alarm.get("DatapointsToAlarm")
    if needed is None:
        counted = _counted(number, "datapoint")
        return (
            f"Threshold Crossed: {counted} [{told}] {_was(number)} {sense} the threshold"
            f" ({threshold})."
        )
    of_how_many = f"{number} out of the last {_counted(alarm['EvaluationPeriods'], 'datapoint')}"
    change = "OK -> ALARM" if is_alarm else "ALARM -> OK"
    return (
        f"Threshold Crossed: {of_how_many} [{told}] {_was(number)} {sense} the threshold"
        f" ({threshold}) (minimum {_counted(needed, 'datapoint')} for {change} transition)."
    )


def _reason_of_missing(missing: int, treatment: str) -> str:
    return (
        f"Threshold Crossed: no datapoints were received for {_counted(missing, 'period')} and"
        f" {missing} missing {'datapoint was' if missing == 1 else 'datapoints were'} treated as"
        f" [{TREATMENTS[treatment]}]."
    )


def _reason_data(alarm: Mapping[str, Any], datapoints: Sequence[Datapoint], now: datetime) -> str:
    present = [each for each in datapoints if each.value is not None]
    data: dict[str, Any] = {"version": "1.0", "queryDate": timestamp(now)}
    if present:
        data["startDate"] = timestamp(moment_of(min(each.start for each in present)))
    if "Unit" in alarm:
        data["unit"] = alarm["Unit"]
    if "Statistic" in alarm:
        data["statistic"] = alarm["Statistic"]
    data |= {
        "period": period_of(alarm),
        "recentDatapoints": [each.value for each in reversed(present)],
        "threshold": float(alarm["Threshold"]),
        "evaluatedDatapoints": [_told(each) for each in datapoints],
    }
    return compact(data)


def _told(datapoint: Datapoint) -> dict[str, Any]:
    told: dict[str, Any] = {"timestamp": timestamp(moment_of(datapoint.start))}
    if datapoint.count is not None:
        told["sampleCount"] = datapoint.count
    if datapoint.value is not None:
        told["value"] = datapoint.value
    return told


def compact(data: Mapping[str, Any]) -> str:
    """Return the data of a reason or of the history as CloudWatch writes them."""
    return json.dumps(data, separators=(",", ":"))


def timestamp(moment: datetime) -> str:
    """Return a moment as the data of reasons have it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
