"""Metric filters: kept, tried out, and at work on every batch of events.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of_records
from outcrop.operations.records import every
from outcrop.services.logs import shapes
from outcrop.services.logs.filter_pattern import (
    FilterPattern,
    InvalidPatternError,
    parse_pattern,
    selected,
)
from outcrop.services.logs.patterns import SlowExpressionError
from outcrop.services.logs.places import (
    MOST_DESCRIBED,
    change_group,
    find_group,
    invalid_token,
    milliseconds,
    scope,
)
from outcrop.storage.records.interface import Delete, Put, Record, RecordNotFoundError, Scope

logger = logging.getLogger(__name__)

MOST_FILTERS = 100
MINUTE = 60_000
"""In milliseconds."""
DATA_PER_REQUEST = 500


@operation("PutMetricFilter")
async def put_metric_filter(call: Call, request: shapes.PutMetricFilterRequest) -> None:
    """Make or replace a filter that turns events into data of a metric."""
    pattern_of(request["filterPattern"])
    for unavailable in ("fieldSelectionCriteria", "emitSystemFieldDimensions"):
        if request.get(unavailable):
            raise shapes.InvalidParameterException(
                f"{unavailable} is not available in Outcrop, whose log groups know no data sources."
            )
    group = await find_group(call, request["logGroupName"])
    records, place = call.backends.records, metric_filters(call)
    name = f"{group.name}:{request['filterName']}"
    is_new = await records.find(place, name) is None
    if is_new and await records.count(place, prefix=f"{group.name}:") >= MOST_FILTERS:
        raise shapes.LimitExceededException("Resource limit exceeded.")
    document = {**request, "creationTime": milliseconds(call.backends.now())}
    await records.write(Put(scope=place, name=name, document=document))
    await _count_filters(call, group)


@operation("DeleteMetricFilter")
async def delete_metric_filter(call: Call, request: shapes.DeleteMetricFilterRequest) -> None:
    """Delete a filter; the data that it made stay."""
    group = await find_group(call, request["logGroupName"])
    name = f"{group.name}:{request['filterName']}"
    try:
        await call.backends.records.write(Delete(scope=metric_filters(call), name=name))
    except RecordNotFoundError as error:
        raise shapes.ResourceNotFoundException(
            "The specified metric filter does not exist."
        ) from error
    await _count_filters(call, group)


@operation("DescribeMetricFilters")
async def describe_metric_filters(
    call: Call, request: shapes.DescribeMetricFiltersRequest
) -> shapes.DescribeMetricFiltersResponse:
    """Answer with the filters of a group, or with all that feed a metric."""
    metric, namespace = request.get("metricName"), request.get("metricNamespace")
    if (metric is None) != (namespace is None):
        raise shapes.InvalidParameterException(
            "If you include the metricName parameter in your request, you must also include the"
            " metricNamespace parameter."
        )
    prefix = request.get("filterNamePrefix", "")
    group = request.get("logGroupName")
    if group is not None:
        await find_group(call, group)

    def keep(record: Record) -> bool:
        document = record.document
        feeds = document["metricTransformations"][0]
        return document["filterName"].startswith(prefix) and (
            metric is None or (metric, namespace) == (feeds["metricName"], feeds["metricNamespace"])
        )

    page = await page_of_records(
        call.backends.records,
        metric_filters(call),
        PageRequest(
            limit=request.get("limit", MOST_DESCRIBED),
            token=request.get("nextToken"),
            error=invalid_token(),
        ),
        prefix="" if group is None else f"{group}:",
        keep=keep,
    )
    described: list[Any] = [record.document for record in page.items]
    answer: shapes.DescribeMetricFiltersResponse = {"metricFilters": described}
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("TestMetricFilter")
async def test_metric_filter(
    call: Call, request: shapes.TestMetricFilterRequest
) -> shapes.TestMetricFilterResponse:
    """Answer with the messages that a pattern matches and what it takes from them."""
    del call
    pattern = pattern_of(request["filterPattern"])
    matches: list[shapes.MetricFilterMatchRecord] = [
        {"eventNumber": number, "eventMessage": message, "extractedValues": dict(extracted)}
        for number, message in enumerate(request["logEventMessages"], start=1)
        if (extracted := matched(pattern, message)) is not None
    ]
    return {"matches": matches}


def metric_filters(call: Call) -> Scope:
    """Return where the filters are, named `<group>:<filter>`."""
    return scope(call, "metric-filter")


def pattern_of(text: str) -> FilterPattern:
    """Return the pattern of a text.

    Raises:
        InvalidParameterException: The text breaks the grammar.
    """
    try:
        return parse_pattern(text)
    except InvalidPatternError as error:
        raise shapes.InvalidParameterException(str(error)) from error


def matched(pattern: FilterPattern, message: str) -> Mapping[str, str] | None:
    """Return what a pattern takes from a message; `None` if it does not match.

    Raises:
        InvalidParameterException: The pattern takes too long.
    """
    try:
        return pattern.match(message)
    except SlowExpressionError as error:
        raise shapes.InvalidParameterException(str(error)) from error


async def publish_metrics(call: Call, group: Record, events: Sequence[tuple[int, str]]) -> None:
    """Put into CloudWatch what a group's filters find in a batch of (time, message)."""
    if not group.document["metricFilterCount"]:
        return
    place = metric_filters(call)
    async for record in every(call.backends.records, place, prefix=f"{group.name}:"):
        pattern = pattern_of(record.document["filterPattern"])
        for transformation in record.document["metricTransformations"]:
            data = list(_data(pattern, transformation, events))
            for start in range(0, len(data), DATA_PER_REQUEST):
                await call.ask(
                    "cloudwatch",
                    "PutMetricData",
                    Namespace=transformation["metricNamespace"],
                    MetricData=data[start : start + DATA_PER_REQUEST],
                )


def _data(
    pattern: FilterPattern, transformation: Mapping[str, Any], events: Sequence[tuple[int, str]]
) -> Iterator[dict[str, Any]]:
    """Give a datum per match, and the default value for every minute without one."""
    matched_minutes: set[int] = set()
    for time, message in events:
        extracted = _extracted(pattern, message)
        value = None if extracted is None else _value(transformation, message, extracted)
        if extracted is None or value is None:
            continue
        matched_minutes.add(time // MINUTE)
        dimensions = _dimensions(transformation, message, extracted)
        yield _datum(transformation, time, value, dimensions)
    if "defaultValue" in transformation:
        for minute in sorted({time // MINUTE for time, _ in events} - matched_minutes):
            yield _datum(transformation, minute * MINUTE, transformation["defaultValue"], [])


def _extracted(pattern: FilterPattern, message: str) -> Mapping[str, str] | None:
    """Return what a pattern takes from a message; one that takes too long matches nothing."""
    try:
        return pattern.match(message)
    except SlowExpressionError as error:
        logger.warning("A metric filter passes over an event: %s", error)
        return None


def _datum(
    transformation: Mapping[str, Any],
    time: int,
    value: float,
    dimensions: list[dict[str, str]],
) -> dict[str, Any]:
    return {
        "MetricName": transformation["metricName"],
        "Timestamp": datetime.fromtimestamp(time / 1000, UTC),
        "Value": value,
        "Unit": transformation.get("unit", "None"),
        "Dimensions": dimensions,
    }


def _value(
    transformation: Mapping[str, Any], message: str, extracted: Mapping[str, str]
) -> float | None:
    """Return the number that a match counts for, or `None` if the event holds none there."""
    text = _taken(transformation["metricValue"], message, extracted)
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _dimensions(
    transformation: Mapping[str, Any], message: str, extracted: Mapping[str, str]
) -> list[dict[str, str]]:
    named = transformation.get("dimensions", {}).items()
    taken = {name: _taken(source, message, extracted) for name, source in named}
    return [{"Name": name, "Value": text} for name, text in taken.items() if text]


def _taken(source: str, message: str, extracted: Mapping[str, str]) -> str | None:
    """Return what `$.selector` or `$field` stands for in an event; other text stands for itself."""
    if source.startswith(("$.", "$[")):
        return selected(message, source)
    return extracted.get(source) if source.startswith("$") else source


async def _count_filters(call: Call, group: Record) -> None:
    """Note in the group how many filters it has, so that groups without cost nothing."""
    count = await call.backends.records.count(metric_filters(call), prefix=f"{group.name}:")
    await change_group(call, group.name, {"metricFilterCount": count})
