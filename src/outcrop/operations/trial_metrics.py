"""Metrics of trial components: kept by one service, summed up by another.

SageMaker Metrics takes and gives them; SageMaker tells what they come to. Each component has one
record of its summaries, and one of data for every batch, in the order in which they came.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from outcrop.operations.records import every
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordStore,
    Replace,
    Scope,
    StaleRecordError,
    Write,
)

SERVICE = "sagemaker-metrics"
MEMBERS = ("MetricName", "Timestamp", "Value", "Step")
"""Of what is kept of each datum."""
TRIES = 100
"""A component that so many others write to in between is contended beyond use."""


async def keep(
    records: RecordStore, account: str, region: str, component_arn: str, data: Sequence[Document]
) -> None:
    """Keep data of a trial component and sum them up, both or neither.

    Args:
        records: Where they are kept.
        account: Whose component it is.
        region: Where it is.
        component_arn: Which one.
        data: Each with its `MetricName`, `Timestamp`, `Value` and perhaps `Step`.

    Raises:
        StaleRecordError: Others wrote the component's metrics all the time.
    """
    place = _summaries(account, region)
    for _ in range(TRIES):
        before = await records.find(place, component_arn)
        summed = _summed(before, data)
        number = summed["batches"]
        batch = Create(
            scope=_data(account, region, component_arn),
            name=f"{number:012d}",
            document={"data": [_kept(datum) for datum in data]},
        )
        try:
            await records.write(batch, _over(before, place, component_arn, summed))
        except (RecordExistsError, StaleRecordError):
            continue
        return
    raise StaleRecordError(component_arn)


async def summaries_of(
    records: RecordStore, account: str, region: str, component_arn: str
) -> list[Mapping[str, Any]]:
    """Return what a trial component's metrics come to, by name, as SageMaker tells it."""
    found = await records.find(_summaries(account, region), component_arn)
    return (
        [_told(name, sums) for name, sums in sorted(found.document["metrics"].items())]
        if found
        else []
    )


async def data_of(
    records: RecordStore, account: str, region: str, component_arn: str, name: str
) -> list[Document]:
    """Return all data of one metric of a trial component, in the order in which they came."""
    return [
        datum
        async for batch in every(records, _data(account, region, component_arn))
        for datum in batch.document["data"]
        if datum["MetricName"] == name
    ]


async def forgetting(
    records: RecordStore, account: str, region: str, component_arn: str
) -> list[Write]:
    """Return the writes that forget a trial component's metrics."""
    place = _data(account, region, component_arn)
    return [
        Delete(scope=_summaries(account, region), name=component_arn, must_exist=False),
        *[
            Delete(scope=place, name=batch.name, must_exist=False)
            async for batch in every(records, place)
        ],
    ]


def _kept(datum: Document) -> Document:
    return {name: datum[name] for name in MEMBERS if name in datum}


def _summaries(account: str, region: str) -> Scope:
    return Scope(account, region, SERVICE, "summaries")


def _data(account: str, region: str, component_arn: str) -> Scope:
    return Scope(account, region, SERVICE, f"data/{component_arn}")


def _over(before: Record | None, place: Scope, name: str, document: Document) -> Write:
    if before is None:
        return Create(scope=place, name=name, document=document)
    return Replace(record=before, document=document)


def _summed(before: Record | None, data: Sequence[Document]) -> Document:
    """Return the sums with more data: the mean and the squares about it by Welford's rule."""
    metrics: dict[str, Any] = dict(before.document["metrics"]) if before else {}
    for datum in data:
        value, sums = datum["Value"], metrics.get(datum["MetricName"])
        sums = sums or {"count": 0, "mean": 0.0, "squares": 0.0, "min": value, "max": value}
        count = sums["count"] + 1
        mean = sums["mean"] + (value - sums["mean"]) / count
        metrics[datum["MetricName"]] = {
            "count": count,
            "mean": mean,
            "squares": sums["squares"] + (value - sums["mean"]) * (value - mean),
            "min": min(sums["min"], value),
            "max": max(sums["max"], value),
            **_last(sums, datum),
        }
    return {"metrics": metrics, "batches": before.document["batches"] + 1 if before else 1}


def _last(sums: Mapping[str, Any], datum: Document) -> Mapping[str, Any]:
    """Return which datum is the last in time, the later comer of two of one moment."""
    time: datetime = datum["Timestamp"]
    if "time" in sums and sums["time"] > time:
        return {"last": sums["last"], "time": sums["time"]}
    return {"last": datum["Value"], "time": time}


def _told(name: str, sums: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "MetricName": name,
        "TimeStamp": sums["time"],
        "Max": sums["max"],
        "Min": sums["min"],
        "Last": sums["last"],
        "Count": sums["count"],
        "Avg": sums["mean"],
        "StdDev": math.sqrt(max(0.0, sums["squares"]) / sums["count"]),
    }
