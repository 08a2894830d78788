"""PutMetricData in all its forms, and GetMetricStatistics."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.services.cloudwatch.conftest import MINUTE
from tests.services.direct import error_of

Put = Callable[..., None]


def statistics(cloudwatch: Any, minute: datetime, name: str, **request: Any) -> list[Any]:
    asked = {
        "Namespace": "N",
        "MetricName": name,
        "StartTime": minute - 5 * MINUTE,
        "EndTime": minute + MINUTE,
        "Period": 60,
        **request,
    }
    return cloudwatch.get_metric_statistics(**asked)["Datapoints"]


def test_values_distributions_and_statistic_sets_add_up(
    cloudwatch: Any, put: Put, minute: datetime
) -> None:
    put("m", Timestamp=minute, Value=10.0, Unit="Count")
    put("m", Timestamp=minute, Values=[1.0, 2.0], Counts=[3.0, 1.0], Unit="Count")
    put(
        "m",
        Timestamp=minute,
        StatisticValues={"SampleCount": 5, "Sum": 20, "Minimum": 0, "Maximum": 12},
        Unit="Count",
    )

    [point] = statistics(
        cloudwatch,
        minute,
        "m",
        Statistics=["SampleCount", "Sum", "Average", "Minimum", "Maximum"],
    )

    assert point == {
        "Timestamp": minute,
        "SampleCount": 10.0,
        "Sum": 35.0,
        "Average": 3.5,
        "Minimum": 0.0,
        "Maximum": 12.0,
        "Unit": "Count",
    }


def test_periods_gather_minutes_from_the_start_on(
    cloudwatch: Any, put: Put, minute: datetime
) -> None:
    for age in range(5):
        put("m", Timestamp=minute - age * MINUTE, Value=float(age))

    points = statistics(
        cloudwatch,
        minute,
        "m",
        StartTime=minute - 3 * MINUTE,
        EndTime=minute + MINUTE,
        Period=120,
        Statistics=["Sum"],
    )

    assert [(point["Timestamp"], point["Sum"]) for point in points] == [
        (minute - 3 * MINUTE, 5.0),
        (minute - MINUTE, 1.0),
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("p50", 50.0),
        ("p99.9", 100.0),
        ("tm90", 45.5),
        ("TM(10%:90%)", 50.0),
        ("wm90", 49.95),
        ("tc90", 90.0),
        ("ts10", 55.0),
        ("PR(1:25)", 25.0),
        ("TM(:10)", 5.5),
        ("IQM", 50.0),
    ],
)
def test_percentiles_and_their_kin(
    cloudwatch: Any, put: Put, minute: datetime, name: str, value: float
) -> None:
    put("m", Timestamp=minute, Values=[float(number) for number in range(1, 101)])

    [point] = statistics(cloudwatch, minute, "m", ExtendedStatistics=[name])

    assert point["ExtendedStatistics"] == {name: pytest.approx(value)}


def test_a_statistic_set_has_no_percentiles(cloudwatch: Any, put: Put, minute: datetime) -> None:
    values = {"SampleCount": 5, "Sum": 20, "Minimum": 0, "Maximum": 12}
    put("m", Timestamp=minute, StatisticValues=values)

    [point] = statistics(cloudwatch, minute, "m", ExtendedStatistics=["p50"])

    assert "ExtendedStatistics" not in point


def test_units_are_kept_apart(cloudwatch: Any, put: Put, minute: datetime) -> None:
    put("m", Timestamp=minute, Value=1.0, Unit="Seconds")
    put("m", Timestamp=minute, Value=5.0, Unit="Count")
    put("m", Timestamp=minute, Value=10.0)

    every = statistics(cloudwatch, minute, "m", Statistics=["Average"])
    seconds = statistics(cloudwatch, minute, "m", Statistics=["Average"], Unit="Seconds")

    assert {point["Unit"]: point["Average"] for point in every} == {
        "Seconds": 1.0,
        "Count": 5.0,
        "None": 10.0,
    }
    assert [point["Average"] for point in seconds] == [1.0]


def test_dimensions_make_another_metric_in_whatever_order(
    cloudwatch: Any, put: Put, minute: datetime
) -> None:
    a, b = {"Name": "A", "Value": "1"}, {"Name": "B", "Value": "2"}
    put("m", Timestamp=minute, Value=1.0, Dimensions=[a, b])
    put("m", Timestamp=minute, Value=2.0, Dimensions=[b, a])

    both = statistics(cloudwatch, minute, "m", Statistics=["Sum"], Dimensions=[b, a])
    one = statistics(cloudwatch, minute, "m", Statistics=["Sum"], Dimensions=[a])

    assert ([point["Sum"] for point in both], one) == ([3.0], [])


def test_seconds_are_kept_where_asked(cloudwatch: Any, put: Put, minute: datetime) -> None:
    for second in range(3):
        moment = minute + timedelta(seconds=second)
        put("fine", Timestamp=moment, Value=float(second), StorageResolution=1)
        put("coarse", Timestamp=moment, Value=float(second))
    short = {"StartTime": minute, "EndTime": minute + timedelta(seconds=10), "Period": 1}

    fine = statistics(cloudwatch, minute, "fine", Statistics=["Sum"], **short)
    coarse = statistics(cloudwatch, minute, "coarse", Statistics=["Sum"], **short)
    by_minute = statistics(cloudwatch, minute, "fine", Statistics=["Sum"])

    assert [point["Sum"] for point in fine] == [0.0, 1.0, 2.0]
    assert coarse == []
    assert [point["Sum"] for point in by_minute] == [3.0]


def test_data_of_many_writers_are_all_counted(cloudwatch: Any, put: Put, minute: datetime) -> None:
    def write(number: int) -> None:
        put("m", Timestamp=minute, Value=float(number))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(64)))

    [point] = statistics(cloudwatch, minute, "m", Statistics=["SampleCount", "Sum"])
    assert (point["SampleCount"], point["Sum"]) == (64.0, sum(range(64)))


@pytest.mark.parametrize(
    ("datum", "error"),
    [
        (
            {"Value": 1.0, "Values": [1.0]},
            {
                "Code": "InvalidParameterCombination",
                "Message": "The parameters MetricData.member.1.Value and"
                " MetricData.member.1.Values are mutually exclusive and you have specified both.",
            },
        ),
        (
            {"Values": [1.0, 2.0], "Counts": [1.0]},
            {
                "Code": "InvalidParameterValue",
                "Message": "The parameters MetricData.member.1.Values and"
                " MetricData.member.1.Counts must be of the same size.",
            },
        ),
        (
            {"Value": float("nan")},
            {
                "Code": "InvalidParameterValue",
                "Message": "The value nan for parameter MetricData.member.1.Value is invalid.",
            },
        ),
        (
            {"Value": 1.0, "Timestamp": datetime(2001, 1, 1)},  # noqa: DTZ001 - long ago anywhere
            {
                "Code": "InvalidParameterValue",
                "Message": "The parameter MetricData.member.1.Timestamp must specify a time within"
                " the past two weeks.",
            },
        ),
    ],
)
def test_data_that_break_the_rules_are_refused(
    cloudwatch: Any, datum: dict[str, Any], error: dict[str, str]
) -> None:
    refused = error_of(
        cloudwatch.put_metric_data, Namespace="N", MetricData=[{"MetricName": "m", **datum}]
    )

    assert refused == error


@pytest.mark.parametrize(
    ("request_members", "error"),
    [
        (
            {"Statistics": []},
            {
                "Code": "InvalidParameterCombination",
                "Message": "Must specify either Statistics or ExtendedStatistics",
            },
        ),
        (
            {"Statistics": ["Sum"], "Days": 2},
            {
                "Code": "InvalidParameterCombination",
                "Message": "You have requested up to 2,880 datapoints, which exceeds the limit of"
                " 1,440. You may reduce the datapoints requested by increasing Period, or"
                " decreasing the time range.",
            },
        ),
        (
            {"Statistics": ["Sum"], "Days": -1},
            {
                "Code": "InvalidParameterValue",
                "Message": "The parameter StartTime must be less than the parameter EndTime.",
            },
        ),
        (
            {"Statistics": ["Sum"], "Days": 0},
            {
                "Code": "InvalidParameterValue",
                "Message": "The parameter StartTime must not equal parameter EndTime.",
            },
        ),
        (
            {"ExtendedStatistics": ["p101"]},
            {
                "Code": "InvalidParameterValue",
                "Message": "The value p101 for parameter ExtendedStatistics.member is invalid.",
            },
        ),
    ],
)
def test_questions_that_break_the_rules_are_refused(
    cloudwatch: Any, minute: datetime, request_members: dict[str, Any], error: dict[str, str]
) -> None:
    days = request_members.pop("Days", 1)
    asked = {name: value for name, value in request_members.items() if value}

    refused = error_of(
        cloudwatch.get_metric_statistics,
        Namespace="N",
        MetricName="m",
        StartTime=minute - timedelta(days=days),
        EndTime=minute,
        Period=60,
        **asked,
    )

    assert refused == error


def test_metrics_are_listed_by_what_they_are(cloudwatch: Any, put: Put) -> None:
    for name, host in (("b", "h2"), ("a", "h1"), ("a", "h2")):
        put(name, Value=1.0, Dimensions=[{"Name": "Host", "Value": host}])
    cloudwatch.put_metric_data(Namespace="N2", MetricData=[{"MetricName": "a", "Value": 1.0}])

    of_namespace = cloudwatch.list_metrics(Namespace="N")["Metrics"]
    of_host = cloudwatch.list_metrics(Dimensions=[{"Name": "Host", "Value": "h2"}])["Metrics"]
    of_name = cloudwatch.list_metrics(MetricName="a", RecentlyActive="PT3H")["Metrics"]

    assert [(each["MetricName"], each["Dimensions"][0]["Value"]) for each in of_namespace] == [
        ("a", "h1"),
        ("a", "h2"),
        ("b", "h2"),
    ]
    assert len(of_host) == 2
    assert [each["Namespace"] for each in of_name] == ["N", "N", "N2"]
