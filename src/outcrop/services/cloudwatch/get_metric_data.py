"""GetMetricData: many series at once, measured or computed.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.paging import from_token, to_token
from outcrop.services.cloudwatch import shapes
from outcrop.services.cloudwatch.labels import default_labels, written_label
from outcrop.services.cloudwatch.metric_math import TimeSeries
from outcrop.services.cloudwatch.metric_queries import Queries
from outcrop.services.cloudwatch.periods import TimeRange, moment_of

MOST_QUERIES = 500
MOST_DATAPOINTS = 100_800


@operation("GetMetricData")
async def get_metric_data(
    call: Call, request: shapes.GetMetricDataInput
) -> shapes.GetMetricDataOutput:
    """Answer with the series of each query that asks for its data."""
    asked = request["MetricDataQueries"]
    if len(asked) > MOST_QUERIES:
        raise shapes.ValidationException(
            f"The collection MetricDataQueries must not have a size greater than {MOST_QUERIES}."
        )
    queries = Queries.of(call, asked, _span(request["StartTime"], request["EndTime"]))
    labels = await _metric_labels(queries)
    results: list[shapes.MetricDataResult] = []
    for query_id, query in queries.queries.items():
        if query.get("ReturnData", True):
            answer = await queries.answer(query_id)
            for series in answer.series:
                label = _label(query, query_id, series, labels)
                result = _result(query_id, label, series, request)
                if answer.messages:
                    result["Messages"] = [*answer.messages]
                results.append(result)
    return _page(results, request)


def _span(start: datetime, stop: datetime) -> TimeRange:
    """Return the time asked about; the errors are other ones than GetMetricStatistics has."""
    if start == stop:
        raise shapes.ValidationException(
            "The parameter StartTime must not equal parameter EndTime."
        )
    if start > stop:
        raise shapes.ValidationException("The parameter EndTime must be greater than StartTime.")
    return TimeRange.of(start, stop)


async def _metric_labels(queries: Queries) -> Mapping[str, str]:
    """Return the labels of the metrics without one of the caller's, by the id of their query."""
    ids = [query_id for query_id, query in queries.queries.items() if "MetricStat" in query]
    properties = [(await queries.answer(query_id)).series[0].properties for query_id in ids]
    return dict(zip(ids, default_labels(properties), strict=True))


def _label(
    query: Mapping[str, Any], query_id: str, series: TimeSeries, labels: Mapping[str, str]
) -> str:
    default = labels.get(query_id) or series.label or query_id
    if "Label" not in query:
        return default
    written = written_label(query["Label"], series, default)
    # One of many series of an expression: the caller's label tells which expression.
    is_one_of_many = "Expression" in query and bool(series.label)
    return f"{written} {series.label}".strip() if is_one_of_many else written


def _result(
    query_id: str, label: str, series: TimeSeries, request: shapes.GetMetricDataInput
) -> shapes.MetricDataResult:
    is_descending = request.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    points = sorted(series.values.items(), reverse=is_descending)
    return {
        "Id": query_id,
        "Label": label,
        "Timestamps": [moment_of(moment) for moment, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "Complete",
    }


def _page(
    results: Sequence[shapes.MetricDataResult], request: shapes.GetMetricDataInput
) -> shapes.GetMetricDataOutput:
    """Return as many datapoints as one answer holds, behind those that the token says are told."""
    error = shapes.InvalidNextToken("The token is not one of GetMetricData.")
    place = from_token(request.get("NextToken"), error=error)
    if place and not place.isdecimal():
        raise error
    told = int(place or 0)
    room = request.get("MaxDatapoints", MOST_DATAPOINTS)
    stop = told + room
    shown: list[shapes.MetricDataResult] = []
    at = 0
    for result in results:
        length = len(result.get("Values", []))
        start, end = max(told - at, 0), max(min(stop - at, length), 0)
        if start < end or (not length and told <= at < stop):
            part: shapes.MetricDataResult = {
                **result,
                "Timestamps": result.get("Timestamps", [])[start:end],
                "Values": result.get("Values", [])[start:end],
                "StatusCode": "Complete" if end == length else "PartialData",
            }
            shown.append(part)
        at += length
    answer: shapes.GetMetricDataOutput = {"MetricDataResults": shown, "Messages": []}
    if at > stop:
        answer["NextToken"] = to_token(str(stop))
    return answer
