"""Metrics and their data: one record per metric, and one per stretch of a metric's time.

A metric is a namespace, a name and a set of dimensions. Its data are kept at a resolution of one
minute, in documents of an hour, or of one second, in documents of five minutes.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.operations import Call
from outcrop.operations.records import every
from outcrop.services.cloudwatch import shapes
from outcrop.services.cloudwatch.aggregates import Aggregate
from outcrop.storage.records.interface import Record, RecordStore, Scope

STRETCH_SECONDS = {60: 3600, 1: 300}
"""Resolution in seconds → how much time a document holds, in seconds."""
SEPARATOR = "\x1f"
UnitsAt = Mapping[str, Mapping[int, Aggregate]]
"""Unit → start of a moment, in seconds since 1970 → what happened in it."""


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    """Names and values, by name."""

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Iterable[Any]) -> "Metric":
        """Return the metric of a request; the order of its dimensions does not count.

        Raises:
            InvalidParameterValueException: A dimension occurs twice.
        """
        named = sorted((each["Name"], each["Value"]) for each in dimensions)
        if len({dimension for dimension, _ in named}) < len(named):
            raise shapes.InvalidParameterValueException(
                "The parameter Dimensions must not contain the same name twice."
            )
        return cls(namespace, name, tuple(named))

    @classmethod
    def of_record(cls, record: Record) -> "Metric":
        """Return the metric that a record tells of."""
        document = record.document
        dimensions = tuple((name, value) for name, value in document["dimensions"])
        return cls(document["namespace"], document["name"], dimensions)

    @property
    def record_name(self) -> str:
        """How the metric's record is named: by namespace, name and dimensions."""
        dimensions = json.dumps(self.dimensions, separators=(",", ":"))
        return SEPARATOR.join((self.namespace, self.name, dimensions))

    @property
    def id(self) -> str:
        """A short name for the places of the metric's data."""
        return hashlib.sha256(self.record_name.encode()).hexdigest()[:24]

    def as_shape(self) -> shapes.Metric:
        """Return the metric as CloudWatch shows it."""
        return {
            "Namespace": self.namespace,
            "MetricName": self.name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in self.dimensions],
        }


def metrics_scope(call: Call) -> Scope:
    """Return where the metrics of the call's account and region are."""
    return Scope(call.account, call.region, "cloudwatch", "metric")


def data_scope(call: Call, metric: Metric, resolution: int) -> Scope:
    """Return where a metric's data of a resolution, in seconds, are."""
    return Scope(call.account, call.region, "cloudwatch", f"data-{resolution}/{metric.id}")


def stretch_name(second: int, resolution: int) -> str:
    """Return the name of the document that holds a moment."""
    length = STRETCH_SECONDS[resolution]
    return f"{second - second % length:012d}"


def as_document(units: UnitsAt) -> dict[str, Any]:
    """Return data as a record holds them."""
    return {
        unit: [[moment, aggregate.as_document()] for moment, aggregate in sorted(points.items())]
        for unit, points in units.items()
    }


def of_document(document: Mapping[str, Any]) -> dict[str, dict[int, Aggregate]]:
    """Return the data that a record holds."""
    return {
        unit: {moment: Aggregate.of_document(aggregate) for moment, aggregate in points}
        for unit, points in document.items()
    }


async def read_data(
    call: Call, metric: Metric, *, start: int, stop: int, with_minutes: bool
) -> dict[str, dict[int, list[Aggregate]]]:
    """Return a metric's data by unit and moment, from `start` up to `stop`, in seconds.

    Args:
        call: Whose data.
        metric: Which metric's.
        start: Included.
        stop: Excluded.
        with_minutes: Whether data of one minute's resolution count too.
    """
    found: dict[str, dict[int, list[Aggregate]]] = {}
    for resolution in (60, 1) if with_minutes else (1,):
        scope = data_scope(call, metric, resolution)
        for record in await _stretches(call.backends.records, scope, start, stop, resolution):
            for unit, points in of_document(record.document).items():
                for moment, aggregate in points.items():
                    if start <= moment < stop:
                        found.setdefault(unit, {}).setdefault(moment, []).append(aggregate)
    return found


async def _stretches(
    records: RecordStore, scope: Scope, start: int, stop: int, resolution: int
) -> Sequence[Record]:
    first = stretch_name(max(start, 0), resolution)
    last = stretch_name(max(stop - 1, 0), resolution)
    # Names are digits: the one before the first sorts right before it.
    after = f"{int(first) - 1:012d}" if int(first) else ""
    found: list[Record] = []
    while True:
        page = await records.list(scope, after=after, limit=200)
        found += [record for record in page if record.name <= last]
        if len(page) < 200 or page[-1].name >= last:
            return found
        after = page[-1].name


async def known_metrics(
    call: Call, namespace: str | None = None, name: str | None = None
) -> list[Record]:
    """Return the records of the metrics of a namespace and a name, or of all."""
    parts = [part for part in (namespace, name) if part is not None]
    prefix = SEPARATOR.join((*parts, "")) if namespace is not None else ""
    return [
        record
        async for record in every(call.backends.records, metrics_scope(call), prefix=prefix)
        if name in {None, record.document["name"]}
    ]
