"""GetMetricData: series, metric math and searches."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.services.cloudwatch.conftest import MINUTE
from tests.services.direct import error_of

Put = Callable[..., None]
Query = Callable[..., list[Any]]


def metric(query_id: str, name: str, stat: str = "Sum", **members: Any) -> dict[str, Any]:
    stated = {"Metric": {"Namespace": "N", "MetricName": name}, "Period": 60, "Stat": stat}
    return {"Id": query_id, "MetricStat": {**stated, **members}}


@pytest.fixture
def ask(cloudwatch: Any, minute: datetime) -> Query:
    """Ask for the five latest minutes, oldest first; gives the results."""

    def get(*queries: Any, **request: Any) -> list[Any]:
        answer = cloudwatch.get_metric_data(
            MetricDataQueries=list(queries),
            StartTime=minute - 4 * MINUTE,
            EndTime=minute + MINUTE,
            ScanBy="TimestampAscending",
            **request,
        )
        return answer["MetricDataResults"]

    return get


@pytest.fixture
def series(put: Put, minute: datetime) -> Callable[..., None]:
    """Put values of a metric minute by minute; `None` leaves one out."""

    def put_all(name: str, *values: float | None, **datum: Any) -> None:
        for age, value in enumerate(reversed(values)):
            if value is not None:
                put(name, Timestamp=minute - age * MINUTE, Value=value, **datum)

    return put_all


def test_a_metric_comes_as_moments_and_values(
    ask: Query, series: Callable[..., None], minute: datetime
) -> None:
    series("m", 1.0, 2.0, 3.0)

    [result] = ask(metric("a", "m"))

    assert result == {
        "Id": "a",
        "Label": "m",
        "Timestamps": [minute - 2 * MINUTE, minute - MINUTE, minute],
        "Values": [1.0, 2.0, 3.0],
        "StatusCode": "Complete",
    }


def test_the_latest_come_first_by_default(
    cloudwatch: Any, series: Callable[..., None], minute: datetime
) -> None:
    series("m", 1.0, 2.0)

    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[metric("a", "m")], StartTime=minute - 4 * MINUTE, EndTime=minute + MINUTE
    )

    assert answer["MetricDataResults"][0]["Values"] == [2.0, 1.0]


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("a + b", [40.0, 30.0, 20.0, 0.0]),
        ("a / b", [3.0, 2.0, 0.0]),
        ("-a * 2 ^ 2", [-120.0, -80.0, 0.0, 0.0]),
        ("(a - MIN(a)) / MAX(a) * 100", [100.0, 200.0 / 3, 0.0, 0.0]),
        ("a < c", [0.0, 0.0, 1.0, 0.0]),
        ("a >= 30", [1.0, 0.0, 0.0, 0.0]),
        ("a > 15 AND c > 15", [1.0, 0.0, 0.0, 0.0]),
        ("a == 0 || c == 20", [1.0, 0.0, 1.0, 1.0]),
        ("SUM([a, b])", [40.0, 30.0, 20.0, 0.0]),
        ("AVG(METRICS())", [20.0, 10.0, 40.0 / 3, 0.0]),
        ('MAX(METRICS("b"))', [10.0, 10.0, 20.0]),
        ("FILL(c, 0)", [0.0, 20.0, 0.0, 20.0, 0.0]),
        ("FILL(c, REPEAT)", [20.0, 20.0, 20.0, 20.0]),
        ("FILL(c, LINEAR)", [20.0, 20.0, 20.0]),
        ("DIFF(a)", [-10.0, -20.0, 0.0]),
        ("RATE(a) * 60", [-10.0, -20.0, 0.0]),
        ("RUNNING_SUM(a)", [30.0, 50.0, 50.0, 50.0]),
        ("ABS(a - 25)", [5.0, 5.0, 25.0, 25.0]),
        ("LOG10(a * 0 + 100)", [2.0, 2.0, 2.0, 2.0]),
        ("IF(a > 15, a, 1)", [30.0, 20.0, 1.0, 1.0]),
        ("IF(a > 15, a)", [30.0, 20.0]),
        ("TIME_SERIES(5) / PERIOD(a)", [5 / 60] * 5),
        ("FIRST(SORT(METRICS(), AVG, DESC))", [20.0, 20.0]),
        ("SUM(a) / DATAPOINT_COUNT(a) + a * 0", [12.5] * 4),
    ],
)
def test_expressions(
    ask: Query, series: Callable[..., None], expression: str, values: list[float]
) -> None:
    series("a", 30.0, 20.0, 0.0, 0.0)
    series("b", 10.0, 10.0, 20.0, None)
    series("c", 20.0, None, 20.0, None)
    queries = [{**metric(name, name), "ReturnData": False} for name in ("a", "b", "c")]

    [result] = ask(*queries, {"Id": "e1", "Expression": expression})

    assert result["Values"] == pytest.approx(values)
    assert result["Label"] == "e1"


def test_an_array_comes_as_several_results(ask: Query, series: Callable[..., None]) -> None:
    series("a", 1.0)
    series("b", 2.0)

    results = ask(metric("a", "a"), metric("b", "b"), {"Id": "e", "Expression": "METRICS() * 10"})

    assert [(each["Id"], each["Values"]) for each in results] == [
        ("a", [1.0]),
        ("b", [2.0]),
        ("e", [10.0]),
        ("e", [20.0]),
    ]


def test_a_search_finds_metrics_by_their_words(ask: Query, series: Callable[..., None]) -> None:
    for host, value in (("web-1", 1.0), ("web-2", 2.0), ("db-1", 4.0)):
        series("RequestCount", value, Dimensions=[{"Name": "Host", "Value": host}])
        series("Errors", value, Dimensions=[{"Name": "Host", "Value": host}])

    def found(query: str) -> list[float]:
        results = ask({"Id": "e", "Expression": f"SEARCH('{query}', 'Sum', 60)"})
        return [value for result in results for value in result["Values"]]

    assert found('{N,Host} MetricName="RequestCount"') == [4.0, 1.0, 2.0]
    assert found("{N,Host} request web") == [1.0, 2.0]
    assert found("{N,Host} Errors NOT Host=db") == [1.0, 2.0]
    assert found('Namespace=N (Host="web-1" OR Host="db-1") Errors') == [4.0, 1.0]
    assert found("{N} Errors") == []


def test_labels_tell_what_differs(ask: Query, series: Callable[..., None]) -> None:
    series("m", 1.0, 3.0)

    results = ask(
        metric("a", "m"),
        metric("b", "m", "Maximum"),
        {**metric("c", "m"), "Label": "up to ${MAX} of ${PROP('MetricName')}"},
    )

    assert [each["Label"] for each in results] == ["m Sum", "m Maximum", "up to 3 of m"]


def test_mixed_units_are_told(ask: Query, put: Put, minute: datetime) -> None:
    put("m", Timestamp=minute, Value=60_000.0, Unit="Milliseconds")
    put("m", Timestamp=minute, Value=60.0, Unit="Seconds")

    [mixed] = ask(metric("a", "m"))
    [seconds] = ask(metric("a", "m", Unit="Seconds"))

    assert mixed["Values"] == [60_000.0]
    assert mixed["Messages"] == [
        {"Code": "MultipleUnits", "Value": "Multiple units returned: '[Milliseconds, Seconds]'"}
    ]
    assert seconds["Values"] == [60.0]


@pytest.mark.parametrize(
    ("length", "message"),
    [
        (0, "The parameter StartTime must not equal parameter EndTime."),
        (-1, "The parameter EndTime must be greater than StartTime."),
    ],
)
def test_a_time_without_length_is_refused(
    cloudwatch: Any, minute: datetime, length: int, message: str
) -> None:
    refused = error_of(
        cloudwatch.get_metric_data,
        MetricDataQueries=[metric("a", "m")],
        StartTime=minute,
        EndTime=minute + length * MINUTE,
    )

    assert refused == {"Code": "ValidationError", "Message": message}


def test_pages_hold_as_many_datapoints_as_asked(
    cloudwatch: Any, series: Callable[..., None], minute: datetime
) -> None:
    series("a", 1.0, 2.0, 3.0)
    series("b", 4.0, 5.0)

    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[metric("a", "a"), metric("b", "b")],
        StartTime=minute - 4 * MINUTE,
        EndTime=minute + MINUTE,
        ScanBy="TimestampAscending",
        PaginationConfig={"PageSize": 2},
    )

    parts = [
        [(each["Id"], each["Values"], each["StatusCode"]) for each in page["MetricDataResults"]]
        for page in pages
    ]
    assert parts == [
        [("a", [1.0, 2.0], "PartialData")],
        [("a", [3.0], "Complete"), ("b", [4.0], "PartialData")],
        [("b", [5.0], "Complete")],
    ]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("a +", "Error in expression 'e': Unexpected 'end of expression'"),
        ("unknown", "Error in expression 'e': Unknown identifier: unknown"),
        ("e + 1", "Error in expression 'e': e refers to itself"),
        ("NOSUCH(a)", "Error in expression 'e': Unsupported function: NOSUCH"),
        (
            "AVG(a)",
            "Error in expression 'e': the result must be a time series or an array of time series,"
            " and is a scalar.",
        ),
        (
            "(" * 200 + "a" + ")" * 200,
            "Error in expression 'e': The expression is nested too deeply",
        ),
    ],
)
def test_an_expression_that_cannot_be_is_refused(
    cloudwatch: Any, minute: datetime, expression: str, message: str
) -> None:
    refused = error_of(
        cloudwatch.get_metric_data,
        MetricDataQueries=[metric("a", "a"), {"Id": "e", "Expression": expression}],
        StartTime=minute - MINUTE,
        EndTime=minute,
    )

    assert refused == {"Code": "ValidationError", "Message": message}
