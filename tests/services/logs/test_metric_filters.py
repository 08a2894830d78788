"""Metric filters, and the metrics that they feed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.services.direct import error_of

GROUP = "/app/web"


def transformation(**members: Any) -> list[dict[str, Any]]:
    return [{"metricName": "M", "metricNamespace": "N", "metricValue": "1", **members}]


def test_a_filter_is_described_as_it_was_put(logs: Any, stream: dict[str, str]) -> None:
    logs.put_metric_filter(
        logGroupName=GROUP,
        filterName="errors",
        filterPattern="ERROR",
        metricTransformations=transformation(),
    )

    [found] = logs.describe_metric_filters(logGroupName=GROUP)["metricFilters"]
    by_metric = logs.describe_metric_filters(metricName="M", metricNamespace="N")["metricFilters"]
    [group] = logs.describe_log_groups()["logGroups"]
    logs.delete_metric_filter(logGroupName=GROUP, filterName="errors")

    assert found.pop("creationTime") > 0
    assert found == {
        "filterName": "errors",
        "filterPattern": "ERROR",
        "logGroupName": GROUP,
        "metricTransformations": transformation(),
    }
    assert [each["filterName"] for each in by_metric] == ["errors"]
    assert group["metricFilterCount"] == 1
    assert logs.describe_metric_filters(logGroupName=GROUP)["metricFilters"] == []


def test_matching_events_become_data_of_the_metric(
    logs: Any, client: Callable[..., Any], stream: dict[str, str], now: int
) -> None:
    logs.put_metric_filter(
        logGroupName=GROUP,
        filterName="latency",
        filterPattern="{ $.latency = * }",
        metricTransformations=transformation(
            metricValue="$.latency", unit="Milliseconds", dimensions={"Path": "$.path"}
        ),
    )
    lines = ['{"latency": 20, "path": "/a"}', '{"latency": 40, "path": "/a"}', "no json"]
    logs.put_log_events(**stream, logEvents=[{"timestamp": now, "message": line} for line in lines])

    moment = datetime.fromtimestamp(now / 1000, UTC)
    answer = client("cloudwatch").get_metric_statistics(
        Namespace="N",
        MetricName="M",
        Dimensions=[{"Name": "Path", "Value": "/a"}],
        StartTime=moment - timedelta(minutes=1),
        EndTime=moment + timedelta(minutes=1),
        Period=60,
        Statistics=["Sum", "SampleCount"],
    )

    [point] = answer["Datapoints"]
    assert (point["Sum"], point["SampleCount"], point["Unit"]) == (60.0, 2.0, "Milliseconds")


def test_a_pattern_is_tried_on_messages(logs: Any) -> None:
    answer = logs.test_metric_filter(
        filterPattern="[ip, user]", logEventMessages=["1.2.3.4 ann", "only-one"]
    )

    assert answer["matches"] == [
        {
            "eventNumber": 1,
            "eventMessage": "1.2.3.4 ann",
            "extractedValues": {"$ip": "1.2.3.4", "$user": "ann"},
        }
    ]


def test_a_subscription_needs_a_destination_that_answers(logs: Any, stream: dict[str, str]) -> None:
    refused = error_of(
        logs.put_subscription_filter,
        logGroupName=GROUP,
        filterName="f",
        filterPattern="",
        destinationArn="arn:aws:kinesis:us-east-1:123456789012:stream/s",
    )

    assert refused == {
        "Code": "InvalidParameterException",
        "Message": "Could not deliver test message to specified destination. Check if the"
        " destination is valid.",
    }
    assert logs.describe_subscription_filters(logGroupName=GROUP)["subscriptionFilters"] == []
