"""PutMetricData: take in values, statistic sets and distributions.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.cloudwatch import shapes
from outcrop.services.cloudwatch.aggregates import Aggregate
from outcrop.services.cloudwatch.series import (
    Metric,
    as_document,
    data_scope,
    metrics_scope,
    of_document,
    stretch_name,
)
from outcrop.storage.records.interface import (
    Create,
    Put,
    RecordExistsError,
    RecordNotFoundError,
    Replace,
    Scope,
    StaleRecordError,
    Write,
)

MOST_DATA = 1000
MOST_VALUES = 150
GREATEST_VALUE = 2.0**360
OLDEST = timedelta(days=14)
NEWEST = timedelta(hours=2)
NOTED_EVERY = timedelta(minutes=10)
"""How exactly a metric's record knows when data last came."""
TRIES = 200


@dataclass(frozen=True, slots=True)
class Datum:
    """One datum of a request, checked."""

    metric: Metric
    resolution: int
    moment: int
    """Seconds since 1970, at the start of the resolution's step."""
    unit: str
    aggregate: Aggregate


@operation("PutMetricData")
async def put_metric_data(call: Call, request: shapes.PutMetricDataInput) -> None:
    """Add data to metrics, which come into being with their first datum."""
    given = [*request.get("MetricData", [])]
    for entity in request.get("EntityMetricData", []):
        given += entity.get("MetricData", [])
    if not given:
        raise shapes.MissingRequiredParameterException("The parameter MetricData is required.")
    if len(given) > MOST_DATA:
        raise shapes.InvalidParameterValueException(
            f"The collection MetricData must not have a size greater than {MOST_DATA}."
        )
    data = [
        _checked(call, request["Namespace"], datum, f"MetricData.member.{number}")
        for number, datum in enumerate(given, start=1)
    ]
    for _ in range(TRIES):
        try:
            await call.backends.records.write(*await _writes(call, data))
        except (StaleRecordError, RecordExistsError, RecordNotFoundError):
            continue
        return
    raise shapes.InternalServiceFault("Too many writers on these metrics; try again.")


async def _writes(call: Call, data: Sequence[Datum]) -> list[Write]:
    """Return what stores the data: each stretch of time that they fall into, written anew."""
    by_stretch: dict[tuple[Scope, str], list[Datum]] = {}
    for datum in data:
        scope = data_scope(call, datum.metric, datum.resolution)
        name = stretch_name(datum.moment, datum.resolution)
        by_stretch.setdefault((scope, name), []).append(datum)
    writes: list[Write] = []
    for (scope, name), added in by_stretch.items():
        record = await call.backends.records.find(scope, name)
        units = {} if record is None else of_document(record.document)
        for datum in added:
            points = units.setdefault(datum.unit, {})
            before = points.get(datum.moment)
            points[datum.moment] = (
                datum.aggregate if before is None else before.with_others([datum.aggregate])
            )
        document = as_document(units)
        if record is None:
            writes.append(Create(scope=scope, name=name, document=document))
        else:
            writes.append(Replace(record=record, document=document))
    for metric in {datum.metric: None for datum in data}:
        writes += await _noted(call, metric)
    return writes


async def _noted(call: Call, metric: Metric) -> list[Write]:
    """Return the write that makes a metric known and notes when data came, if that is needed."""
    now = call.backends.now()
    record = await call.backends.records.find(metrics_scope(call), metric.record_name)
    if record is not None and now - record.document["seen"] < NOTED_EVERY:
        return []
    document = {
        "namespace": metric.namespace,
        "name": metric.name,
        "dimensions": [list(pair) for pair in metric.dimensions],
        "seen": now,
    }
    return [Put(scope=metrics_scope(call), name=metric.record_name, document=document)]


def _checked(call: Call, namespace: str, datum: Any, where: str) -> Datum:
    resolution = datum.get("StorageResolution", 60)
    if resolution not in {1, 60}:
        raise shapes.InvalidParameterValueException(
            f"The parameter {where}.StorageResolution must be 1 or 60."
        )
    now = call.backends.now()
    moment = datum.get("Timestamp", now)
    if moment > now + NEWEST:
        raise shapes.InvalidParameterValueException(
            f"The parameter {where}.Timestamp must specify a time no more than two hours in the"
            " future."
        )
    if moment < now - OLDEST:
        raise shapes.InvalidParameterValueException(
            f"The parameter {where}.Timestamp must specify a time within the past two weeks."
        )
    second = int(moment.timestamp())
    return Datum(
        metric=Metric.of(namespace, datum["MetricName"], datum.get("Dimensions", [])),
        resolution=resolution,
        moment=second - second % resolution,
        unit=datum.get("Unit", "None"),
        aggregate=_aggregate(datum, where),
    )


def _aggregate(datum: Any, where: str) -> Aggregate:
    forms = [form for form in ("Value", "Values", "StatisticValues") if form in datum]
    if not forms:
        raise shapes.MissingRequiredParameterException(
            "At least one of the parameters must be specified: "
            + ", ".join(f"{where}.{form}" for form in ("Value", "StatisticValues", "Values"))
        )
    if len(forms) > 1:
        raise shapes.InvalidParameterCombinationException(
            f"The parameters {where}.{forms[0]} and {where}.{forms[1]} are mutually exclusive and"
            " you have specified both."
        )
    match forms[0]:
        case "Value":
            _check_numbers(f"{where}.Value", [datum["Value"]])
            return Aggregate.of_values([float(datum["Value"])], [1.0])
        case "Values":
            return _distribution(datum, where)
        case _:
            return _statistic_set(datum["StatisticValues"], f"{where}.StatisticValues")


def _distribution(datum: Any, where: str) -> Aggregate:
    values = [float(value) for value in datum["Values"]]
    counts = [float(count) for count in datum.get("Counts", [1.0] * len(values))]
    if not values:
        raise shapes.MissingRequiredParameterException(f"The parameter {where}.Values is required.")
    if len(values) > MOST_VALUES:
        raise shapes.InvalidParameterValueException(
            f"The collection {where}.Values must not have a size greater than {MOST_VALUES}."
        )
    if len(values) != len(counts):
        raise shapes.InvalidParameterValueException(
            f"The parameters {where}.Values and {where}.Counts must be of the same size."
        )
    _check_numbers(f"{where}.Values", values)
    _check_numbers(f"{where}.Counts", counts)
    if any(count < 0 for count in counts):
        raise shapes.InvalidParameterValueException(
            f"The parameter {where}.Counts must be greater than or equal to 0."
        )
    return Aggregate.of_values(values, counts)


def _statistic_set(given: shapes.StatisticSet, where: str) -> Aggregate:
    numbers = [given["SampleCount"], given["Sum"], given["Minimum"], given["Maximum"]]
    _check_numbers(where, numbers)
    if given["SampleCount"] <= 0:
        raise shapes.InvalidParameterValueException(
            f"The parameter {where}.SampleCount must be greater than 0."
        )
    if given["Maximum"] < given["Minimum"]:
        raise shapes.InvalidParameterValueException(
            f"The parameter {where}.Maximum must be greater than {where}.Minimum."
        )
    return Aggregate.of_statistics(
        count=float(given["SampleCount"]),
        total=float(given["Sum"]),
        least=float(given["Minimum"]),
        greatest=float(given["Maximum"]),
    )


def _check_numbers(where: str, numbers: Sequence[float]) -> None:
    for number in numbers:
        if not math.isfinite(number) or abs(number) > GREATEST_VALUE:
            raise shapes.InvalidParameterValueException(
                f"The value {number} for parameter {where} is invalid."
            )
